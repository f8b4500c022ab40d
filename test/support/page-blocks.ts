// A page of docs -> its blocks of code, so that what it tells people to type is what a test runs.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const DOCS = join(import.meta.dirname, "../../docs");

export interface PageBlock {
  /** Of the nearest heading of the second level before it; "" before the first. */
  readonly heading: string;
  /** Behind the fence: "sh", "yaml"; "" where there is none. */
  readonly language: string;
  readonly text: string;
}

export function pageBlocks(page: string): PageBlock[] {
  const blocks: PageBlock[] = [];
  let heading = "";
  let open: { readonly indent: string; readonly language: string; readonly lines: string[] } | undefined;
  for (const line of readFileSync(join(DOCS, page), "utf8").split("\n")) {
    const fence = /^( *)```(\w*)$/u.exec(line);
    if (open !== undefined && fence === null) open.lines.push(line.slice(open.indent.length));
    else if (open !== undefined) {
      blocks.push({ heading, language: open.language, text: open.lines.join("\n") });
      open = undefined;
    } else if (fence !== null) {
      const [, indent = "", language = ""] = fence;
      open = { indent, language, lines: [] };
    } else if (line.startsWith("## ")) heading = line.slice(3);
  }
  return blocks;
}
