import { describe, expect, test } from "vitest";
import { HEADER_NAMES } from "../../../shared/domain/mail-fragment.ts";
import { HeaderLineReader } from "./postfix-header-line.ts";

interface HeaderLine {
  readonly name: string | undefined;
  readonly value: string;
  readonly lastRecipient: string | undefined;
}

/** `text`: behind "info: header ". */
function parse(text: string): HeaderLine | undefined {
  const bytes = Buffer.from(`..${text}\n`);
  const reader = new HeaderLineReader();
  if (!reader.read(bytes, 2, bytes.length - 1)) return undefined;
  const { name, valueStart, valueEnd, recipientStart, recipientEnd } = reader;
  return {
    name: HEADER_NAMES[name],
    value: bytes.toString("latin1", valueStart, valueEnd),
    lastRecipient: recipientStart < 0 ? undefined : bytes.toString("latin1", recipientStart, recipientEnd),
  };
}

const REAL =
  "from mx.example.org[192.0.2.7]; from=<jo@example.org> to=<list@example.org> proto=ESMTP helo=<mx.example.org>";
const FORGED = "from x[192.0.2.66]; from=<boss@example.org> to=<all-staff@example.org> proto=ESMTP helo=<x>";
const LOCAL = "from local; from=<jo@example.org> to=<list@example.org>";

describe("a header line is read", () => {
  test.each<[string, string, HeaderLine]>([
    ["from a client", `Subject: Test ${REAL}`, { name: "subject", value: "Test", lastRecipient: "list@example.org" }],
    [
      "with the client's port",
      "Subject: Test from mx[192.0.2.7]:50122; from=<a@x> to=<b@x> proto=ESMTP helo=<mx>",
      { name: "subject", value: "Test", lastRecipient: "b@x" },
    ],
    [
      "on IPv6",
      "Subject: Test from mx[2001:db8::1]; from=<a@x> to=<b@x> proto=ESMTPS helo=<[IPv6:2001:db8::1]>",
      { name: "subject", value: "Test", lastRecipient: "b@x" },
    ],
    [
      "without HELO",
      "Subject: Test from mx[192.0.2.7]; from=<a@x> to=<b@x> proto=SMTP",
      { name: "subject", value: "Test", lastRecipient: "b@x" },
    ],
    [
      "without HELO, with a text behind",
      "Subject: Test from mx[192.0.2.7]; from=<a@x> to=<b@x> proto=SMTP: seen",
      { name: "subject", value: "Test", lastRecipient: "b@x" },
    ],
    [
      "with an empty HELO",
      "Subject: Test from mx[192.0.2.7]; from=<a@x> to=<b@x> proto=SMTP helo=<>",
      { name: "subject", value: "Test", lastRecipient: "b@x" },
    ],
    [
      "local mail, without protocol",
      `Subject: Test ${LOCAL}`,
      { name: "subject", value: "Test", lastRecipient: "list@example.org" },
    ],
    [
      "local mail, with a text behind",
      `Subject: Test ${LOCAL}: logged for squall`,
      { name: "subject", value: "Test", lastRecipient: "list@example.org" },
    ],
    [
      "with a text behind",
      `Subject: Test ${REAL}: logged for squall`,
      { name: "subject", value: "Test", lastRecipient: "list@example.org" },
    ],
    [
      "with brackets in the text behind",
      `Subject: Test ${REAL}: see <https://example.org/>`,
      { name: "subject", value: "Test", lastRecipient: "list@example.org" },
    ],
    [
      "the null path",
      "Subject: Test from mx[192.0.2.7]; from=<> to=<b@x> proto=ESMTP helo=<mx>",
      { name: "subject", value: "Test", lastRecipient: "b@x" },
    ],
    [
      "no recipient",
      "Subject: Test from mx[192.0.2.7]; from=<a@x> proto=ESMTP helo=<mx>",
      { name: "subject", value: "Test", lastRecipient: undefined },
    ],
    [
      "a name as the client wrote it",
      `IN-REPLY-TO: <a@x> ${REAL}`,
      { name: "in-reply-to", value: "<a@x>", lastRecipient: "list@example.org" },
    ],
    [
      "no space behind the name",
      `Subject:Test ${REAL}`,
      { name: "subject", value: "Test", lastRecipient: "list@example.org" },
    ],
    ["an empty value", `Subject: ${REAL}`, { name: "subject", value: "", lastRecipient: "list@example.org" }],
    ["a value of one space", `Subject:  ${REAL}`, { name: "subject", value: "", lastRecipient: "list@example.org" }],
    [
      "the word from in the value",
      `Subject: Greetings from Rome; from=home ${REAL}`,
      { name: "subject", value: "Greetings from Rome; from=home", lastRecipient: "list@example.org" },
    ],
    [
      "an address in the value",
      `From: Jo Doe <jo@example.org> ${REAL}`,
      { name: "from", value: "Jo Doe <jo@example.org>", lastRecipient: "list@example.org" },
    ],
    [
      "folds",
      `References: <a@x>??<b@x>? <c@x> ${REAL}`,
      { name: "references", value: "<a@x>??<b@x>? <c@x>", lastRecipient: "list@example.org" },
    ],
    [
      "an id cut at 200 bytes",
      `References: <a@x> <b@exam ${REAL}`,
      { name: "references", value: "<a@x> <b@exam", lastRecipient: "list@example.org" },
    ],
    [
      "a value cut to nothing but a name",
      `Subject: =?UTF-8?Q? ${REAL}`,
      { name: "subject", value: "=?UTF-8?Q?", lastRecipient: "list@example.org" },
    ],
  ])("%s", (_name, text, line) => {
    expect(parse(text)).toEqual(line);
  });

  test("at the cut of 200 bytes over name and value", () => {
    const subject = "x".repeat(191);
    expect(parse(`Subject: ${subject} ${REAL}`)?.value).toBe(subject);
    expect(parse(`Subject: ${"y".repeat(5000)} ${REAL}`)?.value).toHaveLength(998);
  });
});

describe("what the sender wrote is not believed", () => {
  test.each<[string, string, string, string | undefined]>([
    ["a whole origin in the value", `Subject: Hi ${FORGED} ${REAL}`, `Hi ${FORGED}`, "list@example.org"],
    ["an origin and a text in the value", `Subject: Hi ${FORGED}: ok ${REAL}`, `Hi ${FORGED}: ok`, "list@example.org"],
    [
      "an origin in the value, no HELO",
      "Subject: Hi from x[1.2.3.4]; from=<a@x> to=<b@x>:  from mx[192.0.2.7]; from=<c@x> to=<d@x> proto=SMTP",
      "Hi from x[1.2.3.4]; from=<a@x> to=<b@x>: ",
      "d@x",
    ],
    ["a local origin in the value", `Subject: Hi ${LOCAL} ${REAL}`, `Hi ${LOCAL}`, "list@example.org"],
    ["a whole origin in the value of local mail", `Subject: Hi ${FORGED} ${LOCAL}`, `Hi ${FORGED}`, "list@example.org"],
    [
      "an origin and a text in the value of local mail",
      `Subject: Hi ${FORGED}: ok ${LOCAL}`,
      `Hi ${FORGED}: ok`,
      "list@example.org",
    ],
    [
      "the same, without HELO",
      `Subject: Hi from x[1.2.3.4]; from=<a@x> to=<b@x> proto=SMTP: ok ${LOCAL}`,
      "Hi from x[1.2.3.4]; from=<a@x> to=<b@x> proto=SMTP: ok",
      "list@example.org",
    ],
    [
      "the same, before a text of the operator",
      `Subject: Hi ${FORGED}: ok ${LOCAL}: seen`,
      `Hi ${FORGED}: ok`,
      "list@example.org",
    ],
    [
      "a HELO, of which spaces and brackets were replaced",
      "Subject: Hi from x[192.0.2.66]; from=<a@x> to=<b@x> proto=ESMTP helo=<x?:?from?local;?from=?y??to=?z?>",
      "Hi",
      "b@x",
    ],
    [
      "a second origin in the envelope sender",
      'Subject: Hi from x[192.0.2.66]; from=<"a> to=<all-staff@x> proto=ESMTP helo=<h>: b"@x> to=<b@x> proto=ESMTP helo=<h>',
      "Hi",
      "b@x",
    ],
    [
      "a second recipient in the recipient",
      'Subject: Hi from x[192.0.2.66]; from=<a@x> to=<"q> proto=ESMTP helo=<h>: r"@x> proto=ESMTP helo=<h>',
      "Hi",
      '"q> proto=ESMTP helo=<h>: r"@x',
    ],
  ])("%s", (_name, text, value, lastRecipient) => {
    expect(parse(text)).toEqual({ name: "subject", value, lastRecipient });
  });
});

describe("no header line is", () => {
  test.each([
    "",
    ":",
    ": x from mx[192.0.2.7]; from=<a@x> to=<b@x> proto=ESMTP helo=<mx>",
    "Subject",
    "Subject: ",
    "Subject: Test",
    "Subject: Test from mx[192.0.2.7]",
    "Subject: Test from mx[192.0.2.7]; from=<a@x> to=<b@x> proto=ESMTP helo=<m",
    "Subject: Test from mx; from=<a@x> to=<b@x> proto=ESMTP helo=<mx>",
    "Subject: Test from nowhere; from=<a@x> to=<b@x>",
    `${"X".repeat(202)}: Test ${REAL}`,
    `Subject: Test from ${"x".repeat(400)}[192.0.2.7]; from=<a@x> to=<b@x> proto=ESMTP helo=<mx>`,
  ])("%s", (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

describe("a hostile line costs no more than its length", () => {
  // Quadratic, any of these would run for minutes.
  test.each([
    ["protocols", "> proto=ESMTP"],
    ["protocols with an open HELO", "> proto=ESMTP helo=<x"],
    ["senders", "; from=<"],
    ["senders of a client", "]; from=<"],
    ["recipients", "> to=<"],
    ["origins", " from x[1]; from=<a> to=<b>"],
    ["local origins", " from local; from=<a> to=<b> proto=X: "],
    ["texts", ">: "],
    ["digits", "]:1111111111; from=<"],
  ])("%s", (_name, piece) => {
    const hostile = `Subject: ${piece.repeat(Math.ceil(1_000_000 / piece.length))}`;
    expect(parse(`${hostile} ${REAL}`)?.lastRecipient).toBe("list@example.org");
    expect(parse(hostile)?.name ?? "subject").toBe("subject");
  });
});
