// texts and markup -> markup in which every text is printable and escaped: what is put into a template is text unless it is markup already.

import { printableText } from "../../../shared/domain/printable-text.ts";

export interface Markup {
  readonly text: string;
}

type Part = string | number | Markup | readonly Markup[];

/** A tagged template: markup`<p>${text}</p>`. Attributes are to be quoted. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? "";
  for (const [index, part] of parts.entries()) text += textOf(part) + (strings[index + 1] ?? "");
  return { text };
}

/** Markup of our own making that is no template: a style sheet. */
export function asMarkup(text: string): Markup {
  return { text };
}

function textOf(part: Part): string {
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return "text" in part ? part.text : part.map(({ text }) => text).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return printableText(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
