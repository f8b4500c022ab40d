// Number of a segment <-> name of its file.

const NAME = /^state-(\d{10})\.log$/;

export function segmentName(segment: number): string {
  return `state-${String(segment).padStart(10, "0")}.log`;
}

/** The numbers of the segments among the names of a folder, in order. */
export function segmentsAmong(names: readonly string[]): number[] {
  const numbers: number[] = [];
  for (const name of names) {
    const digits = NAME.exec(name)?.[1];
    if (digits !== undefined) numbers.push(Number(digits));
  }
  return numbers.sort((one, other) => one - other);
}
