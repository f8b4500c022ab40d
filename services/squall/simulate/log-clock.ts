// time in a scenario -> time as the log shows it: by the scenario's own calendar, or moved to another day and closer together.

export interface LogTimes {
  /** Time that the scenario's beginning is shown as, microseconds since the epoch. */
  readonly startsAt: number;
  /** How many times as fast everything happens. */
  readonly speed: number;
}

export class LogClock {
  private readonly from: number;
  private readonly times: LogTimes;

  /** `from`: when the scenario begins, microseconds since the epoch. */
  constructor(from: number, times: LogTimes = { startsAt: from, speed: 1 }) {
    this.from = from;
    this.times = times;
  }

  /** Microseconds since the epoch, both. */
  shown(at: number): number {
    const { startsAt, speed } = this.times;
    return speed === 1 ? at - this.from + startsAt : startsAt + Math.floor((at - this.from) / speed);
  }

  /** The first time of the scenario that is shown as later than this. */
  firstAfter(shown: number): number {
    const { startsAt, speed } = this.times;
    return this.from + Math.ceil((shown + 1 - startsAt) * speed);
  }
}
