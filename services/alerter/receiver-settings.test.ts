import { inspect } from "node:util";

import { expect, test } from "vitest";

import { receiverFaults } from "./receiver-settings.ts";
import { Secret } from "./secret.ts";
import { command, webhook } from "./testing/storm-alerts.ts";

const secret = (text: string): Secret => new Secret(text);
const GOOD = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

test.each([
  ["a receiver next door", webhook("ntfy", { url: secret("http://10.0.0.5:8080/storms") }), false, []],
  ["a command", command("page", ["/usr/local/bin/page", ""]), false, []],
  ["two secrets", webhook("a", { signingSecrets: [secret(GOOD), secret(GOOD)] }), false, []],
  [
    "three secrets",
    webhook("a", { signingSecrets: [secret(GOOD), secret(GOOD), secret(GOOD)] }),
    false,
    ["signingSecrets"],
  ],
  ["a secret of another kind", webhook("a", { signingSecrets: [secret("hunter2")] }), false, ["signingSecrets"]],
  [
    "http where private addresses are forbidden",
    webhook("a", { url: secret("http://hooks.example.org/") }),
    true,
    ["url"],
  ],
  ["https there", webhook("a", { url: secret("https://hooks.example.org/") }), true, []],
  ["a file", webhook("a", { url: secret("file:///etc/passwd") }), false, ["url"]],
  ["no address", webhook("a", { url: secret("hooks.example.org") }), false, ["url"]],
  ["a name with a slash", webhook("a/b"), false, ["name"]],
  ["no name", webhook(""), false, ["name"]],
  ["a long name", webhook("x".repeat(65)), false, ["name"]],
  ["a token", webhook("a", { headers: { Authorization: secret("Bearer tk_1") } }), false, []],
  ["a header of its own", webhook("a", { headers: { "Webhook-Id": secret("1") } }), false, ["headers.Webhook-Id"]],
  ["a header that ends the head", webhook("a", { headers: { X: secret("a\r\nHost: b") } }), false, ["headers.X"]],
  ["no name of a header", webhook("a", { headers: { "A:": secret("b") } }), false, ["headers.A:"]],
  ["no program", command("page", []), false, ["argv"]],
  ["a NUL", command("page", ["a", "b\0"]), false, ["argv"]],
])("%s", (_name, receiver, forbidPrivate, expected) => {
  const faults = receiverFaults(receiver, forbidPrivate);
  expect(faults.map(({ field }) => field)).toEqual(expected);
  for (const { message } of faults) expect(message).not.toContain("hunter2");
});

test("a secret shows itself nowhere but where it is asked for", () => {
  const receiver = webhook("a", { url: secret("https://hooks.example.org/T0/B0/xoxb") });
  for (const shown of [
    JSON.stringify(receiver),
    inspect(receiver, { depth: 9, showHidden: true }),
    String(receiver.url),
  ]) {
    expect(shown).not.toContain("xoxb");
    expect(shown).toContain("(secret)");
  }
  expect(receiver.url.reveal()).toContain("xoxb");
});
