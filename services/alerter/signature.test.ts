import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";

import { signingKey, stormKeyOf, webhookHeaders, webhookId } from "./signature.ts";

const secretOf = (bytes: number, fill: number): string => `whsec_${Buffer.alloc(bytes, fill).toString("base64")}`;
const NEW = secretOf(32, 7);
const OLD = secretOf(24, 9);

describe("the standardwebhooks package", () => {
  const body = '{"v":1,"type":"storm.opened","subject":"Größe, 日本語"}';
  const headers = webhookHeaders({ id: "3f2a-1", atMs: Date.now(), body, secrets: [NEW, OLD] });

  test.each([
    ["the new secret", NEW],
    ["the old secret", OLD],
  ])("verifies with %s while both are in use", (_name, secret) => {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  });

  test.each([
    ["another body", { body: `${body} ` }],
    ["another id", { headers: { ...headers, "webhook-id": "3f2a-2" } }],
    ["another time", { headers: { ...headers, "webhook-timestamp": `${Math.floor(Date.now() / 1000) - 60}` } }],
    ["another secret", { secret: secretOf(32, 8) }],
  ])("refuses %s", (_name, changed: { body?: string; headers?: Record<string, string>; secret?: string }) => {
    const verify = (): unknown =>
      new Webhook(changed.secret ?? NEW).verify(changed.body ?? body, changed.headers ?? headers);
    expect(verify).toThrow("No matching signature found");
  });
});

test("without a secret there is no signature, but the id and the time", () => {
  expect(webhookHeaders({ id: "a-1", atMs: 1_700_000_000_999, body: "{}", secrets: [] })).toEqual({
    "webhook-id": "a-1",
    "webhook-timestamp": "1700000000",
  });
});

test.each([
  ["24 bytes", secretOf(24, 1), 24],
  ["64 bytes", secretOf(64, 1), 64],
  ["no padding", `whsec_${Buffer.alloc(25, 1).toString("base64").replace(/=+$/u, "")}`, 25],
  ["23 bytes", secretOf(23, 1), undefined],
  ["65 bytes", secretOf(65, 1), undefined],
  ["no prefix", Buffer.alloc(32, 1).toString("base64"), undefined],
  ["a space in it", `whsec_${Buffer.alloc(32, 1).toString("base64").slice(0, 20)} AAAAAAAAAAAAAAAAAAAAAAA=`, undefined],
  ["nothing", "whsec_", undefined],
])("a secret of %s", (_name, secret, bytes) => {
  expect(signingKey(secret)?.length).toBe(bytes);
});

test("ids are the same each time, and never hold what would part the signed text or a key", () => {
  expect(webhookId(stormKeyOf("9f86d081884c7d65"), 3)).toBe("9f86d081884c7d65-3");
  for (const odd of ["a.b", "a/b", "a b", "ä", "", "x".repeat(65)]) {
    expect(stormKeyOf(odd)).toMatch(/^[0-9a-f]{32}$/u);
    expect(stormKeyOf(odd)).toBe(stormKeyOf(odd));
  }
});
