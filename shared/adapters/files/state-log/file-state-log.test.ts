import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FaultyDisk } from "../../../../test/support/faulty-disk.ts";
import { pollUntil } from "../../../../test/support/poll.ts";
import type { StateEntry } from "../../../runtime/state-log.ts";
import { StateLogError } from "../../../runtime/state-log.ts";
import type { FileStateLog } from "./file-state-log.ts";
import { openFileStateLog } from "./file-state-log.ts";
import type { StateLogSettings } from "./state-log-settings.ts";

const base = mkdtempSync(join(tmpdir(), "squall-state-log-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Nothing is brought to the disk by itself. */
const STILL = { syncEveryMs: 1_000_000 };
/** Segments so small that cleaning never ends. */
const SMALL = { ...STILL, segmentBytes: 4096, slackBytes: 8192, keepDroppedMs: 0 };

function newFolder(): string {
  return mkdtempSync(join(base, "log-"));
}

function put(key: string, value: string): StateEntry {
  return { key, value: Buffer.from(value) };
}

async function opened(folder: string, settings: Partial<StateLogSettings> = STILL): Promise<FileStateLog> {
  return openFileStateLog(new FaultyDisk(folder), settings);
}

async function contentOf(log: FileStateLog): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  await log.read((key, value) => {
    content[key] = value.toString();
  });
  return content;
}

/** What a process finds that opens the folder now. */
async function found(folder: string): Promise<Record<string, string>> {
  const log = await opened(folder);
  const content = await contentOf(log);
  await log.close();
  return content;
}

async function refusal(folder: string): Promise<StateLogError> {
  try {
    await found(folder);
  } catch (error) {
    if (error instanceof StateLogError) return error;
    throw error;
  }
  throw new Error("it was opened");
}

/** A log that was killed behind flush `count`: n/1 … n/count. Returns where each flush ends. */
async function killedAfter(folder: string, count: number, valueBytes = 20): Promise<number[]> {
  const disk = new FaultyDisk(folder);
  const log = await openFileStateLog(disk, STILL);
  const ends = [24];
  for (let n = 1; n <= count; n++) {
    await log.append([put(`n/${n}`, `${n}`.padEnd(valueBytes, ".")), put("last", `${n}`)]);
    ends.push(log.size.bytes);
  }
  await disk.die();
  return ends;
}

function segment(folder: string, number = 1): string {
  return join(folder, `state-${String(number).padStart(10, "0")}.log`);
}

function names(folder: string): string[] {
  return readdirSync(folder).sort();
}

function changeByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}

describe("a torn end", () => {
  test("at every byte of the last flush: what was before it counts, and the log goes on", async () => {
    const whole = newFolder();
    const ends = await killedAfter(whole, 3);
    const [from, to] = [ends[2] ?? 0, ends[3] ?? 0];
    expect(to - from).toBeGreaterThan(60);
    for (let bytes = from; bytes < to; bytes++) {
      const folder = newFolder();
      cpSync(whole, folder, { recursive: true });
      truncateSync(segment(folder), bytes);
      const log = await opened(folder);
      expect(log.cutOff?.bytes ?? 0).toBe(bytes - from);
      expect(log.counters.cutOffFlushes).toBe(0);
      expect((await contentOf(log))["last"]).toBe("2");
      await log.append([put("last", "again")]);
      await log.close();
      expect((await found(folder))["last"]).toBe("again");
    }
  });

  test("a changed bit at every byte of the last flush", async () => {
    const whole = newFolder();
    const ends = await killedAfter(whole, 3);
    for (let at = ends[2] ?? 0; at < (ends[3] ?? 0); at++) {
      const folder = newFolder();
      cpSync(whole, folder, { recursive: true });
      changeByte(segment(folder), at);
      expect((await found(folder))["last"]).toBe("2");
    }
  });

  test.each([0, 1, 23])("a segment of %i bytes, killed as it was made", async (bytes) => {
    const folder = newFolder();
    await killedAfter(folder, 2);
    writeFileSync(segment(folder, 2), Buffer.alloc(24).subarray(0, bytes));
    expect((await found(folder))["last"]).toBe("2");
    expect(names(folder)).toEqual(["state-0000000001.log"]);
    const alone = newFolder();
    writeFileSync(segment(alone), Buffer.alloc(bytes));
    expect(await found(alone)).toEqual({});
  });
});

describe("damage", () => {
  test("at every byte before the last flush is refused, with the file and the offset", async () => {
    const whole = newFolder();
    const ends = await killedAfter(whole, 3);
    const path = segment("");
    for (let at = 24; at < (ends[2] ?? 0); at++) {
      const folder = newFolder();
      cpSync(whole, folder, { recursive: true });
      changeByte(segment(folder), at);
      const error = await refusal(folder);
      expect(error.fault).toBe("damaged");
      expect(error.message).toContain(`${path}: damaged at byte ${at < (ends[1] ?? 0) ? 24 : ends[1]}: `);
      // Refusing changes nothing.
      expect(statSync(segment(folder)).size).toBe(ends[3]);
    }
  });

  test("in the last flush of a log that was closed is refused", async () => {
    const folder = newFolder();
    const log = await opened(folder);
    await log.append([put("a", "1")]);
    const at = log.size.bytes - 1;
    await log.close();
    changeByte(segment(folder), at);
    expect((await refusal(folder)).message).toContain("damaged at byte 24: ");
  });

  test.each([
    ["the header of the first segment", 1, 3, "does not begin as a state file of squall does"],
    ["the number of a segment", 2, 12, "its header is not that of this file"],
    ["a flush of an earlier segment", 1, 100, "whole entries stand behind it"],
  ])("%s", async (_name, number, at, words) => {
    const folder = newFolder();
    const log = await opened(folder, { ...STILL, segmentBytes: 4096 });
    for (let n = 0; n < 200; n++) await log.append([put(`n/${n}`, "x".repeat(40))]);
    await log.close();
    changeByte(segment(folder, number), at);
    const error = await refusal(folder);
    expect(error).toMatchObject({ fault: "damaged" });
    expect(error.message).toContain(words);
  });

  test.each([1, 2])("segment %i of three is missing", async (number) => {
    const folder = newFolder();
    const log = await opened(folder, { ...STILL, segmentBytes: 4096 });
    for (let n = 0; names(folder).length < 3; n++) await log.append([put(`n/${n}`, "x".repeat(40))]);
    await log.close();
    rmSync(segment(folder, number));
    expect((await refusal(folder)).message).toContain(`${segment("", number)}: is missing`);
  });

  test("a newer version", async () => {
    const folder = newFolder();
    await killedAfter(folder, 1);
    const bytes = readFileSync(segment(folder));
    bytes.writeUInt32LE(2, 8);
    writeFileSync(segment(folder), bytes);
    const error = await refusal(folder);
    expect(error.fault).toBe("version");
    expect(error.message).toMatch(/written by a newer squall \(format 2; this squall knows formats up to 1\)/);
  });
});

describe("after a power cut", () => {
  test("a stretch that never reached the disk is cut off with all behind it, and counted", async () => {
    const folder = newFolder();
    const ends = await killedAfter(folder, 40, 200);
    const bytes = readFileSync(segment(folder));
    // The third block of 4 KiB is missing.
    bytes.fill(0, 4096, 8192);
    writeFileSync(segment(folder), bytes);
    const sound = ends.filter((end) => end <= 4096).length - 1;
    const behind = ends.filter((end) => end >= 8192).length - 1;
    const log = await opened(folder);
    expect((await contentOf(log))["last"]).toBe(`${sound}`);
    expect(log.cutOff).toMatchObject({ offset: ends[sound], flushes: behind });
    expect(log.counters.cutOffBytes).toBe(bytes.length - (ends[sound] ?? 0));
    await log.close();
    expect((await found(folder))["last"]).toBe(`${sound}`);
  });

  test("a segment that ends early while the next one is there", async () => {
    const folder = newFolder();
    const log = await opened(folder, { ...STILL, segmentBytes: 4096 });
    for (let n = 0; names(folder).length < 3; n++) await log.append([put("last", `${n}`), put(`n/${n}`, "x")]);
    cpSync(folder, `${folder}-cut`, { recursive: true });
    await log.close();
    truncateSync(segment(`${folder}-cut`, 2), 1000);
    const next = await opened(`${folder}-cut`);
    expect(next.cutOff).toMatchObject({ path: segment(`${folder}-cut`, 2) });
    expect(next.counters.cutOffFlushes).toBe(1);
    const { last, ...others } = await contentOf(next);
    expect(Object.keys(others)).toHaveLength(Number(last) + 1);
    await next.close();
    expect(names(`${folder}-cut`)).toEqual(["state-0000000001.log", "state-0000000002.log"]);
  });

  test("a stretch that was on disk for certain is damage, though it is all zeros", async () => {
    const folder = newFolder();
    const log = await opened(folder, { syncEveryMs: 5 });
    for (let n = 1; n <= 40; n++) await log.append([put(`n/${n}`, "x".repeat(200))]);
    const { syncs } = log.counters;
    await pollUntil(() => log.counters.syncs >= syncs + 2, { deadlineMs: 5000, what: "the log to be on disk" });
    await log.append([put("behind", "x")]);
    const bytes = readFileSync(segment(folder));
    await log.close();
    bytes.fill(0, 4096, 8192);
    const copy = newFolder();
    writeFileSync(segment(copy), bytes);
    expect(await refusal(copy)).toMatchObject({ fault: "damaged" });
  });
});

describe("a disk without room", () => {
  test("at every byte of a flush: nothing of it counts, and it goes through when there is room", async () => {
    for (let room = 0; room < 127; room++) {
      const folder = newFolder();
      const disk = new FaultyDisk(folder);
      const log = await openFileStateLog(disk, STILL);
      await log.append([put("a", "1")]);
      const before = log.size.bytes;
      const flush = [put("a", "2"), put("b", "x".repeat(70))];
      disk.fault = { afterBytes: room, code: "ENOSPC", once: false };
      await expect(log.append(flush)).rejects.toMatchObject({ fault: "full" });
      expect(statSync(segment(folder)).size).toBe(before);
      await expect(log.append(flush)).rejects.toThrow(/no space left on the disk/);
      disk.fault = undefined;
      await log.append([...flush, put("c", "3")]);
      await disk.die();
      expect(await found(folder)).toEqual({ a: "2", b: "x".repeat(70), c: "3" });
      expect(log.counters.refusedForRoom).toBe(2);
    }
  });

  test("what could not be taken back is cut off by the next to open it", async () => {
    const folder = newFolder();
    const disk = new FaultyDisk(folder);
    const log = await openFileStateLog(disk, STILL);
    await log.append([put("a", "1")]);
    disk.fault = { afterBytes: 50, code: "ENOSPC", once: false };
    disk.truncateFails = true;
    await expect(log.append([put("a", "2"), put("b", "2")])).rejects.toMatchObject({ fault: "failed" });
    await expect(log.append([put("a", "2"), put("b", "2")])).rejects.toMatchObject({ fault: "failed" });
    await disk.die();
    const next = await opened(folder);
    expect(next.cutOff?.bytes).toBe(50);
    expect(await contentOf(next)).toEqual({ a: "1" });
    await next.close();
  });

  test("flushes that wait behind one without room fail with it, and all must be tried again", async () => {
    const folder = newFolder();
    const disk = new FaultyDisk(folder);
    const log = await openFileStateLog(disk, STILL);
    disk.fault = { afterBytes: 10, code: "ENOSPC", once: true };
    const flushes = [1, 2, 3].map((n) => log.append([put(`n/${n}`, "x")]));
    const outcomes = await Promise.allSettled(flushes);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await expect(log.append([put("n/1", "x")])).rejects.toThrow(/n\/2 is missing/);
    await log.append([put("n/1", "x"), put("n/2", "x"), put("n/3", "x")]);
    await log.close();
    expect(await found(folder)).toEqual({ "n/1": "x", "n/2": "x", "n/3": "x" });
  });

  test("a new segment finds none; then cleaning makes some", async () => {
    const folder = newFolder();
    const disk = new FaultyDisk(folder);
    const log = await openFileStateLog(disk, { ...SMALL, slackBytes: 1_000_000, syncEveryMs: 5 });
    for (let n = 0; n < 200; n++) await log.append([put("hot", `${n}`.padEnd(300))]);
    const { segments } = log.size;
    expect(segments).toBeGreaterThan(10);
    disk.fault = { afterBytes: 0, code: "ENOSPC", once: true };
    await expect(log.append([put("hot", "y".repeat(4000))])).rejects.toMatchObject({ fault: "full" });
    await pollUntil(() => names(folder).length < 4, { deadlineMs: 5000, what: "old segments to be gone" });
    await log.append([put("hot", "z")]);
    await log.close();
    expect(await found(folder)).toEqual({ hot: "z" });
  });
});

describe("cleaning", () => {
  test("for want of room ends where nothing is to be gained", async () => {
    const folder = newFolder();
    const disk = new FaultyDisk(folder);
    const log = await openFileStateLog(disk, { ...SMALL, syncEveryMs: 2 });
    for (let n = 0; n < 300; n++) await log.append([put(`n/${n}`, "x".repeat(300))]);
    disk.fault = { afterBytes: 0, code: "ENOSPC", once: true };
    await expect(log.append([put("a", "1")])).rejects.toMatchObject({ fault: "full" });
    const { syncs } = log.counters;
    await pollUntil(() => log.counters.syncs > syncs + 30, { deadlineMs: 10_000, what: "some time to pass" });
    expect(log.counters.copiedBytes).toBeLessThan(log.size.liveBytes);
    await log.append([put("a", "1")]);
    await log.close();
  });

  test("lets a flush that comes meanwhile go before the next slice", async () => {
    const folder = newFolder();
    const cold = await opened(folder);
    for (let n = 0; n < 60; n++) await cold.append([put(`n/${n}`, "x".repeat(60_000)), put("hot", "y".repeat(65_000))]);
    await cold.append([put("hot", "")]);
    await cold.close();
    const disk = new FaultyDisk(folder);
    const log = await openFileStateLog(disk, { ...STILL, slackBytes: -2_000_000, segmentBytes: 1_000_000 });
    await log.append([put("first", "1")]);
    for (let n = 0; n < 10; n++) {
      const before = disk.calls.length;
      await log.append([put("urgent", `${n}`)]);
      // At most the slice that was under way, in a segment that it began, and the flush itself.
      expect(disk.calls.length - before).toBeLessThanOrEqual(4);
    }
    expect(log.counters.copiedBytes).toBeGreaterThan(0);
    expect(log.counters.copiedBytes).toBeLessThan(log.size.liveBytes / 2);
    await log.close();
  });

  test("keeps the log below twice what counts and the slack, whatever is written", async () => {
    const folder = newFolder();
    const log = await opened(folder, { ...SMALL, syncEveryMs: 2 });
    const model: Record<string, string> = {};
    for (let n = 0; n < 3000; n++) {
      const key = n % 3 === 0 ? `cold/${n % 60}` : `hot/${n % 7}`;
      model[key] = `${n}`.padEnd(n % 100);
      const forgotten = `mail/${n - 5}`;
      model[`mail/${n}`] = "m";
      Reflect.deleteProperty(model, forgotten);
      await log.append([put(key, model[key]), put(`mail/${n}`, "m"), { key: forgotten, value: undefined }]);
    }
    await pollUntil(() => log.size.segments < 8, { deadlineMs: 5000, what: "the log to be short" });
    expect(log.size.bytes).toBeLessThan(2 * log.size.liveBytes + 8192 + 3 * 4096);
    expect(log.counters.copiedBytes).toBeGreaterThan(0);
    await log.close();
    expect(await found(folder)).toEqual(model);
    // Forgotten keys leave nothing behind.
    expect(names(folder).length).toBeLessThan(8);
  });

  test("an old segment goes only when what was kept of it is on disk, one after the other", async () => {
    const folder = newFolder();
    const disk = new FaultyDisk(folder);
    const log = await openFileStateLog(disk, SMALL);
    for (let n = 0; n < 300; n++) await log.append([put(n % 10 === 0 ? `cold/${n}` : "hot", `${n}`.padEnd(200))]);
    expect(log.counters.copiedBytes).toBeGreaterThan(0);
    expect(disk.calls.filter((call) => call.startsWith("remove"))).toEqual([]);
    await log.close();
    const again = new FaultyDisk(folder);
    const next = await openFileStateLog(again, { ...SMALL, syncEveryMs: 2 });
    await pollUntil(() => next.counters.syncs > 1, { deadlineMs: 5000, what: "two beats" });
    await next.close();
    const calls = again.calls.filter((call) => !call.startsWith("write"));
    const removed = calls.filter((call) => call.startsWith("remove"));
    expect(removed.length).toBeGreaterThan(3);
    expect(removed).toEqual(removed.toSorted());
    const first = calls.indexOf(removed[0] ?? "");
    expect(calls.slice(0, first).some((call) => call.startsWith("sync state"))).toBe(true);
    for (const [n, call] of removed.entries()) {
      expect(calls.slice(first + 2 * n, first + 2 * n + 2)).toEqual([call, "sync folder"]);
    }
  });

  test("of a damaged segment ends the log instead of passing the damage on", async () => {
    const folder = newFolder();
    const log = await opened(folder, { ...SMALL, slackBytes: 30_000 });
    for (let n = 0; n < 60; n++) await log.append([put(`n/${n}`, `${n}`.padEnd(200))]);
    changeByte(segment(folder), 300);
    const flushes = Array.from({ length: 200 }, (_, n) => log.append([put("hot", `${n}`.padEnd(300))]));
    const outcomes = await Promise.allSettled(flushes);
    expect(outcomes.at(-1)).toMatchObject({ status: "rejected", reason: { fault: "damaged" } });
    await expect(log.append([put("a", "1")])).rejects.toThrow(/state-0000000001.log: damaged at byte 2\d\d/);
    await log.close();
  });
});

describe("a copied folder", () => {
  test("an older one goes on from there", async () => {
    const folder = newFolder();
    await killedAfter(folder, 5);
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    const log = await opened(folder);
    await log.append([put("last", "new")]);
    await log.close();
    expect((await found(copy))["last"]).toBe("5");
    expect((await found(folder))["last"]).toBe("new");
  });

  test("without the segments that were cleaned meanwhile it is refused, not taken for less", async () => {
    const folder = newFolder();
    const log = await opened(folder, { ...SMALL, slackBytes: 1_000_000 });
    for (let n = 0; n < 100; n++) await log.append([put(`n/${n}`, "x".repeat(100))]);
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    await log.close();
    rmSync(segment(copy, 1));
    expect((await refusal(copy)).message).toContain(
      "the folder was copied while squall was at work on it: copy it again",
    );
  });
});

describe("bringing it to the disk", () => {
  test("happens beside the flushes, nothing to bring costs nothing, and an error ends the log", async () => {
    const folder = newFolder();
    const disk = new FaultyDisk(folder);
    const log = await openFileStateLog(disk, { syncEveryMs: 2 });
    await log.append([put("a", "1")]);
    await pollUntil(() => log.counters.syncs > 5, { deadlineMs: 5000, what: "beats" });
    expect(disk.calls.filter((call) => call.startsWith("sync state")).length).toBeLessThanOrEqual(2);
    disk.syncFails = true;
    await log.append([put("a", "2")]);
    await pollUntil(
      () =>
        log.append([put("a", "3")]).then(
          () => false,
          () => true,
        ),
      { deadlineMs: 5000, what: "its end" },
    );
    await expect(log.append([put("a", "3")])).rejects.toMatchObject({ fault: "failed" });
    // Nothing was brought to the disk from then on.
    const { syncs } = log.counters;
    await expect(log.append([put("a", "4")])).rejects.toMatchObject({ fault: "failed" });
    expect(log.counters.syncs).toBe(syncs);
    await log.close();
  });

  test("a folder that is not ours any more ends the log", async () => {
    const lost = new StateLogError("held", "taken over by another");
    const checkHeld = (): Promise<void> => Promise.reject(lost);
    const log = await opened(newFolder(), { syncEveryMs: 2, checkHeld });
    await pollUntil(
      () =>
        log.append([]).then(
          () => false,
          () => true,
        ),
      { deadlineMs: 5000, what: "the log to end" },
    );
    await expect(log.append([put("a", "1")])).rejects.toBe(lost);
    await log.close();
  });
});

test("files are the owner's alone, and more keys than may be are refused", async () => {
  const folder = newFolder();
  const log = await opened(folder, { ...STILL, keysMax: 3 });
  await log.append([put("a", "1"), put("b", "1"), put("c", "1")]);
  await log.append([put("a", "2"), put("b", "2")]);
  await expect(log.append([put("d", "1")])).rejects.toThrow("more than 3 keys of state");
  expect(statSync(segment(folder)).mode & 0o777).toBe(0o600);
  await log.close();
});
