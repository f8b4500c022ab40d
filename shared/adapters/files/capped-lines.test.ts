import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CappedLines } from "./capped-lines.ts";
import { InputError } from "./file-error.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-capped-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("lines are appended by one process after another, up to the bound; what is beyond it is counted and told once", () => {
  const path = join(folder, "lines");
  const told: string[] = [];
  for (const turn of [0, 1, 2]) {
    const lines = new CappedLines({ path, bytesMax: 1000, onEnd: (message) => void told.push(message) });
    for (let line = 0; line < 50; line += 1) lines.write(`line ${turn} ${line}`.padEnd(9));
    lines.close();
    expect(lines.dropped).toBe([0, 0, 50][turn]);
  }
  const text = readFileSync(path, "utf8").split("\n");
  expect(text).toHaveLength(101);
  expect([text[0], text[50], text[99]]).toEqual(["line 0 0 ", "line 1 0 ", "line 1 49"]);
  expect(told).toEqual([`${path}: is full (1000 bytes): what comes now is only counted`]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that cannot be made is refused in words", () => {
  const path = join(folder, "nowhere", "lines");
  expect(() => new CappedLines({ path, bytesMax: 1000, onEnd: () => undefined })).toThrow(
    new InputError(`${path}: no such folder`),
  );
});

test.runIf(existsSync("/dev/full"))("a full disk ends it, with a word and a count", () => {
  const told: string[] = [];
  const lines = new CappedLines({ path: "/dev/full", bytesMax: 1000, onEnd: (message) => void told.push(message) });
  for (const line of ["one", "two"]) lines.write(line);
  lines.flush();
  lines.write("three");
  lines.close();
  expect(lines.dropped).toBe(3);
  expect(told).toEqual(["/dev/full: no space left on the disk: what comes now is only counted"]);
});
