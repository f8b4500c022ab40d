// A log as lines: cut, sorted, shuffled and written otherwise, for tests that ask whether that changes anything.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder for the tests of one file, gone when they are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "squall-e2e-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes a log of lines (or bytes as they are) and returns its path. */
export function writeLog(folder: string, name: string, content: readonly string[] | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.isBuffer(content) ? content : Buffer.from(`${content.join("\n")}\n`, "latin1"));
  return path;
}

export function linesOf(log: Buffer): string[] {
  return log.toString("latin1").trimEnd().split("\n");
}

/** Numbers in [0, 1), the same for the same seed. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Moves every line by a random part of `withinMs`; lines begin with RFC 3339 stamps. No line comes more than that too late. */
export function shuffled(lines: readonly string[], withinMs: number, seed: number): string[] {
  const next = numbersFrom(seed);
  return lines
    .map((line) => ({ line, at: Date.parse(line.slice(0, line.indexOf(" "))) + next() * withinMs }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => line);
}

/** Any order at all of a few things. */
export function reordered<T>(things: readonly T[], seed: number): T[] {
  const next = numbersFrom(seed);
  return things
    .map((thing) => ({ thing, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ thing }) => thing);
}
