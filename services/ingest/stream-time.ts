// stamps of one input, nearly in order -> its stream time: the highest event time that can be believed.
//
//   line          500  501 | 5000 5001 | 502  503      a clock that was wrong at boot: 5000 and 5001 are refused at 502
//   stream time   500  501 |  501  501 | 502  503
//
//   line          500  501 | 700  701 … (1 h, or 50,000 lines)     a service that stood still: the leap is believed
//   stream time   500  501 | 501  501 …  then 700 and on
//
// Until it is decided the lines of a leap wait behind stream time, so that nothing is released for a clock that is wrong,
// and nothing is lost of a log that really has a gap.

import type { Leap, StreamTimeState } from "./state/stream-time-state.ts";

/** A stamp further ahead than this is a leap. Lines up to 2 h late are not lost, so smaller ones need no proof. */
const LEAP_MS = 3_600_000;
/** A leap that went on for so long, in its own time or in lines, and to which no line from before came back, is believed. */
const PROOF_MS = 6 * 3_600_000;
const PROOF_LINES = 50_000;
/** The same at the beginning of a pipe, which may wait for us; a file is read on until it is sure. */
const FIRST_PROOF_LINES = 1_000;
/** Leaps above leaps: of a log so quiet, or so corrupt, the lowest is decided. */
const LEAPS_MAX = 4;
/** Wrong clocks remembered. */
const REFUSED_MAX = 8;
/** Our own clock and that of the log may disagree by this while both go on. */
const DRIFT_MS = 300_000;
/** By how much a stamp that is of now may differ from our clock, for want of its zone. */
const ZONE_MS = 14 * 3_600_000 + DRIFT_MS;
/** Our own clock was set back if it steps back by more, or finds the log further ahead of it. */
export const SET_BACK_MS = 3_600_000;
/** A log that is followed and says no more for so long by our clock has ended for now: a leap in it stands uncontradicted. */
const SILENT_MS = 60_000;

export class StreamTime {
  /** ms since the epoch; -Infinity until the beginning is proved. */
  now = Number.NEGATIVE_INFINITY;
  /** Earliest stamp believed, ms; Infinity before the first. */
  earliest = Number.POSITIVE_INFINITY;
  /** Leaps that are not decided, each further ahead than the one before. */
  private readonly leaps: Leap[] = [];
  private readonly refused: Leap[] = [];
  private readonly allowedLatenessMs: number;
  /** Of what is observed, by our own clock, ms; NaN when that says nothing. */
  arrivedAtMs = Number.NaN;
  /** Stream time when it last moved on before this arrival, and when that was by our clock. */
  private movedTo = Number.NEGATIVE_INFINITY;
  private movedAtMs = Number.NaN;
  /** How often our own clock was set back, and with it all that was believed was given up. */
  setBacks = 0;

  constructor(allowedLatenessMs: number) {
    this.allowedLatenessMs = allowedLatenessMs;
  }

  state(): StreamTimeState {
    const { now, earliest, leaps, refused, arrivedAtMs, movedTo, movedAtMs, setBacks } = this;
    return { now, earliest, leaps, refused, arrivedAtMs, movedTo, movedAtMs, setBacks };
  }

  restore({ leaps, refused, ...times }: StreamTimeState): void {
    Object.assign(this, times);
    this.leaps.splice(0, this.leaps.length, ...leaps);
    this.refused.splice(0, this.refused.length, ...refused);
  }

  /** Where the input is as far as is known, believed or not, ms; -Infinity before the first line. */
  get latest(): number {
    return this.leaps.length === 0 ? this.now : (this.leaps.at(-1)?.now ?? this.now);
  }

  /** Earliest stamp observed, believed or not, ms; Infinity before the first. */
  get lowest(): number {
    return Math.min(this.earliest, ...[...this.leaps, ...this.refused].map(({ earliest }) => earliest));
  }

  /** What is observed next arrived at `arrivedAtMs` by our own clock; NaN when that says nothing. */
  arrive(arrivedAtMs: number): void {
    if (this.isBefore(arrivedAtMs)) this.setBack();
    if (this.now > this.movedTo) {
      this.movedTo = this.now;
      this.movedAtMs = this.arrivedAtMs;
    }
    this.arrivedAtMs = arrivedAtMs;
  }

  /** All there was has been read, and it is `nowMs` by our own clock. */
  wait(nowMs: number): void {
    if (this.isBefore(nowMs)) {
      this.setBack();
      this.arrivedAtMs = nowMs;
    }
    if (this.leaps.length === 0 || !(nowMs - this.arrivedAtMs >= SILENT_MS)) return;
    if (this.leaps.every(({ contradictions }) => contradictions === 0)) this.end();
  }

  /**
   * Where a log that has been read to its end is at `nowMs` by our own clock, ms: while it says nothing its time goes on as ours does,
   * however far apart the two are. -Infinity until the beginning is proved.
   */
  reached(nowMs: number): number {
    const passedMs = nowMs - this.lastMovedAtMs();
    return passedMs > 0 ? this.now + passedMs : this.now;
  }

  observe(eventTimeMs: number): void {
    if (eventTimeMs <= this.now) {
      if (eventTimeMs < this.earliest) this.earliest = eventTimeMs;
    } else if (this.leaps.length === 0 && eventTimeMs - this.now <= LEAP_MS) {
      this.now = eventTimeMs;
    } else {
      this.judge(eventTimeMs);
    }
  }

  /** The input ended: nothing more can come back, so a leap is believed that nothing speaks against. */
  end(): void {
    const last = this.leaps.findLastIndex(isBelievable);
    if (last >= 0) this.believe(last);
    this.leaps.length = 0;
  }

  private isBefore(nowMs: number): boolean {
    const until = nowMs + SET_BACK_MS;
    return this.arrivedAtMs > until || (this.now > until && !Number.isNaN(nowMs));
  }

  /** What was believed was our wrong clock's; the next lines tell where the log is. */
  private setBack(): void {
    this.setBacks += 1;
    this.now = Number.NEGATIVE_INFINITY;
    this.leaps.length = 0;
    this.refused.length = 0;
    this.movedTo = Number.NEGATIVE_INFINITY;
    this.movedAtMs = Number.NaN;
  }

  private judge(eventTimeMs: number): void {
    const index = this.leaps.findLastIndex(({ from }) => eventTimeMs >= from - this.allowedLatenessMs);
    const leap = this.leaps[index];
    const reached = leap?.now ?? this.now;
    if (eventTimeMs > reached) {
      // Time goes on from here, so what is further ahead is not its continuation.
      for (const contradicted of this.leaps.splice(index + 1)) this.refuse(contradicted);
      if (eventTimeMs - reached > LEAP_MS) {
        this.begin(eventTimeMs);
        return;
      }
    }
    if (leap === undefined) {
      this.now = eventTimeMs;
      return;
    }
    leap.now = Math.max(leap.now, eventTimeMs);
    leap.earliest = Math.min(leap.earliest, eventTimeMs);
    leap.lines += 1;
    if (this.isProved(leap)) this.believe(index);
  }

  private begin(eventTimeMs: number): void {
    const known = this.refused.find(
      ({ earliest, now }) => eventTimeMs >= earliest - LEAP_MS && eventTimeMs <= now + LEAP_MS,
    );
    const leap = { from: eventTimeMs, earliest: eventTimeMs, now: eventTimeMs, lines: 1, contradictions: 0 };
    this.leaps.push(known === undefined ? leap : { ...leap, contradictions: known.contradictions });
    if (this.isBorneOutByOurClock(eventTimeMs)) this.believe(this.leaps.length - 1);
    else if (this.leaps.length > LEAPS_MAX) this.decideLowest();
  }

  private decideLowest(): void {
    const lowest = this.leaps[0];
    if (lowest !== undefined && isBelievable(lowest)) this.believe(0);
    else this.leaps.shift();
  }

  private isProved(leap: Leap): boolean {
    const isFirst = this.now === Number.NEGATIVE_INFINITY && !Number.isNaN(this.arrivedAtMs);
    const lines = isFirst ? FIRST_PROOF_LINES : PROOF_LINES;
    return (leap.lines >= lines || leap.now - leap.from >= PROOF_MS) && isBelievable(leap);
  }

  /** A log that is followed: while it stood still our clock went on as far; or, at its beginning, it is of now. */
  private isBorneOutByOurClock(eventTimeMs: number): boolean {
    if (this.now === Number.NEGATIVE_INFINITY) return Math.abs(eventTimeMs - this.arrivedAtMs) <= ZONE_MS;
    return eventTimeMs - this.now <= this.arrivedAtMs - this.lastMovedAtMs() + DRIFT_MS;
  }

  private lastMovedAtMs(): number {
    return this.now > this.movedTo ? this.arrivedAtMs : this.movedAtMs;
  }

  private believe(index: number): void {
    for (const leap of this.leaps.splice(0, index + 1)) {
      this.now = leap.now;
      this.earliest = Math.min(this.earliest, leap.earliest);
    }
  }

  private refuse(leap: Leap): void {
    leap.contradictions += 1;
    const known = this.refused.findIndex(
      ({ earliest, now }) => leap.earliest <= now + LEAP_MS && leap.now >= earliest - LEAP_MS,
    );
    const before = this.refused[known];
    if (before !== undefined) {
      leap.earliest = Math.min(leap.earliest, before.earliest);
      leap.now = Math.max(leap.now, before.now);
      this.refused.splice(known, 1);
    } else if (this.refused.length >= REFUSED_MAX) {
      this.refused.shift();
    }
    this.refused.push(leap);
  }
}

/** Lines of a wrong clock among those of right ones are contradicted again and again, however many they are. */
function isBelievable({ lines, contradictions }: Leap): boolean {
  return lines > contradictions;
}
