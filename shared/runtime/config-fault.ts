// What is wrong with a configuration, and the name that was probably meant.

/** One fault: where it stands (`squall.yaml:12:5`, `SQUALL_SITE`, `--site`) and what is wrong. */
export interface ConfigFault {
  readonly where: string;
  readonly message: string;
  /** Place in the file, for the order in which faults are told; -1 for what stands elsewhere. */
  readonly offset: number;
}

/** Thrown with every fault found; the message has one a line. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const inOrder = faults.toSorted((a, b) => a.offset - b.offset);
    super(inOrder.map((fault) => `${fault.where}: ${fault.message}`).join("\n"));
    this.name = "ConfigError";
    this.faults = inOrder;
  }
}

/** The name among `known` that was most likely meant; undefined when none is near. Case, dashes and underscores do not count. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = bare(name);
  let nearest: string | undefined;
  let least = Math.min(3, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = nameDistance(wanted, bare(candidate));
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** `; did you mean "x"?`, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

/** A name that only goes on where the other stops is near, however long the rest. */
function nameDistance(from: string, to: string): number {
  const shorter = Math.min(from.length, to.length);
  const distance = editDistance(from, to);
  return shorter >= 4 && from.slice(0, shorter) === to.slice(0, shorter) ? Math.min(distance, 1) : distance;
}

function bare(name: string): string {
  return name.slice(0, 100).toLowerCase().replaceAll(/[-_]/gu, "");
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      let least = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + same);
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && isSwap) least = Math.min(least, at(before, column - 2) + 1);
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return at(previous, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
