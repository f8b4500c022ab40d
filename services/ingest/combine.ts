// parsed lines -> MailFragment: the lines of one queue id within one time slice become one fragment.
// A slice is 5 s of event time, aligned to the epoch, so a fragment never crosses a minute and its content
// is the same whatever order the lines of a slice come in.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { equalsText } from "./bytes.ts";

/** Event time that one fragment may span. Divides a minute. */
export const SLICE_MS = 5_000;

/** A host as the log names it: one object a name, so that comparing hosts is comparing references. */
export interface Host {
  readonly name: string;
  readonly hash: number;
}

interface Entry {
  readonly fragment: MailFragment;
  readonly host: Host;
  /** Another queue id with the same hash: as good as never, but an attacker would try. */
  next: Entry | undefined;
}

interface Slice {
  readonly index: number;
  readonly entries: Map<number, Entry>;
  readonly fragments: MailFragment[];
  readonly events: MailEvent[];
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

/** The open slices. `fragmentFor` is the hot path; slices are taken away whole, earliest first. */
export class FragmentTable {
  private readonly site: string;
  private readonly slices = new Map<number, Slice>();
  private current: Slice | undefined;
  private last: Entry | undefined;
  /** Fragments held. */
  size = 0;

  constructor(site: string) {
    this.site = site;
  }

  /** The fragment of a queue id in the slice of `eventTimeMs`, made when it is the first line of it. */
  fragmentFor(host: Host, id: QueueIdBytes, eventTimeMs: number): MailFragment {
    const index = Math.floor(eventTimeMs / SLICE_MS);
    let slice = this.current;
    if (slice === undefined || slice.index !== index) {
      slice = this.sliceAt(index);
      this.current = slice;
      this.last = undefined;
    }
    const last = this.last;
    if (last !== undefined && last.host === host && equalsText(id.bytes, id.start, id.end, last.fragment.queueId)) {
      return stamped(last.fragment, eventTimeMs);
    }
    const entry = this.entryIn(slice, host, id, eventTimeMs);
    this.last = entry;
    return stamped(entry.fragment, eventTimeMs);
  }

  /** A second fragment for a queue id of the slice: its lines name another Message-ID, so it lives again. */
  anotherLife(fragment: MailFragment, host: Host, id: QueueIdBytes, eventTimeMs: number): MailFragment {
    const slice = this.sliceAt(Math.floor(eventTimeMs / SLICE_MS));
    this.last = this.add(slice, host, id.hash, newFragment(this.site, host.name, fragment.queueId, eventTimeMs));
    return this.last.fragment;
  }

  private sliceAt(index: number): Slice {
    let slice = this.slices.get(index);
    if (slice === undefined) {
      slice = { index, entries: new Map(), fragments: [], events: [] };
      this.slices.set(index, slice);
    }
    return slice;
  }

  private entryIn(slice: Slice, host: Host, id: QueueIdBytes, eventTimeMs: number): Entry {
    const first = slice.entries.get(id.hash);
    for (let entry = first; entry !== undefined; entry = entry.next) {
      if (entry.host === host && equalsText(id.bytes, id.start, id.end, entry.fragment.queueId)) return entry;
    }
    const queueId = id.bytes.toString("latin1", id.start, id.end);
    return this.add(slice, host, id.hash, newFragment(this.site, host.name, queueId, eventTimeMs));
  }

  private add(slice: Slice, host: Host, hash: number, fragment: MailFragment): Entry {
    const entry: Entry = { fragment, host, next: slice.entries.get(hash) };
    slice.entries.set(hash, entry);
    slice.fragments.push(fragment);
    this.size += 1;
    return entry;
  }

  /** Takes a finished event into the slice of its time. */
  addEvent(event: MailEvent): void {
    this.sliceAt(Math.floor(event.at / SLICE_MS)).events.push(event);
    this.size += 1;
  }

  /** Takes away the slices that end at or before `beforeMs`, earliest first; Infinity takes all. */
  take(beforeMs: number): ClosedSlice[] {
    const taken = [...this.slices.values()]
      .filter((slice) => (slice.index + 1) * SLICE_MS <= beforeMs)
      .toSorted((a, b) => a.index - b.index);
    for (const slice of taken) {
      this.slices.delete(slice.index);
      this.size -= slice.fragments.length + slice.events.length;
    }
    if (taken.length > 0) {
      this.current = undefined;
      this.last = undefined;
    }
    return taken.map(({ index, fragments, events }) => ({
      startMs: index * SLICE_MS,
      endMs: (index + 1) * SLICE_MS,
      fragments,
      events,
    }));
  }
}

function stamped(fragment: MailFragment, eventTimeMs: number): MailFragment {
  if (eventTimeMs < fragment.firstAt) fragment.firstAt = eventTimeMs;
  else if (eventTimeMs > fragment.lastAt) fragment.lastAt = eventTimeMs;
  return fragment;
}
