// Where reading stands in one generation of a log, in a form that finds it again: whatever it is called by then, copied or compressed.

import { createHash } from "node:crypto";
import { z } from "zod";

/** First bytes of a file that tell it from any other; what they are of a log differs by its first stamp. */
export const HEAD_BYTES = 1024;
/** Bytes in front of the offset that must be the same where reading goes on in a file of another inode, or after a crash. */
export const BEFORE_BYTES = 256;
const DIGEST_CHARS = 32;

const print = z.strictObject({
  bytes: z.int().min(0).max(HEAD_BYTES),
  sha256: z.string().length(DIGEST_CHARS),
});
const mark = z.strictObject({
  path: z.string(),
  /** Decimal: both may be larger than a number holds exactly. */
  device: z.string().regex(/^\d+$/u),
  inode: z.string().regex(/^\d+$/u),
  /** Bytes of whole lines that were used, counted after inflating. */
  offset: z.int().min(0),
  head: print,
  before: print.optional(),
  /** Of one that was empty: when it was made, nanoseconds since 1970; all that tells it from another of the same number. */
  born: z.string().regex(/^\d+$/u).optional(),
  /** It was rotated away: what comes behind it may be read already. */
  lingers: z.literal(true).optional(),
});
const position = z.strictObject({
  v: z.literal(1),
  /** The generation before those; what is in order behind it is new. */
  previous: mark.optional(),
  /** Those that are being read, eldest first. */
  generations: z.array(mark),
});

export type Print = Readonly<z.infer<typeof print>>;
export type GenerationMark = Readonly<z.infer<typeof mark>>;
export type FollowPosition = Readonly<z.infer<typeof position>>;

/** A stored position that this version cannot read. */
export class FollowPositionError extends Error {
  override readonly name = "FollowPositionError";
}

export function printOf(bytes: Uint8Array): Print {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex").slice(0, DIGEST_CHARS) };
}

/** The first bytes are those that the print was made of. */
export function bears(bytes: Uint8Array, of: Print): boolean {
  return bytes.length >= of.bytes && printOf(bytes.subarray(0, of.bytes)).sha256 === of.sha256;
}

/** Throws FollowPositionError. */
export function decodePosition(value: unknown, input: string): FollowPosition {
  const decoded = position.safeParse(value);
  if (decoded.success) return decoded.data;
  const version = z.looseObject({ v: z.unknown() }).safeParse(value);
  const what =
    version.success && version.data.v !== 1 ? `has version ${String(version.data.v)}, known is 1` : "is damaged";
  throw new FollowPositionError(`${input}: the stored position ${what}`);
}
