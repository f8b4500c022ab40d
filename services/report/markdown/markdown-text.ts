// plain text -> Markdown that shows it as it is: nothing in it is markup, makes a link, or ends a cell of a table.

import { printableText } from "../../../shared/domain/printable-text.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** One line. */
export function markdownText(text: string): string {
  return printableText(text)
    .replaceAll(/[\\`*_{}[\]#|~$]/g, String.raw`\$&`)
    .replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? "")
    .replaceAll(/:(?=\/\/)/g, String.raw`\:`)
    .replaceAll(/\bwww\./gi, (word) => `${word.slice(0, -1)}\\.`)
    .trim();
}

/** The same where a line begins: no list, rule, quotation or heading. */
export function markdownLine(text: string): string {
  return markdownText(text).replace(/^(?:[-+=]|\d+(?=[.)]))/, (start) =>
    /\d/.test(start) ? `${start}\\` : `\\${start}`,
  );
}
