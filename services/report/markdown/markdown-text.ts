// plain text -> Markdown that shows it as it is: nothing in it is markup, makes a link, tells somebody, or ends a cell of a table.
//
//   bob@example.org, see www.example.org   `bob@example.org`, see `www.example.org`
//   RE: *all* | @team #12                  RE: \*all\* \| `@team` `#12`
//
// What GitHub makes links and mentions of is code: it looks for them when escapes and entities are long undone, and in code alone it does not.

import { printableText } from "../../../shared/domain/printable-text.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** What addresses consist of; none of it is markup within code. */
const WORD = /[\p{L}\p{N}.@:/#%+=_-]+/gu;
const WOULD_LINK = /@|:\/\/|www\.|#\d|\bgh-\d/iu;

/** One line. */
export function markdownText(text: string): string {
  const printable = printableText(text).trim();
  const parts: string[] = [];
  let done = 0;
  for (const { 0: word, index } of printable.matchAll(WORD)) {
    if (!WOULD_LINK.test(word)) continue;
    const code = withoutStop(word);
    parts.push(escaped(printable.slice(done, index)), `\`${code}\``);
    done = index + code.length;
  }
  return [...parts, escaped(printable.slice(done))].join("");
}

/** The stop of a sentence is none of an address. */
function withoutStop(word: string): string {
  const shorter = word.replace(/[.:]+$/u, "");
  return WOULD_LINK.test(shorter) ? shorter : word;
}

function escaped(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]#|~$]/g, String.raw`\$&`)
    .replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? "");
}

/** The same where a line begins: no list, rule, quotation or heading. */
export function markdownLine(text: string): string {
  return markdownText(text).replace(/^(?:[-+=]|\d+(?=[.)]))/, (start) =>
    /\d/.test(start) ? `${start}\\` : `\\${start}`,
  );
}
