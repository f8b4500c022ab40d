// stamps of one input, nearly in order -> its stream time: the highest event time that can be believed.

/** A leap ahead of more than this must be borne out by the next line, or one corrupt stamp would make all the rest late. */
const LEAP_MS = 3_600_000;

export class StreamTime {
  /** ms since the epoch; -Infinity before the second line or so. */
  now = Number.NEGATIVE_INFINITY;
  /** Earliest stamp seen, ms; Infinity before the first. */
  earliest = Number.POSITIVE_INFINITY;
  /** Leaps ahead that the next line contradicted. */
  leapsRefused = 0;
  private leap = Number.NEGATIVE_INFINITY;
  private readonly allowedLatenessMs: number;

  constructor(allowedLatenessMs: number) {
    this.allowedLatenessMs = allowedLatenessMs;
  }

  observe(eventTimeMs: number): void {
    if (this.leap !== Number.NEGATIVE_INFINITY) this.judgeLeap(eventTimeMs);
    if (eventTimeMs <= this.now) {
      if (eventTimeMs < this.earliest) this.earliest = eventTimeMs;
      return;
    }
    if (eventTimeMs - this.now > LEAP_MS) this.leap = eventTimeMs;
    else this.now = eventTimeMs;
  }

  /** The input ended: there is no next line to bear the last one out, and nothing left that it could make late. */
  end(): void {
    if (this.leap > this.now) this.believe(this.leap);
  }

  private believe(leap: number): void {
    this.now = leap;
    if (leap < this.earliest) this.earliest = leap;
  }

  private judgeLeap(next: number): void {
    if (next >= this.leap - this.allowedLatenessMs) this.believe(this.leap);
    else this.leapsRefused += 1;
    this.leap = Number.NEGATIVE_INFINITY;
  }
}
