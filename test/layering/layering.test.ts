import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ARROWS, SCAN_ONLY } from "./arrows.ts";
import { findingsIn, importsOf } from "./scan.ts";
import { sourceFiles } from "./tree.ts";

const ROOT = join(import.meta.dirname, "../..");
const ROWS = ARROWS.map(([path, text, forbidden], row) => ({ path, text, forbidden, row }));
const OBJECTION = /^eslint\((?:no-restricted-(?:imports|globals|properties)|no-console)\)$/;

describe("the linter", () => {
  const folder = mkdtempSync(join(tmpdir(), "squall-layering-"));
  const forbiddenRows = new Set<number>();

  beforeAll(() => {
    for (const rows of passes()) for (const row of lint(rows)) forbiddenRows.add(row);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(ROWS)("$path says $text: forbidden $forbidden", ({ row, forbidden }) => {
    expect(forbiddenRows.has(row)).toBe(forbidden);
  });

  /** Rows of one path cannot stand in one tree: the nth row of every path goes into the nth pass. */
  function passes(): (typeof ROWS)[] {
    const found: (typeof ROWS)[] = [];
    for (const row of ROWS) {
      const nth = found.findIndex((rows) => rows.every((other) => other.path !== row.path));
      if (nth === -1) found.push([row]);
      else found[nth]?.push(row);
    }
    return found;
  }

  /** The rows to which the project's own rules object. */
  function lint(rows: typeof ROWS): number[] {
    const tree = mkdtempSync(join(folder, "tree-"));
    cpSync(join(ROOT, ".oxlintrc.json"), join(tree, ".oxlintrc.json"));
    for (const { path, text } of rows) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), `${text}\n`);
    }
    const linter = join(ROOT, "node_modules/oxlint/bin/oxlint");
    const run = spawnSync(process.execPath, [linter, "--format=json"], { cwd: tree, encoding: "utf8" });
    const report = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
    const objected = new Set(report.diagnostics.filter((one) => OBJECTION.test(one.code)).map((one) => one.filename));
    return rows.filter(({ path }) => objected.has(path)).map(({ row }) => row);
  }
});

describe("the scan", () => {
  test.each(ROWS)("$path says $text: forbidden $forbidden", ({ path, text, forbidden }) => {
    expect(findingsIn({ path, text: `${text}\n` }).length > 0).toBe(forbidden);
  });

  test.each(SCAN_ONLY)("a core says %s: forbidden", (text) => {
    expect(findingsIn({ path: "services/ingest/line.ts", text: `${text}\n` })).toHaveLength(1);
  });

  test("a comment may name what the code may not", () => {
    const text =
      '// never Date.now(); see "x"\n/* import("../../shared/runtime/a.ts") */\nexport const a = "// not a comment";\n';
    expect(findingsIn({ path: "services/ingest/line.ts", text })).toEqual([]);
  });

  test("a name and a text may hold what the code may not", () => {
    const text = 'import { a } from "./reply-process.ts";\nexport const b = a("Date.now()");\n';
    expect(findingsIn({ path: "services/ingest/line.ts", text })).toEqual([]);
  });

  test.each([
    ['import {\n  a,\n  b,\n} from "./a.ts";', ["./a.ts"]],
    ["import type { A } from './a.ts'; export * from './b.ts';", ["./a.ts", "./b.ts"]],
    ['import "./a.ts"; const b = import("./b.ts");', ["./a.ts", "./b.ts"]],
    ['const c = "from nowhere";', []],
    ['const c = [textOf("from"), textOf("sender")];', []],
  ])("imports of %s", (text, expected) => {
    expect(importsOf(text)).toEqual(expected);
  });

  test("a file of 250 lines passes, one of 251 does not, tests are free", () => {
    const lines = (count: number): string => "x();\n".repeat(count);
    expect(findingsIn({ path: "services/ingest/line.ts", text: lines(250) })).toEqual([]);
    expect(findingsIn({ path: "services/ingest/line.ts", text: lines(251) })).toHaveLength(1);
    expect(findingsIn({ path: "services/ingest/line.test.ts", text: lines(999) })).toEqual([]);
  });
});

describe("the tree", () => {
  const files = sourceFiles(ROOT);

  test("has the rooms", () => {
    const rooms = ["services/ingest/", "services/detector/", "services/squall/", "shared/domain/"];
    expect(rooms.filter((room) => !files.some(({ path }) => path.startsWith(room)))).toEqual([]);
  });

  test("follows the arrows", () => {
    expect(files.flatMap(findingsIn)).toEqual([]);
  });
});
