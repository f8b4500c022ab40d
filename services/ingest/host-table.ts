// bytes of a host name -> the one Host object of that name.

import { equalsText, spells } from "./bytes.ts";
import type { Host } from "./combine.ts";

const SPACE = 32;

/** Longest name of a host, bytes: a hop is a host's name and a word more, in 255. */
export const HOST_BYTES_MAX = 246;

/** Part of the room from which on hosts that are gone are forgotten. */
const NEARLY_FULL = 0.9;

/** May a byte stand in a host's name? It is shown and sent on: ASCII that can be printed, as syslog has it. */
export function isOfName(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}

/** Interns host names; bounded, since a hostile log could name a new host on every line. */
export class HostTable {
  private readonly byHash = new Map<number, Host[]>();
  private readonly hostsMax: number;
  private readonly seed: number;
  /** By index: when a host was last met behind another, in turns of `forgetUnseen`. */
  private readonly seen: number[] = [];
  private turn = 0;
  private readonly free: number[] = [];
  private last: Host | undefined;
  private lastName = Buffer.alloc(0);
  size = 0;

  constructor(options: { readonly hostsMax: number; readonly hashSeed: number }) {
    this.hostsMax = options.hostsMax;
    this.seed = options.hashSeed | 0;
  }

  /** The host of the line before, if its name and a space stand at `start`. No newline is a name's, so no line is overrun. */
  again(bytes: Buffer, start: number): Host | undefined {
    const { lastName } = this;
    return bytes[start + lastName.length] === SPACE && spells(bytes, start, lastName) ? this.last : undefined;
  }

  /** Undefined when the name is new and the table is full. */
  intern(bytes: Buffer, start: number, end: number): Host | undefined {
    let hash = this.seed;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const same = this.byHash.get(hash);
    let host = same?.find((known) => equalsText(bytes, start, end, known.name));
    if (host === undefined) {
      if (this.size >= this.hostsMax) return undefined;
      host = { name: bytes.toString("latin1", start, end), hash, index: this.free.pop() ?? this.size };
      if (same === undefined) this.byHash.set(hash, [host]);
      else same.push(host);
      this.size += 1;
    }
    if (this.last !== host) {
      this.last = host;
      this.seen[host.index] = this.turn;
      this.lastName = Buffer.from(host.name, "latin1");
    }
    return host;
  }

  /**
   * Begins another turn. Where the table is nearly full it forgets the hosts that were not met in this turn or the one before: machines
   * that come and go under new names fill it in months. Nothing may refer to a host by its index: of a table that is drained.
   */
  forgetUnseen(): void {
    this.turn += 1;
    if (this.size < this.hostsMax * NEARLY_FULL) return;
    for (const host of [...this.byHash.values()].flat()) {
      if (host !== this.last && (this.seen[host.index] ?? 0) < this.turn - 1) this.forget(host);
    }
  }

  private forget(host: Host): void {
    const others = this.byHash.get(host.hash)?.filter((known) => known !== host) ?? [];
    if (others.length === 0) this.byHash.delete(host.hash);
    else this.byHash.set(host.hash, others);
    this.free.push(host.index);
    this.size -= 1;
  }
}
