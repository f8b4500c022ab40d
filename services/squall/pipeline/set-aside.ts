// slices of mail that no log's time ever came to -> whose clock was wrong, and what was not counted for it.

import { FIRST_AT, HOST, LAST_AT, RECORD_INTEGERS } from "../../../shared/domain/packed/fragment-slab.ts";
import type { ClosedSlice } from "../../ingest/combine.ts";

/** A host whose lines were stamped far ahead of the log around them. */
export interface WrongClock {
  readonly host: string;
  /** Pieces of mails set aside: what was said of one queue id within seconds, or a finished event. */
  readonly pieces: number;
  /** Earliest and latest of their stamps, ms since the epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export class SetAside {
  private readonly byHost = new Map<string, WrongClock>();

  /** `hostNames`: those of the slice's records, by their index. */
  add({ startMs, slab, events }: ClosedSlice, hostNames: readonly string[]): void {
    for (let record = 0; record < slab.end; record += RECORD_INTEGERS) {
      const numberAt = (field: number): number => slab.numbers[record + field] ?? 0;
      this.count(hostNames[numberAt(HOST)] ?? "", startMs + numberAt(FIRST_AT), startMs + numberAt(LAST_AT));
    }
    for (const { host, at } of events) this.count(host, at, at);
  }

  /** Those with the most pieces first. */
  clocks(): WrongClock[] {
    return [...this.byHost.values()].toSorted((a, b) => b.pieces - a.pieces || (a.host < b.host ? -1 : 1));
  }

  private count(host: string, firstAt: number, lastAt: number): void {
    const known = this.byHost.get(host);
    this.byHost.set(host, {
      host,
      pieces: (known?.pieces ?? 0) + 1,
      fromMs: Math.min(known?.fromMs ?? firstAt, firstAt),
      untilMs: Math.max(known?.untilMs ?? lastAt, lastAt),
    });
  }
}
