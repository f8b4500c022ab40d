// What Grafana tells the queries of one panel apart by.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Of the query that stands there, from 0 on: a letter, as its editor gives them. */
export function refIdOf(index: number): string {
  const letter = LETTERS[index];
  if (letter === undefined) throw new Error(`a panel has ${LETTERS.length} queries at most, no ${index + 1}th`);
  return letter;
}
