// Names that want a series -> who gets one. So many a day of event time; more than that are refused until the next day.
//
// It knows what this process admitted: after a restart a day may have as many again.

const DAY_MS = 86_400_000;
/** Windows come up to 2 h late, so two days are open around midnight; a third for a log that is read again. */
const DAYS_KEPT = 3;

export class SeriesCap {
  private readonly perDay: number;
  /** The day that was asked for last stands last. */
  private readonly days = new Map<number, Set<string>>();

  constructor(perDay: number) {
    this.perDay = perDay;
  }

  admit(name: string, eventTimeMs: number): boolean {
    const day = Math.floor(eventTimeMs / DAY_MS);
    const admitted = this.namesOf(day);
    if (admitted.has(name)) return true;
    if (admitted.size >= this.perDay) return false;
    admitted.add(name);
    return true;
  }

  private namesOf(day: number): Set<string> {
    const names = this.days.get(day) ?? new Set<string>();
    this.days.delete(day);
    this.days.set(day, names);
    if (this.days.size > DAYS_KEPT) {
      const [oldest] = this.days.keys();
      if (oldest !== undefined) this.days.delete(oldest);
    }
    return names;
  }
}
