import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { FileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { openFileStateLog } from "../../shared/adapters/files/state-log/file-state-log.ts";
import { CuttableDisk } from "./cuttable-disk.ts";
import { ExpectedState, flushOf } from "./numbered-flushes.ts";
import { seeded } from "./seeded.ts";

const SETTINGS = { segmentBytes: 20_000, slackBytes: 30_000, syncEveryMs: 1, keepDroppedMs: 0 };
const CUTS = 30;

async function read(log: FileStateLog): Promise<Map<string, Buffer>> {
  const entries = new Map<string, Buffer>();
  await log.read((key, value) => entries.set(key, value));
  return entries;
}

/** Writes numbered flushes from `n` on for a while; returns the last one that was on disk for certain when the power went. */
async function writeOn(log: FileStateLog, first: number, flushes: number): Promise<{ certain: number; last: number }> {
  let certain = first - 1;
  // Flushes that had resolved when so many syncs were done: two more, and one of them began after that.
  const resolved: { readonly n: number; readonly syncs: number }[] = [];
  let n = first;
  for (; n < first + flushes; n++) {
    await log.append(flushOf(n));
    resolved.push({ n, syncs: log.counters.syncs });
    if (n % 4 === 0) await nextTurn();
    while (resolved[0] !== undefined && log.counters.syncs >= resolved[0].syncs + 2)
      certain = resolved.shift()?.n ?? certain;
  }
  return { certain, last: n - 1 };
}

test.each([1, 2, 3, 4])(
  "power cuts, one after the other (seed %i): the log opens, and its state is that after a whole flush that was certain, or a later one",
  async (seed) => {
    const chance = seeded(seed);
    let disk = new CuttableDisk(chance);
    let certain = 0;
    let lost = 0;
    let cutOff = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      const log = await openFileStateLog(disk, SETTINGS);
      const entries = await read(log);
      const last = Number(entries.get("last")?.toString() ?? "0");
      expect(last).toBeGreaterThanOrEqual(certain);
      const expected = new ExpectedState();
      expected.moveTo(last);
      expect(entries).toEqual(expected.entries);
      cutOff += log.counters.cutOffFlushes;
      const written = await writeOn(log, last + 1, Math.floor(chance() ** 2 * 400));
      certain = Math.max(written.certain, certain);
      lost += written.last - certain;
      disk = disk.cut();
    }
    // It was no walk in the park.
    expect(certain).toBeGreaterThan(500);
    expect(lost).toBeGreaterThan(CUTS);
    expect(cutOff).toBeGreaterThan(0);
  },
);
