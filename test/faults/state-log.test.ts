import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { createDisk } from "../../shared/adapters/files/state-log/disk.ts";
import type { CutOff } from "../../shared/adapters/files/state-log/recover.ts";
import { openFileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { onlyWhere } from "../support/only-where.ts";
import { pollUntil } from "../support/poll.ts";
import { ExpectedState } from "./numbered-flushes.ts";
import { seeded } from "./seeded.ts";

const base = mkdtempSync(join(tmpdir(), "squall-state-faults-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const WRITER = join(import.meta.dirname, "state-writer.ts");
const KILLS = 32;
/** Each of them starts a process: a guard against what hangs, not a measure of speed. */
const KILLS_TIMEOUT_MS = 300_000;

interface Writer {
  /** The last flush that it said was written; -1 before it has opened the log. */
  acknowledged: number;
  timesFull: number;
  kill: () => void;
  /** Exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
}

function startWriter(
  folder: string,
  options: { flushes?: number; limit?: string; paceMs?: number; diesAtFull?: number } = {},
): Writer {
  const { flushes = 0, limit, paceMs = 0, diesAtFull = 0 } = options;
  const command = [process.execPath, WRITER, folder, `${flushes}`, `${paceMs}`, `${diesAtFull}`];
  const child =
    limit === undefined
      ? spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "pipe", "inherit"] })
      : spawn("sh", ["-c", `${limit}; exec "$@"`, "sh", ...command], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const exit = new Promise<number | null>((resolve) => {
    child.on("exit", resolve);
  });
  const said = new Promise<void>((resolve) => {
    lines.on("close", resolve);
  });
  const writer: Writer = {
    acknowledged: -1,
    timesFull: 0,
    kill: () => void child.kill("SIGKILL"),
    ended: Promise.all([exit, said]).then(([code]) => code),
  };
  lines.on("line", (line) => {
    if (line === "open") writer.acknowledged = 0;
    else if (line === "full") writer.timesFull += 1;
    else writer.acknowledged = Number(line);
  });
  return writer;
}

interface Found {
  readonly last: number;
  readonly entries: Map<string, Buffer>;
  readonly cutOff: CutOff | undefined;
}

async function found(folder: string): Promise<Found> {
  const log = await openFileStateLog(createDisk(folder, undefined));
  const entries = new Map<string, Buffer>();
  await log.read((key, value) => entries.set(key, value));
  await log.close();
  return { last: Number(entries.get("last")?.toString() ?? "0"), entries, cutOff: log.cutOff };
}

/** The state is exactly that after some whole flush; returns which. */
function expectWhole(state: Found, expected: ExpectedState): number {
  expected.moveTo(state.last);
  expect(new Set(state.entries.keys())).toEqual(new Set(expected.entries.keys()));
  for (const [key, value] of expected.entries)
    expect([key, state.entries.get(key)?.equals(value)]).toEqual([key, true]);
  return state.last;
}

test(
  `${KILLS} kills at random moments, cleaning under way: the state is that after a whole flush, and none that was resolved is lost`,
  async () => {
    const folder = mkdtempSync(join(base, "kills-"));
    const random = seeded(6);
    const expected = new ExpectedState();
    let torn = 0;
    let last = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = startWriter(folder);
      // Some die while they open the log, some soon after, some when segments have come and gone.
      const flushes = kill % 8 === 0 ? -1 : last + Math.floor(random() ** 2 * 600);
      await pollUntil(() => writer.acknowledged > flushes || (flushes < 0 && writer.acknowledged >= 0), {
        deadlineMs: 30_000,
        what: `flush ${flushes}`,
      });
      writer.kill();
      expect(await writer.ended).toBeNull();
      const state = await found(folder);
      torn += state.cutOff === undefined ? 0 : 1;
      expect(state.cutOff?.flushes ?? 0).toBe(0);
      expect(state.last).toBeGreaterThanOrEqual(Math.max(last, writer.acknowledged));
      // One flush may have been written whole before it could be said.
      expect(state.last).toBeLessThanOrEqual(Math.max(last, writer.acknowledged) + 1);
      last = expectWhole(state, expected);
    }
    // Segments did come and go.
    const segments = readdirSync(folder)
      .filter((name) => name.startsWith("state-"))
      .sort();
    expect(segments[0]).not.toBe("state-0000000001.log");
    expect(last).toBeGreaterThan(1500);
    expect(torn).toBeLessThan(KILLS);
  },
  KILLS_TIMEOUT_MS,
);

test("a folder copied while squall writes and cleans is the state after some flush", async () => {
  const folder = mkdtempSync(join(base, "copies-"));
  // Slower than it could: what is expected is counted anew from flush to flush.
  const writer = startWriter(folder, { paceMs: 1 });
  const expected = new ExpectedState();
  let last = 0;
  for (let copy = 0; copy < 12; copy++) {
    const target = join(base, `copy-${copy}`);
    const least = writer.acknowledged + 150;
    await pollUntil(() => writer.acknowledged > least, { deadlineMs: 30_000, what: `flush ${least}` });
    const before = writer.acknowledged;
    // cp may say that a file is gone that it had seen: then it is one that was not needed any more.
    spawnSync("cp", ["-a", folder, target]);
    const state = await found(target);
    expect(state.last).toBeGreaterThanOrEqual(before);
    last = expectWhole(state, expected);
    rmSync(target, { recursive: true });
  }
  writer.kill();
  await writer.ended;
  expect((await found(folder)).last).toBeGreaterThan(last);
});

describe("a disk that is full", () => {
  const mounted = join(base, "small-disk");
  const mount = ["-t", "tmpfs", "-o", "size=1m", "squall-test", mounted];
  mkdirSync(mounted);
  const canMount = spawnSync("mount", mount).status === 0;
  if (canMount) spawnSync("umount", [mounted]);

  test.each(onlyWhere(canMount, "a file system of 1 MiB, with somebody else's file on it"))("%s", async () => {
    spawnSync("mount", mount);
    try {
      const folder = join(mounted, "state");
      mkdirSync(folder);
      spawnSync("dd", ["if=/dev/zero", `of=${join(mounted, "other")}`, "bs=1k", "count=700"]);
      const writer = startWriter(folder);
      await pollUntil(() => writer.timesFull > 3, { deadlineMs: 30_000, what: "the disk to be full" });
      const stoppedAt = writer.acknowledged;
      expect(stoppedAt).toBeGreaterThan(100);
      cpSync(folder, join(base, "full-copy"), { recursive: true });
      expect(expectWhole(await found(join(base, "full-copy")), new ExpectedState())).toBe(stoppedAt);
      rmSync(join(mounted, "other"));
      await pollUntil(() => writer.acknowledged > stoppedAt + 500, { deadlineMs: 30_000, what: "it to go on" });
      writer.kill();
      await writer.ended;
      expect(expectWhole(await found(folder), new ExpectedState())).toBeGreaterThanOrEqual(writer.acknowledged);
    } finally {
      spawnSync("umount", ["-l", mounted]);
    }
  });

  test("a limit on the size of files stops it in the middle of a flush, and nothing of that flush counts", async () => {
    const folder = mkdtempSync(join(base, "limit-"));
    // In blocks of 512 bytes: less than a segment, and no multiple of anything.
    // It dies by its own hand between two tries: killed from here, it may be within one, and a torn flush is then rightly found.
    const writer = startWriter(folder, { limit: "ulimit -f 47", diesAtFull: 4 });
    expect(await writer.ended).toBeNull();
    expect(writer.timesFull).toBe(4);
    const stoppedAt = writer.acknowledged;
    expect(statSync(join(folder, "state-0000000001.log")).size).toBeLessThanOrEqual(47 * 512);
    const state = await found(folder);
    expect(expectWhole(state, new ExpectedState())).toBe(stoppedAt);
    expect(state.cutOff).toBeUndefined();
    const again = startWriter(folder, { flushes: stoppedAt + 50 });
    expect(await again.ended).toBe(0);
    expect(expectWhole(await found(folder), new ExpectedState())).toBe(stoppedAt + 50);
  });
});
