import { describe, expect, test } from "vitest";
import { SECOND, type Mail } from "../mail.ts";
import { clientText, delaysText, deliveryText, headerText, loggedHeaders } from "./postfix-lines.ts";

const MAIL: Mail = {
  kind: "reply",
  server: "main",
  at: 0,
  origin: { name: "pc-1.nhs.example", address: "10.0.0.1", helo: "PC-1", login: "a@nhs.example" },
  sender: "a@nhs.example",
  from: "A <a@nhs.example>",
  to: "b@nhs.example",
  subject: "RE: x",
  messageId: "m2@nhs.example",
  sizeBytes: 1000,
  program: "outlook",
  inReplyTo: "m1@nhs.example",
  references: ["m0@nhs.example", "m1@nhs.example"],
  threadIndex: "AdI=",
  recipients: [{ address: "b@nhs.example", route: "store", fate: "sent", transferMicros: 1 }],
};

describe("header lines", () => {
  test("name and value together are cut at 200 bytes", () => {
    const text = headerText(MAIL, "Subject", "s".repeat(500));
    expect(text).toBe(
      `info: header Subject: ${"s".repeat(191)} from pc-1.nhs.example[10.0.0.1]; from=<a@nhs.example> to=<b@nhs.example> proto=ESMTP helo=<PC-1>`,
    );
  });

  test.each([
    ["outlook", "<m0@nhs.example>??<m1@nhs.example>"],
    ["thunderbird", "<m0@nhs.example>? <m1@nhs.example>"],
  ] as const)("a fold of %s is shown as question marks", (program, shown) => {
    const mail = { ...MAIL, program };
    const references = loggedHeaders(mail).find(([name]) => name === "References");
    expect(headerText(mail, "References", references?.[1] ?? "")).toContain(`References: ${shown} from`);
  });

  test("mail of the server's own has no client", () => {
    const { origin: _client, ...local } = MAIL;
    expect(headerText(local, "Subject", "x")).toBe(
      "info: header Subject: x from local; from=<a@nhs.example> to=<b@nhs.example>",
    );
  });

  test.each([
    ["outlook", "From To Subject Thread-Index Message-ID References In-Reply-To"],
    ["thunderbird", "Message-ID Subject From To In-Reply-To References Thread-Index"],
    ["phone", "From Subject Message-ID References In-Reply-To To"],
    ["machine", "From To Subject References In-Reply-To Message-ID"],
  ] as const)("%s has its own order of headers", (program, names) => {
    const shown = loggedHeaders({ ...MAIL, program }).map(([name]) => name);
    expect(shown).toEqual(names.split(" ").filter((name) => program === "outlook" || name !== "Thread-Index"));
  });
});

describe("delays", () => {
  test.each([
    [0, "0"],
    [4_000, "0"],
    [210_000, "0.21"],
    [500_000, "0.5"],
    [1_000_000, "1"],
    [1_340_000, "1.3"],
    [9_960_000, "10"],
    [123_400_000, "123"],
  ])("%i microseconds are %s", (micros, text) => {
    expect(delaysText({ before: 0, queue: 0, connect: 0, send: micros })).toBe(`delay=${text}, delays=0/0/0/${text}`);
  });

  test("the total is the sum of the parts", () => {
    expect(delaysText({ before: 0.2 * SECOND, queue: 11 * SECOND, connect: 0.01 * SECOND, send: 0.8 * SECOND })).toBe(
      "delay=12, delays=0.2/11/0.01/0.8",
    );
  });
});

test("a delivery names the address the sender wrote only where an alias changed it", () => {
  const delays = { before: 0, queue: 0, connect: 0, send: 0 };
  const recipient = { address: "b@nhs.example", route: "store", fate: "sent", transferMicros: 0 } as const;
  expect(deliveryText(recipient, { relay: "r[10.0.0.2]:24", delays, dsn: "2.0.0", status: "sent (ok)" })).toBe(
    "to=<b@nhs.example>, relay=r[10.0.0.2]:24, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (ok)",
  );
  expect(
    deliveryText(
      { ...recipient, writtenAs: "all@nhs.example" },
      { relay: "none", delays, dsn: "4.4.1", status: "deferred (x)" },
    ),
  ).toContain("to=<b@nhs.example>, orig_to=<all@nhs.example>, relay=none,");
});

test("the client line tells who logged in", () => {
  expect(clientText({ name: "h", address: "10.0.0.1", helo: "h" })).toBe("client=h[10.0.0.1]");
  expect(clientText({ name: "h", address: "10.0.0.1", helo: "h", login: "a@b.example" })).toBe(
    "client=h[10.0.0.1], sasl_method=LOGIN, sasl_username=a@b.example",
  );
});
