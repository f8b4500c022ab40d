/** Pieces of a grammar, many to a line: "a¦b¦c". */
export function parts(text: string): string[] {
  return text.split("¦");
}
