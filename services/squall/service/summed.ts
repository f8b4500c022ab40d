// Counters of the partitions of one process -> their sums, name by name.

/** Nothing for none. */
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

function namesOf<Counters extends object>(counters: Counters): (keyof Counters)[] {
  return Object.keys(counters).filter((name): name is string & keyof Counters => name in counters);
}
