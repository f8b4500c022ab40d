import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stateFacts } from "./state-check.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-state-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const nobody = (): Promise<undefined> => Promise.resolve(undefined);

async function shown(directory: string, holder = nobody as () => Promise<string | undefined>): Promise<string[]> {
  const { findings } = await stateFacts(directory, holder);
  return findings.map(({ level, text }) => `${level}: ${text}`);
}

test("writable, private, free", async () => {
  const directory = join(folder, "state");
  mkdirSync(directory, { mode: 0o700 });
  expect(await shown(directory)).toEqual([
    expect.stringMatching(/^ok: can be written to by \S+ \(uid \d+\)$/u),
    "ok: no other process holds it",
    expect.stringMatching(/^ok: [\d.]+ [kMGT]B free$/u),
  ]);
  expect(readdirSync(directory)).toEqual([]);
});

test("open to all, and held", async () => {
  const directory = join(folder, "open");
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  const found = await shown(directory, () => Promise.resolve("process 4711"));
  expect(found.slice(1, 3)).toEqual([
    "warn: is held by process 4711",
    "warn: can be looked into by every user: it holds addresses of people",
  ]);
  expect((await stateFacts(directory, () => Promise.resolve("process 4711"))).holder).toBe("process 4711");
});

test("not there: it can be made, or where it cannot", async () => {
  expect(await shown(join(folder, "a/b/c"))).toEqual(["ok: is not there yet and can be made"]);
  expect(readdirSync(folder)).not.toContain("a");
  const [finding] = await shown("/proc/squall/state");
  expect(finding).toMatch(/^fail: is not there, and cannot be made in \/proc by \S+ \(uid \d+\): /u);
});

test("a file in its place; a folder that cannot be written to", async () => {
  const path = join(folder, "file");
  writeFileSync(path, "");
  expect(await shown(path)).toEqual(["fail: is no directory"]);
  expect((await shown("/proc/self"))[0]).toMatch(/^fail: cannot be written to by /u);
});
