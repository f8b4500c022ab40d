// bytes of a line -> the JSON object in it, or why there is none.

import type { LineOutcome } from "./rejection.ts";

const OPEN_BRACE = 123;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** "not-mine" when the line is no JSON object at all; "invalid-utf8" or "bad-json" when it was meant as one. */
export function parseJsonObject(
  bytes: Buffer,
  start: number,
  end: number,
): Readonly<Record<string, unknown>> | LineOutcome {
  if (bytes[start] !== OPEN_BRACE) return "not-mine";
  const text = decodeUtf8(bytes.subarray(start, end));
  if (text === undefined) return "invalid-utf8";
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : "bad-json";
  } catch {
    return "bad-json";
  }
}
