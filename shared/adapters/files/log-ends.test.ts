import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { readLogEnds } from "./log-ends.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-ends-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test.each([
  ["the whole of a short file", "one\ntwo\n", 100, "one\ntwo\n"],
  ["whole lines of the end", "one\ntwo\nthree\n", 8, "three\n"],
  ["a line begins where the end begins", "one\ntwo\nthree\n", 7, "three\n"],
  ["a last line that is not finished", "one\ntwo\nthr", 6, "thr"],
  ["one line that is longer than all that is looked at", "x".repeat(100), 10, "xxxxxxxxxx"],
  ["nothing", "", 10, ""],
])("%s", (_what, text, tailBytes, want) => {
  expect(readLogEnds(put("a.log", text), tailBytes).tail.toString()).toBe(want);
});

test("the beginning, the size and when it was written", () => {
  const path = put("b.log", `${"x".repeat(70_000)}\nend\n`);
  utimesSync(path, 1000, 1234);
  const { head, tail, sizeBytes, writtenAtMs, isFile, isCompressed } = readLogEnds(path, 10);
  expect([head.length, tail.toString(), sizeBytes, writtenAtMs]).toEqual([65_536, "end\n", 70_005, 1_234_000]);
  expect([isFile, isCompressed]).toEqual([true, false]);
});

test("what is compressed, no file, or not there", () => {
  expect(readLogEnds(put("c.gz", gzipSync("x")), 10).isCompressed).toBe(true);
  expect(readLogEnds(folder, 10)).toMatchObject({ isFile: false, sizeBytes: 0 });
  expect(() => readLogEnds(join(folder, "absent"), 10)).toThrow(`${folder}/absent: no such file`);
});
