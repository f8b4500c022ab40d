// What a tracking log knows a message by -> a queue id of the table, and its hash with the host.

import { FNV_PRIME } from "../../../shared/domain/packed/key-hash.ts";
import { lesser } from "../bytes.ts";
import { type Host, idHash, type QueueIdBytes } from "../combine.ts";
import type { TrackingRow } from "./tracking-row.ts";

/** Longest id kept, bytes. */
const ID_BYTES_MAX = 255;
const QUESTION_MARK = 63;

/** Holds the id of the row at hand in bytes of its own: the row may hand out another value meanwhile. */
export class TrackingId implements QueueIdBytes {
  readonly bytes = Buffer.alloc(ID_BYTES_MAX);
  readonly start = 0;
  end = 0;
  hash = 0;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed | 0;
  }

  /** Takes the value that the row has taken last. */
  read(host: Host, { source, from, to }: TrackingRow): void {
    let hash = host.hash ^ this.seed;
    this.end = lesser(to - from, ID_BYTES_MAX);
    for (let at = 0; at < this.end; at += 1) {
      const said = source[from + at] ?? 0;
      // A Message-ID is its sender's word, and a queue id is shown.
      const byte = said < 0x21 || said > 0x7e ? QUESTION_MARK : said;
      this.bytes[at] = byte;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    this.hash = idHash(hash);
  }
}
