// What waits for one receiver, by storm, and what may be sent next.
//
// Words of one storm go in order, the next when the one before was heard or lost. A watch or an update that still waits is
// overtaken by any later word, but not by the end of a storm of which it is the first word; opened and resolved never are. Storms wait for each other only as OutboxBounds.slowAfterMs says.
// Without room goes, of what is not being sent: the oldest watch or update; else all of the oldest storm that is over; else all
// of the oldest storm.

import type { Delivery } from "./delivery.ts";
import type { OutboxBounds } from "./outbox-bounds.ts";
import type { ReceiverCounters, ReceiverStatus } from "./receiver-counters.ts";
import { createReceiverCounters } from "./receiver-counters.ts";
import type { Receiver } from "./receiver.ts";

/** A clock that was set back must not hold a delivery for longer than this, ms. */
const WAIT_MAX_MS = 2 * 3_600_000;

/** How long a receiver has been failing. */
export interface Failing {
  /** When the first try failed, ms since the epoch. */
  readonly sinceMs: number;
  readonly failures: number;
}

export class ReceiverQueue {
  settings: Receiver;
  readonly counters: ReceiverCounters = createReceiverCounters();
  /** It answered 410. */
  isDisabled = false;
  /** The receiver asked to be left alone until then, ms since the epoch. */
  pausedUntilMs = 0;
  /** Tries that failed since the last one that did not; undefined when there is none. A restart does not forget it. */
  failing: Failing | undefined;
  /** Why the last of them failed; undefined: it was in a former run. */
  failure: string | undefined;
  /** This run has told of them. */
  isFailureTold = false;
  /** The flush that says how the last try ended; nothing is sent before it is written. */
  afterFlush = 0;
  private readonly bounds: OutboxBounds;
  private readonly storms = new Map<string, Delivery[]>();
  private readonly out = new Set<Delivery>();
  private size = 0;

  constructor(settings: Receiver, bounds: OutboxBounds) {
    this.settings = settings;
    this.bounds = bounds;
  }

  status(): ReceiverStatus {
    let oldestSinceMs: number | undefined;
    for (const { sinceMs } of this.deliveries()) oldestSinceMs = Math.min(oldestSinceMs ?? sinceMs, sinceMs);
    return {
      name: this.settings.name,
      ...this.counters,
      waiting: this.size,
      inFlight: this.out.size,
      isDisabled: this.isDisabled,
      failuresInRow: this.failing?.failures ?? 0,
      failingSinceMs: this.failing?.sinceMs,
      failure: this.failing === undefined ? undefined : this.failure,
      oldestSinceMs,
    };
  }

  /** By storm, in order; what is taken out meanwhile changes nothing of it. */
  deliveries(): Delivery[] {
    return Array.from(this.storms.values()).flat();
  }

  /** Appends a word; what it overtakes is taken out and given back. */
  push(delivery: Delivery): Delivery[] {
    const words = this.storms.get(delivery.stormKey) ?? [];
    const overtaken = words.filter((word) => word.startedAtMs === undefined && isOvertakenBy(word, delivery));
    for (const word of overtaken) {
      delivery.opens ||= word.opens;
      this.remove(word);
    }
    this.storms.set(delivery.stormKey, [...words.filter((word) => !word.isOver), delivery]);
    this.size += 1;
    return overtaken;
  }

  /** This word of the storm, or a later one, is on its way already. */
  holds(stormKey: string, revision: number): boolean {
    return this.wordsOf(stormKey).some((word) => word.revision >= revision);
  }

  /** What had to go, so that no more than the bound waits. */
  makeRoom(): Delivery[] {
    const gone: Delivery[] = [];
    while (this.size > this.bounds.deliveriesMax) {
      const victims = this.victims();
      if (victims.length === 0) break;
      for (const victim of victims) this.remove(victim);
      gone.push(...victims);
    }
    return gone;
  }

  /** The words of a storm, in order. */
  wordsOf(stormKey: string): readonly Delivery[] {
    return this.storms.get(stormKey) ?? [];
  }

  /** There is a later word of its storm, and it is one that need not be heard then. */
  isOvertaken(delivery: Delivery): boolean {
    const later = this.wordsOf(delivery.stormKey).at(-1);
    if (later === undefined || later === delivery || !isOvertakenBy(delivery, later)) return false;
    later.opens ||= delivery.opens;
    return true;
  }

  remove(delivery: Delivery): void {
    if (delivery.isOver) return;
    delivery.isOver = true;
    this.size -= 1;
    this.out.delete(delivery);
    const words = this.storms.get(delivery.stormKey)?.filter((word) => word !== delivery) ?? [];
    if (words.length === 0) this.storms.delete(delivery.stormKey);
    else this.storms.set(delivery.stormKey, words);
  }

  start(delivery: Delivery, nowMs: number): void {
    delivery.startedAtMs = nowMs;
    this.out.add(delivery);
  }

  end(delivery: Delivery): void {
    delivery.startedAtMs = undefined;
    this.out.delete(delivery);
  }

  /** What may be sent now. A first try goes before any repetition. */
  next(nowMs: number, isWritten: (flush: number) => boolean): Delivery | undefined {
    if (this.opensAt(nowMs, isWritten) > nowMs) return undefined;
    let best: Delivery | undefined;
    for (const [head] of this.storms.values()) {
      if (head === undefined || !isReady(head, isWritten) || headDueAt(head, nowMs) > nowMs) continue;
      if (best === undefined || isBefore(head, best)) best = head;
    }
    return best;
  }

  /**
   * Whoever started squall again may have mended the receiver: the eldest word need not sit out its delay. It goes alone; when it is
   * heard the others follow, and when it is not its delay grows on.
   */
  tryAtOnce(nowMs: number): void {
    const heads = Array.from(this.storms.values()).flatMap(([head]) => head ?? []);
    const [eldest] = heads.toSorted((a, b) => a.order - b.order);
    if (eldest === undefined || heads.some((head) => headDueAt(head, nowMs) <= nowMs)) return;
    eldest.notBeforeMs = nowMs;
  }

  /** When next() will have something, ms since the epoch, as long as nothing else happens; Infinity when it never will. */
  dueAt(nowMs: number, isWritten: (flush: number) => boolean): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const [head] of this.storms.values()) {
      if (head !== undefined && isReady(head, isWritten)) earliest = Math.min(earliest, headDueAt(head, nowMs));
    }
    return Math.max(earliest, this.opensAt(nowMs, isWritten));
  }

  /** When the next request may go out, whatever it is. */
  private opensAt(nowMs: number, isWritten: (flush: number) => boolean): number {
    const isShut = this.isDisabled || !isWritten(this.afterFlush) || this.out.size >= this.settings.concurrent;
    if (isShut) return Number.POSITIVE_INFINITY;
    let opensAt = Math.min(this.pausedUntilMs, nowMs + WAIT_MAX_MS);
    for (const { startedAtMs = 0 } of this.out) opensAt = Math.max(opensAt, startedAtMs + this.bounds.slowAfterMs);
    return opensAt;
  }

  private victims(): readonly Delivery[] {
    for (const word of this.deliveries()) if (isPassing(word) && word.startedAtMs === undefined) return [word];
    const idle = [...this.storms.values()].filter((words) => words.every((word) => word.startedAtMs === undefined));
    return idle.find((words) => words.at(-1)?.type === "storm.resolved") ?? idle[0] ?? [];
  }
}

/** Means nothing once there is a later word. */
function isPassing(word: Delivery): boolean {
  return word.type === "storm.watch" || word.type === "storm.updated";
}

/** An end without a beginning would tell the receiver of a storm that it knows nothing of. */
function isOvertakenBy(word: Delivery, later: Delivery): boolean {
  return isPassing(word) && !(word.opens && later.type === "storm.resolved");
}

function isReady(head: Delivery, isWritten: (flush: number) => boolean): boolean {
  return head.startedAtMs === undefined && isWritten(head.afterFlush);
}

function headDueAt(head: Delivery, nowMs: number): number {
  return head.notBeforeMs > nowMs + WAIT_MAX_MS ? nowMs : head.notBeforeMs;
}

function isBefore(one: Delivery, other: Delivery): boolean {
  if ((one.attempts === 0) !== (other.attempts === 0)) return one.attempts === 0;
  return one.notBeforeMs < other.notBeforeMs;
}
