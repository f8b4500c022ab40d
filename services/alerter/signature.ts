// id, time and body of a webhook -> its Standard Webhooks headers (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.

import { createHash, createHmac } from "node:crypto";

const PREFIX = "whsec_";
const KEY_BYTES_MIN = 24;
const KEY_BYTES_MAX = 64;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;

/** The key of `whsec_` + base64 of 24 to 64 bytes; undefined when it is none. */
export function signingKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const text = secret.slice(PREFIX.length);
  const key = Buffer.from(text, "base64");
  const isWhole = BASE64.test(text) && key.toString("base64").replace(/=+$/u, "") === text.replace(/=+$/u, "");
  return isWhole && key.length >= KEY_BYTES_MIN && key.length <= KEY_BYTES_MAX ? key : undefined;
}

/**
 * The id of a notification, the same at every receiver, on every try and after a restart. It has no dot, which parts the
 * signed text. An id that is not plain letters and digits is hashed.
 */
export function webhookId(stormKey: string, revision: number): string {
  return `${stormKey}-${revision}`;
}

/** A storm's id as it stands in keys and webhook ids: as it is where it is plain, else its hash. */
export function stormKeyOf(stormId: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/u.test(stormId)) return stormId;
  return createHash("sha256").update(stormId).digest("hex").slice(0, 32);
}

export interface SignedContent {
  readonly id: string;
  /** Time of the try, ms since the epoch. */
  readonly atMs: number;
  readonly body: string;
  /** One signature each, in this order. */
  readonly secrets: readonly string[];
}

export function webhookHeaders({ id, atMs, body, secrets }: SignedContent): Record<string, string> {
  const timestamp = `${Math.floor(atMs / 1000)}`;
  const signatures = secrets.flatMap((secret) => {
    const key = signingKey(secret);
    if (key === undefined) return [];
    return [`v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64")}`];
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    ...(signatures.length > 0 ? { "webhook-signature": signatures.join(" ") } : {}),
  };
}
