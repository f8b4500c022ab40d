// a stamp, and when its line reached us -> the event time that the line is given. Replay knows nothing of arrivals and takes every
// stamp as it is.
//
//   arrival 12:00   stamp 12:04        12:04    clocks differ a little
//                   stamp 12:06        12:00    a clock that is ahead: set to the arrival, counted
//                   stamp 09:00        09:00    late, or a clock that was set back:
//   … 12:00:10      stamp 09:00:10     12:00:10 its host's stamps go on as our clock does, so it is the clock; counted
//   … 12:00:10      stamp 10:30        10:30    its host's stamps run: mail that was kept back comes in

/** A stamp further ahead of its arrival than this is not believed. */
const AHEAD_MAX_MS = 300_000;
/** A stamp further behind its log's time than this is late, or of a clock that is behind. What is 2 h late is lost. */
const BEHIND_MAX_MS = 3_600_000;
/** A clock that is behind goes on as ours does, for so long and so many lines at least. */
const PROOF_MS = 10_000;
const PROOF_LINES = 3;
/** Stamps that go on faster than this many times our clock, or stamps that step back, are no clock's. */
const PACE_MAX = 1.5;
const STEP_MS = 5_000;
/** Hosts looked at at once; beyond them the one looked at longest is no longer. */
const HOSTS_MAX = 32;
/** A chunk is of now when we had waited for it at most so long ago. */
const WAITED_MS = 10_000;

export interface ArrivalCounters {
  /** Stamps more than 5 min ahead of their arrival, set to it. */
  stampsAhead: number;
  /** Stamps of hosts whose clock is over an hour behind, set on by as much. */
  stampsBehind: number;
}

/** Lines of one host that are far behind the log's time. */
interface SlowClock {
  /** Arrival and stamp of the first of them, ms. */
  readonly arrivedAtMs: number;
  readonly stampMs: number;
  lines: number;
  /** By how much its clock is behind, ms; 0: not proved. */
  behindMs: number;
}

export interface ArrivalState {
  readonly counters: Readonly<ArrivalCounters>;
  /** When all there was had been read, ms; NaN: never. */
  readonly waitedAtMs: number;
  readonly slow: readonly (SlowClock & { readonly host: string })[];
}

/** Gives the lines of one input their event time. */
export class ArrivalTime {
  readonly counters: ArrivalCounters = { stampsAhead: 0, stampsBehind: 0 };
  private arrivedAtMs = Number.NaN;
  private waitedAtMs = Number.NaN;
  private latestMs = Number.POSITIVE_INFINITY;
  private oldestMs = Number.NEGATIVE_INFINITY;
  /** `latestMs` while no clock is watched: then all stamps between are taken as they are. */
  private plainUntilMs = Number.POSITIVE_INFINITY;
  private slow = new Map<string, SlowClock>();

  /** What is read next arrived at `arrivedAtMs` by our own clock (NaN: that says nothing), when the log had come to `reachedMs`. */
  arrive(arrivedAtMs: number, reachedMs: number): void {
    this.arrivedAtMs = arrivedAtMs;
    this.latestMs = Number.isNaN(arrivedAtMs) ? Number.POSITIVE_INFINITY : arrivedAtMs + AHEAD_MAX_MS;
    const isOfNow = Math.abs(arrivedAtMs - this.waitedAtMs) <= WAITED_MS;
    this.oldestMs = isOfNow ? reachedMs - BEHIND_MAX_MS : Number.NEGATIVE_INFINITY;
    this.plainUntilMs = this.slow.size === 0 ? this.latestMs : Number.NEGATIVE_INFINITY;
  }

  /** All there was has been read. */
  wait(nowMs: number): void {
    this.waitedAtMs = nowMs;
  }

  /** Makes a stamp its line's event time, ms. `host`: who stamped it, where that is known. */
  settle(stamped: { eventTimeMs: number }, host: string | undefined): void {
    // In place: a time that is handed on would be an object each line.
    if (stamped.eventTimeMs <= this.plainUntilMs && stamped.eventTimeMs >= this.oldestMs) return;
    stamped.eventTimeMs = this.eventTime(stamped.eventTimeMs, host);
  }

  private eventTime(stampMs: number, host: string | undefined): number {
    if (stampMs > this.latestMs) {
      this.counters.stampsAhead += 1;
      if (host !== undefined) this.slow.delete(host);
      return this.arrivedAtMs;
    }
    return host === undefined ? stampMs : this.ofHost(stampMs, host);
  }

  state(): ArrivalState {
    const { counters, waitedAtMs, slow } = this;
    return { counters, waitedAtMs, slow: Array.from(slow, ([host, clock]) => ({ host, ...clock })) };
  }

  restore({ counters, waitedAtMs, slow }: ArrivalState): void {
    Object.assign(this.counters, counters);
    this.waitedAtMs = waitedAtMs;
    this.slow = new Map(slow.map(({ host, ...clock }) => [host, clock]));
  }

  private ofHost(stampMs: number, host: string): number {
    const clock = this.slow.get(host);
    // While old lines are caught up with nobody knows which are late; what was known before is believed on.
    const isFarBehind = stampMs < this.oldestMs || (this.oldestMs === Number.NEGATIVE_INFINITY && isProved(clock));
    if (!isFarBehind) {
      this.slow.delete(host);
      return stampMs;
    }
    if (clock === undefined || !this.goesOn(clock, stampMs)) {
      this.watch(host, stampMs);
      return stampMs;
    }
    clock.lines += 1;
    if (clock.behindMs === 0) {
      if (clock.lines < PROOF_LINES || this.arrivedAtMs - clock.arrivedAtMs < PROOF_MS) return stampMs;
      clock.behindMs = this.oldestMs + BEHIND_MAX_MS - stampMs;
    }
    this.counters.stampsBehind += 1;
    return Math.min(stampMs + clock.behindMs, this.latestMs);
  }

  private goesOn(clock: SlowClock, stampMs: number): boolean {
    if (clock.behindMs > 0) {
      const eventTimeMs = stampMs + clock.behindMs;
      return eventTimeMs >= this.oldestMs && eventTimeMs <= this.latestMs;
    }
    const passedMs = this.arrivedAtMs - clock.arrivedAtMs;
    const stampedMs = stampMs - clock.stampMs;
    return stampedMs >= -STEP_MS && stampedMs <= passedMs * PACE_MAX + STEP_MS;
  }

  private watch(host: string, stampMs: number): void {
    this.slow.delete(host);
    this.slow.set(host, { arrivedAtMs: this.arrivedAtMs, stampMs, lines: 1, behindMs: 0 });
    this.plainUntilMs = Number.NEGATIVE_INFINITY;
    for (const eldest of this.slow.keys()) {
      if (this.slow.size <= HOSTS_MAX) return;
      this.slow.delete(eldest);
    }
  }
}

function isProved(clock: SlowClock | undefined): boolean {
  return clock !== undefined && clock.behindMs > 0;
}
