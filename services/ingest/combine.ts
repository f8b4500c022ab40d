// parsed lines -> MailFragment: the lines of one queue id within one time slice become one fragment.
// A slice is 5 s of event time, aligned to the epoch, so a fragment never crosses a minute and its content
// is the same whatever order the lines of a slice come in.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { equalsText } from "./bytes.ts";

/** Event time that one fragment may span. Divides a minute. */
export const SLICE_MS = 5_000;

const FIRST_FRAGMENTS = 256;
/** Closed slices whose arrays wait to be used again. */
const SPARE_SLICES_MAX = 16;

/** A host as the log names it: one object a name, so that comparing hosts is comparing references. */
export interface Host {
  readonly name: string;
  readonly hash: number;
}

/** What was said of one slice of event time, [startMs, endMs). */
export interface ClosedSlice {
  readonly startMs: number;
  readonly endMs: number;
  readonly fragments: readonly MailFragment[];
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

function newFragment(site: string, host: string, queueId: string, eventTimeMs: number): MailFragment {
  return {
    site,
    host,
    queueId,
    firstAt: eventTimeMs,
    lastAt: eventTimeMs,
    acceptedAt: undefined,
    client: undefined,
    login: undefined,
    sender: undefined,
    nrcpt: undefined,
    messageId: undefined,
    headers: undefined,
    origTo: undefined,
    expandedTo: undefined,
    headerTo: undefined,
    minutes: undefined,
    removedAt: undefined,
  };
}

/** The fragments of one slice, found by open addressing: two array reads and a comparison a line. */
class Slice {
  index = 0;
  fragments: MailFragment[] = [];
  events: MailEvent[] = [];
  private hosts: Host[] = [];
  private hashes = new Int32Array(FIRST_FRAGMENTS);
  /** Place of a fragment in `fragments`, from 1. */
  private slots = new Int32Array(FIRST_FRAGMENTS * 2);

  find(host: Host, id: QueueIdBytes): MailFragment | undefined {
    const place = this.slots[this.slotOf(host, id)] ?? 0;
    return place === 0 ? undefined : this.fragments[place - 1];
  }

  /** Adds a fragment, or puts it in the place of one with the same queue id. */
  add(host: Host, id: QueueIdBytes, fragment: MailFragment): void {
    if (this.fragments.length >= this.hashes.length) this.grow();
    this.hashes[this.fragments.length] = id.hash;
    this.hosts.push(host);
    this.fragments.push(fragment);
    this.slots[this.slotOf(host, id)] = this.fragments.length;
  }

  /** Makes it the slice `index`, empty; the arrays handed out are not touched. */
  reset(index: number): this {
    this.index = index;
    this.slots.fill(0);
    this.fragments = [];
    this.events = [];
    this.hosts = [];
    return this;
  }

  /** The slot of a queue id, or the free one where it would be. */
  private slotOf(host: Host, id: QueueIdBytes): number {
    const { slots, hashes, fragments } = this;
    const mask = slots.length - 1;
    let slot = id.hash & mask;
    for (;;) {
      const place = slots[slot] ?? 0;
      if (place === 0) return slot;
      if (hashes[place - 1] === id.hash && this.hosts[place - 1] === host) {
        const known = fragments[place - 1];
        if (known !== undefined && equalsText(id.bytes, id.start, id.end, known.queueId)) return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const hashes = new Int32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    const slots = new Int32Array(this.slots.length * 2);
    for (const place of this.slots) {
      if (place === 0) continue;
      let slot = (hashes[place - 1] ?? 0) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = place;
    }
    this.hashes = hashes;
    this.slots = slots;
  }
}

/** The open slices. `fragmentFor` is the hot path; slices are taken away whole, earliest first. */
export class FragmentTable {
  private readonly site: string;
  private readonly slices = new Map<number, Slice>();
  private readonly spare: Slice[] = [];
  private current: Slice | undefined;
  private last: MailFragment | undefined;
  private lastHost: Host | undefined;
  /** Fragments and events held. */
  size = 0;

  constructor(site: string) {
    this.site = site;
  }

  /** The fragment of a queue id in the slice of `eventTimeMs`, made when it is the first line of it. */
  fragmentFor(host: Host, id: QueueIdBytes, eventTimeMs: number): MailFragment {
    const index = Math.floor(eventTimeMs / SLICE_MS);
    const slice = this.current?.index === index ? this.current : this.enter(index);
    const { last } = this;
    if (last !== undefined && this.lastHost === host && equalsText(id.bytes, id.start, id.end, last.queueId)) {
      return stamped(last, eventTimeMs);
    }
    const fragment = slice.find(host, id) ?? this.newFragment(slice, host, id, eventTimeMs);
    this.last = fragment;
    this.lastHost = host;
    return stamped(fragment, eventTimeMs);
  }

  /** A second fragment for a queue id of the slice: its lines name another Message-ID, so it lives again. */
  anotherLife(host: Host, id: QueueIdBytes, eventTimeMs: number): MailFragment {
    this.last = this.newFragment(this.sliceAt(Math.floor(eventTimeMs / SLICE_MS)), host, id, eventTimeMs);
    this.lastHost = host;
    return this.last;
  }

  /** Takes a finished event into the slice of its time. */
  addEvent(event: MailEvent): void {
    this.sliceAt(Math.floor(event.at / SLICE_MS)).events.push(event);
    this.size += 1;
  }

  /** Takes away the slices that begin at `fromMs` or later and end at or before `beforeMs`, earliest first; Infinity takes all. */
  take(beforeMs: number, fromMs = Number.NEGATIVE_INFINITY): ClosedSlice[] {
    const taken = [...this.slices.values()]
      .filter(({ index }) => index * SLICE_MS >= fromMs && (index + 1) * SLICE_MS <= beforeMs)
      .toSorted((a, b) => a.index - b.index);
    return taken.map((slice) => this.close(slice));
  }

  private close(slice: Slice): ClosedSlice {
    const { index, fragments, events } = slice;
    this.slices.delete(index);
    this.size -= fragments.length + events.length;
    if (this.current === slice) {
      this.current = undefined;
      this.last = undefined;
    }
    if (this.spare.length < SPARE_SLICES_MAX) this.spare.push(slice.reset(0));
    return { startMs: index * SLICE_MS, endMs: (index + 1) * SLICE_MS, fragments, events };
  }

  private enter(index: number): Slice {
    const slice = this.sliceAt(index);
    this.current = slice;
    this.last = undefined;
    return slice;
  }

  private sliceAt(index: number): Slice {
    let slice = this.slices.get(index);
    if (slice === undefined) {
      slice = (this.spare.pop() ?? new Slice()).reset(index);
      this.slices.set(index, slice);
    }
    return slice;
  }

  private newFragment(slice: Slice, host: Host, id: QueueIdBytes, eventTimeMs: number): MailFragment {
    const queueId = id.bytes.toString("latin1", id.start, id.end);
    const fragment = newFragment(this.site, host.name, queueId, eventTimeMs);
    slice.add(host, id, fragment);
    this.size += 1;
    return fragment;
  }
}

function stamped(fragment: MailFragment, eventTimeMs: number): MailFragment {
  if (eventTimeMs < fragment.firstAt) fragment.firstAt = eventTimeMs;
  else if (eventTimeMs > fragment.lastAt) fragment.lastAt = eventTimeMs;
  return fragment;
}
