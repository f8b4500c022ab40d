// the checked-out tree -> every source file the layering speaks of.

import { globSync, readFileSync } from "node:fs";
import { sep } from "node:path";

import type { Source } from "./scan.ts";

export function sourceFiles(root: string): Source[] {
  const paths = globSync("{services,shared,test}/**/*.{ts,js}", { cwd: root });
  return paths.map((path) => ({
    path: path.split(sep).join("/"),
    text: readFileSync(`${root}/${path}`, "utf8"),
  }));
}
