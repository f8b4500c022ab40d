// parsed lines -> records of MailFragments: the lines of one queue id within one time slice become one record.
// A slice is 5 s of event time, aligned to the epoch, so a fragment never crosses a minute and its content
// is the same whatever order the lines of a slice come in.

import {
  FragmentSlab,
  HASH,
  HOST,
  QUEUE_ID,
  RECORD_INTEGERS,
  SLICE_MS,
} from "../../shared/domain/packed/fragment-slab.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";

const FIRST_SLOTS = 16;
/** Integers that slices which wait to be used again may hold together: those of a quiet log are many and small, a storm's are few. */
const SPARE_INTEGERS_MAX = 262_144 * RECORD_INTEGERS;

/** A host as the log names it: one object a name, so that comparing hosts is comparing references. */
export interface Host {
  readonly name: string;
  readonly hash: number;
  /** Place of the name in the table's list. */
  readonly index: number;
}

/** What was said of one slice of event time, [startMs, endMs). */
export interface ClosedSlice {
  readonly startMs: number;
  readonly endMs: number;
  readonly slab: FragmentSlab;
  /** Mails that came as finished events. */
  readonly events: readonly MailEvent[];
}

/** Where a queue id stands in the line being read. */
export interface QueueIdBytes {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** 30-bit number of host and queue id. */
  readonly hash: number;
}

/** The `hash` of QueueIdBytes. 30 bits are a small integer to the engine: using it as a key allocates nothing. */
export function idHash(hash: number): number {
  return (hash ^ (hash >>> 15)) & 0x3fff_ffff;
}

/** Is it the record of a queue id, which stands in the slab's source? */
function isOfQueueId(slab: FragmentSlab, record: number, id: QueueIdBytes): boolean {
  return slab.numbers[record + HASH] === id.hash && slab.saysAgain(record, QUEUE_ID, id.start, id.end);
}

/** The records of one slice, found by open addressing: two array reads and a comparison a line. */
class Slice implements ClosedSlice {
  readonly slab = new FragmentSlab();
  startMs = 0;
  endMs = 0;
  events: MailEvent[] = [];
  /** Place of a record in the slab and one; 0: free. */
  private slots = new Int32Array(FIRST_SLOTS);

  /** The record of a queue id, or -1. */
  find(host: Host, id: QueueIdBytes): number {
    return (this.slots[this.slotOf(host, id)] ?? 0) - 1;
  }

  /** Adds a record, or puts it in the place of one with the same queue id. */
  add(host: Host, id: QueueIdBytes, at: number): number {
    const { slab } = this;
    if ((slab.end / RECORD_INTEGERS) * 2 >= this.slots.length) this.grow();
    const slot = this.slotOf(host, id);
    const record = slab.add(host.index, id.hash, at);
    slab.source = id.bytes;
    slab.say(record, QUEUE_ID, id.start, id.end);
    this.slots[slot] = record + 1;
    return record;
  }

  /** Makes it an empty slice from `startMs` on. */
  reset(startMs: number): void {
    this.startMs = startMs;
    this.endMs = startMs + SLICE_MS;
    this.slots.fill(0);
    this.slab.reset(startMs);
    this.events = [];
  }

  /** The slot of a queue id, or the free one where it would be. */
  private slotOf(host: Host, id: QueueIdBytes): number {
    const { slots, slab } = this;
    const { numbers } = slab;
    const mask = slots.length - 1;
    let slot = id.hash & mask;
    for (;;) {
      const record = (slots[slot] ?? 0) - 1;
      if (record < 0) return slot;
      if (slab.source !== id.bytes) slab.source = id.bytes;
      if (numbers[record + HOST] === host.index && isOfQueueId(slab, record, id)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const { numbers } = this.slab;
    for (const place of this.slots) {
      if (place === 0) continue;
      let slot = (numbers[place - 1 + HASH] ?? 0) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = place;
    }
    this.slots = slots;
  }
}

/** No time lies in it. */
const NOWHERE = new Slice();
NOWHERE.endMs = Number.NEGATIVE_INFINITY;

/** The open slices. `recordFor` is the hot path; slices are given away whole, earliest first. */
export class FragmentTable {
  /** Names of hosts by their index. */
  readonly hostNames: string[] = [];
  /** Where the record of the last `recordFor` stands. */
  slab: FragmentSlab = new FragmentSlab();
  /** Records and events held. */
  size = 0;
  /** Where the table stands, ms after its slice's start. */
  at = 0;
  private readonly slices = new Map<number, Slice>();
  private readonly spare: Slice[] = [];
  private spareIntegers = 0;
  private current: Slice = NOWHERE;
  private last = -1;
  private lastHost: Host | undefined;

  get openSlices(): number {
    return this.slices.size;
  }

  /** What is recorded next is of `eventTimeMs`. Apart from recording: handed on, a time would be an object each. */
  goTo(eventTimeMs: number): void {
    if (eventTimeMs < this.current.startMs || eventTimeMs >= this.current.endMs) this.enter(eventTimeMs);
    this.at = (eventTimeMs - this.current.startMs) | 0;
  }

  /** The record of a queue id in the slice where the table stands (in `slab`), made when it is the first line of it. */
  recordFor(host: Host, id: QueueIdBytes): number {
    const { current: slice, at } = this;
    const { slab } = slice;
    if (slab.source !== id.bytes) slab.source = id.bytes;
    let record = this.last;
    if (record < 0 || this.lastHost !== host || !isOfQueueId(slab, record, id)) {
      record = slice.find(host, id);
      if (record < 0) record = this.addRecord(slice, host, id, at);
      this.last = record;
      if (this.lastHost !== host) this.lastHost = host;
    }
    slab.stamp(record, at);
    return record;
  }

  /** A second record for a queue id of the slice: its lines name another Message-ID, so it lives again. */
  anotherLife(host: Host, id: QueueIdBytes): number {
    this.last = this.addRecord(this.current, host, id, this.at);
    this.lastHost = host;
    return this.last;
  }

  /** Takes a finished event into the slice of its time. */
  addEvent(event: MailEvent): void {
    this.sliceAt(event.at).events.push(event);
    this.size += 1;
  }

  /**
   * Shows the slices that begin at `fromMs` or later and end at or before `beforeMs`, earliest first, and empties them; Infinity: all.
   * A slab is valid during the visit.
   */
  drain(beforeMs: number, visit: (slice: ClosedSlice) => void, fromMs = Number.NEGATIVE_INFINITY): void {
    const closed: Slice[] = [];
    for (const slice of this.slices.values())
      if (slice.endMs <= beforeMs && slice.startMs >= fromMs) closed.push(slice);
    if (closed.length > 1) closed.sort((a, b) => a.startMs - b.startMs);
    for (const slice of closed) {
      this.slices.delete(slice.startMs);
      this.size -= slice.slab.end / RECORD_INTEGERS + slice.events.length;
      if (this.current === slice) {
        this.current = NOWHERE;
        this.last = -1;
      }
      visit(slice);
      const integers = slice.slab.numbers.length;
      if (this.spareIntegers + integers > SPARE_INTEGERS_MAX) continue;
      this.spare.push(slice);
      this.spareIntegers += integers;
    }
  }

  private enter(eventTimeMs: number): void {
    const slice = this.sliceAt(eventTimeMs);
    this.current = slice;
    this.last = -1;
    this.slab = slice.slab;
  }

  private sliceAt(eventTimeMs: number): Slice {
    const startMs = Math.floor(eventTimeMs / SLICE_MS) * SLICE_MS;
    let slice = this.slices.get(startMs);
    if (slice === undefined) {
      slice = this.newSlice();
      slice.reset(startMs);
      this.slices.set(startMs, slice);
    }
    return slice;
  }

  private newSlice(): Slice {
    const slice = this.spare.pop();
    if (slice === undefined) return new Slice();
    this.spareIntegers -= slice.slab.numbers.length;
    return slice;
  }

  private addRecord(slice: Slice, host: Host, id: QueueIdBytes, at: number): number {
    this.size += 1;
    // Where a host was forgotten another has its index.
    if (this.hostNames[host.index] !== host.name) this.hostNames[host.index] = host.name;
    return slice.add(host, id, at);
  }
}
