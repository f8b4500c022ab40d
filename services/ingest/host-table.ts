// bytes of a host name -> the one Host object of that name.

import { equalsText } from "./bytes.ts";
import type { Host } from "./combine.ts";

/** Interns host names; bounded, since a hostile log could name a new host on every line. */
export class HostTable {
  private readonly byHash = new Map<number, Host[]>();
  private readonly hostsMax: number;
  private readonly seed: number;
  private last: Host | undefined;
  size = 0;

  constructor(options: { readonly hostsMax: number; readonly hashSeed: number }) {
    this.hostsMax = options.hostsMax;
    this.seed = options.hashSeed | 0;
  }

  /** Undefined when the name is new and the table is full. */
  intern(bytes: Buffer, start: number, end: number): Host | undefined {
    const last = this.last;
    if (last !== undefined && equalsText(bytes, start, end, last.name)) return last;
    let hash = this.seed;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const same = this.byHash.get(hash);
    let host = same?.find((known) => equalsText(bytes, start, end, known.name));
    if (host === undefined) {
      if (this.size >= this.hostsMax) return undefined;
      host = { name: bytes.toString("latin1", start, end), hash, index: this.size };
      if (same === undefined) this.byHash.set(hash, [host]);
      else same.push(host);
      this.size += 1;
    }
    this.last = host;
    return host;
  }
}
