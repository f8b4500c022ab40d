// Counters of the partitions of one process -> their sums, name by name.

/** Nothing for none. A partition that goes takes what it counted along: to Prometheus that is a restart. */
export function summed<Counters extends object>(all: readonly Counters[]): Partial<Counters> {
  const sums: Partial<Counters> = {};
  for (const counters of all) {
    for (const name of namesOf(counters)) {
      const value: unknown = counters[name];
      const sum: unknown = sums[name] ?? 0;
      if (typeof value === "number" && typeof sum === "number") Object.assign(sums, { [name]: sum + value });
    }
  }
  return sums;
}

/** The same of one number each. */
export function sumOf<Part>(parts: readonly Part[], read: (part: Part) => number): number {
  let sum = 0;
  for (const part of parts) sum += read(part);
  return sum;
}

function namesOf<Counters extends object>(counters: Counters): (keyof Counters)[] {
  return Object.keys(counters).filter((name): name is string & keyof Counters => name in counters);
}
