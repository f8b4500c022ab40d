// bytes behind "program[pid]: " -> is a queue id there, and its hash with the host.
// Short ids are upper-case hex, long ones base 52 without vowels: words such as "warning" or "NOQUEUE" are neither.

import { lesser } from "../bytes.ts";
import { type Host, idHash, type QueueIdBytes } from "../combine.ts";

const HEX = 1;
const BASE52 = 2;
const COLON = 58;
const SPACE = 32;
const LENGTH_MIN = 6;
/** Five digits of microseconds and a 64-bit inode; the long form of the same is 23. */
export const QUEUE_ID_BYTES_MAX = 24;
/** Long ids begin with the seconds in 6 digits and the microseconds in 4. */
const LONG_LENGTH_MIN = 10;

const ALPHABETS = new Uint8Array(256);
for (const char of "0123456789ABCDEF") ALPHABETS[char.charCodeAt(0)] = HEX;
for (const char of "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz") {
  ALPHABETS[char.charCodeAt(0)] = (ALPHABETS[char.charCodeAt(0)] ?? 0) | BASE52;
}

/** Holds where the last queue id stood. Reused for every line, so that a line costs no object. */
export class QueueIdReader implements QueueIdBytes {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Behind "QUEUEID: ". */
  next = 0;
  hash = 0;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed | 0;
  }

  read(host: Host, bytes: Buffer, start: number, end: number): boolean {
    let hash = host.hash ^ this.seed;
    let alphabets = HEX | BASE52;
    let at = start;
    const limit = lesser(end, start + QUEUE_ID_BYTES_MAX + 1);
    for (; at < limit; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === COLON) break;
      alphabets &= ALPHABETS[byte] ?? 0;
      if (alphabets === 0) return false;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    const length = at - start;
    if (bytes[at] !== COLON || bytes[at + 1] !== SPACE || length < LENGTH_MIN) return false;
    if ((alphabets & HEX) === 0 && length < LONG_LENGTH_MIN) return false;
    if (this.bytes !== bytes) this.bytes = bytes;
    this.start = start;
    this.end = at;
    this.next = at + 2;
    this.hash = idHash(hash);
    return true;
  }
}
