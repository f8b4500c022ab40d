// The table of rights in docs/services.md -> the rights that a test gives: what is documented is what is enough.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Right } from "../real-kafka-rights.ts";

const PAGE = join(import.meta.dirname, "../../../docs/services.md");

/** `who`: the first cell of a row. */
export function documentedRights(who: string, prefix: string): Right[] {
  const rows = readFileSync(PAGE, "utf8").split("\n");
  const row = rows.find((line) => line.startsWith(`| ${who} |`) && line.split("|").length === 7);
  if (row === undefined) throw new Error(`docs/services.md has no rights of ${who}`);
  const [, , reads = "", writes = "", groups = "", ids = ""] = row.split("|");
  const names = (cell: string): string[] =>
    [...cell.matchAll(/`squall([^`]+)`/gu)].map(([, rest = ""]) => `${prefix}${rest}`);
  return [
    ...names(reads).map((name): Right => ({ on: "topic", name, to: ["read"] })),
    ...names(writes).map((name): Right => ({ on: "topic", name, to: ["write"] })),
    ...names(groups).map((name): Right => ({ on: "group", name, to: ["read"] })),
    ...names(ids).map((name): Right => ({ on: "transactional-id", name, to: ["describe", "write"] })),
  ];
}
