import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FoldRun, linesOf } from "../../test/support/fold-run.ts";
import { GOLDEN_LOGS, linesOfGolden } from "../../test/support/golden-logs.ts";
import { numbersOf } from "../../test/support/numbers.ts";
import { partitionFor } from "../../shared/domain/partition-for.ts";
import { decodeStreamProgress, isProgressLine } from "../../shared/domain/stream-progress.ts";
import { IngestPartition } from "./ingest-partition-shell.ts";
import { zoneToUtc } from "./time-zone.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const FRAGMENTS = 3;
let seeds = 0;

function runOf(onRead: (eventTimeMs: number) => void = () => undefined): FoldRun<IngestPartition> {
  return new FoldRun(
    () =>
      new IngestPartition({
        at: { topic: "logs", partition: 5 },
        partitions: 8,
        reading: {
          site: "test",
          format: "auto",
          lineBytesMax: 65_536,
          toUtc: zoneToUtc("UTC"),
          allowedLatenessMs: 30_000,
          // Another in every process.
          hashSeed: (seeds += 1),
          listServers: new Set(),
        },
        hostsMax: 100,
        fragments: { topic: "fragments", partitions: FRAGMENTS },
        deadLetters: "dead",
        version: "1.2.3",
        onRead,
      }),
  );
}

/** Lines of the fragments topic that are fragments, in no particular order. */
function fragmentsOf(run: FoldRun<IngestPartition>): string[] {
  return linesOf(run.records, "fragments")
    .filter((line) => !isProgressLine(line))
    .toSorted();
}

function progressOf(run: FoldRun<IngestPartition>, nowMs: number, isCaughtUp: boolean): unknown[] {
  run.fold.advance(nowMs, isCaughtUp ? nowMs : Number.NEGATIVE_INFINITY);
  const records = run.flush();
  const said = [0, 1, 2].map((partition) => linesOf(records, "fragments", partition).at(-1) ?? "");
  // Every partition of the fragments hears the same.
  expect(new Set(said).size).toBe(1);
  const decoded = decodeStreamProgress(said[0] ?? "");
  return decoded.ok ? [decoded.progress.state, decoded.progress.at] : [decoded.reason];
}

describe("the same lines give the same fragments", () => {
  test.each(GOLDEN_LOGS)("one a record, several, or all in one: $name", (golden) => {
    const lines = linesOfGolden(golden);
    const runs = [1, 7, lines.length].map((size) => {
      const run = runOf();
      for (let from = 0; from < lines.length; from += size) run.take(lines.slice(from, from + size), NOW);
      run.flush();
      return run;
    });
    const [one, ...others] = runs.map((run) => ({
      fragments: fragmentsOf(run),
      dead: Object.fromEntries(run.fold.deadLetters.counts),
      lines: run.fold.ingest.counters.lines,
    }));
    expect(one?.lines).toBeGreaterThan(0);
    expect(one?.fragments.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(one);
  });

  test.each(GOLDEN_LOGS)("to a process that goes on from another's state: $name", (golden) => {
    const lines = linesOfGolden(golden);
    const random = numbersOf(lines.length);
    const unbroken = runOf();
    let run = runOf();
    const heard: string[] = [];
    for (let from = 0; from < lines.length;) {
      const count = 1 + Math.floor(random() * 20);
      for (const one of [unbroken, run]) {
        one.take(lines.slice(from, from + count), NOW);
        one.flush();
      }
      from += count;
      heard.push(...fragmentsOf(run));
      run = run.restarted();
    }
    expect(heard.toSorted()).toEqual(fragmentsOf(unbroken));
  });
});

test("a fragment is in the partition of its queue id", () => {
  const run = runOf();
  for (const { path } of GOLDEN_LOGS) run.takeBytes(readFileSync(path), NOW);
  run.flush();
  const partitions = new Set<number>();
  for (let partition = 0; partition < FRAGMENTS; partition += 1) {
    for (const line of linesOf(run.records, "fragments", partition)) {
      if (isProgressLine(line)) continue;
      const { host, queueId } = JSON.parse(line) as { readonly host: string; readonly queueId: string };
      expect(partitionFor(`${host}/${queueId}`, FRAGMENTS)).toBe(partition);
      partitions.add(partition);
    }
  }
  expect(partitions.size).toBe(FRAGMENTS);
});

test("a line that cannot be used is a dead letter with its reason and its record's offset", () => {
  const run = runOf();
  run.take(["what is this"], NOW);
  run.take(["Nov 24 08:29:00 mx postfix/qmgr[1]: 97CA59841E6: removed", "and this"], NOW);
  run.take(["x".repeat(70_000)], NOW);
  const dead = run.flush().filter(({ topic }) => topic === "dead");
  expect(dead.map(({ partition, headers, value }) => [partition, headers, value?.length])).toEqual([
    [5, { topic: "logs", partition: "5", offset: "0", reason: "not-recognised", version: "1.2.3" }, 12],
    [5, { topic: "logs", partition: "5", offset: "1", reason: "not-recognised", version: "1.2.3" }, 8],
    [5, { topic: "logs", partition: "5", offset: "2", reason: "line-too-long", version: "1.2.3" }, 256],
  ]);
  expect(fragmentsOf(run)).toHaveLength(1);
});

test("a mail that comes as a finished event goes the way of the fragments, to the partition of its queue id", () => {
  const run = runOf();
  run.take(['{"v":1,"site":"other","host":"mx","queueId":"Q1","at":"2026-11-24T08:29:00Z","recipients":5}'], NOW);
  run.flush();
  const lines = linesOf(run.records, "fragments", partitionFor("mx/Q1", FRAGMENTS));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ site: "other", recipients: 5 }]);
});

describe("progress", () => {
  const line = "Nov 24 11:59:00 mx postfix/qmgr[1]: 97CA59841E6: removed";
  const at = Date.UTC(2026, 10, 24, 11, 59);

  test("of a partition without lines: nothing is known of it, then that there is nothing to wait for", () => {
    const run = runOf();
    expect(progressOf(run, NOW, false)).toEqual(["unknown", undefined]);
    expect(progressOf(run, NOW + 1_000, true)).toEqual(["empty", undefined]);
  });

  test("comes behind the fragments that it is about, and where there are none twice a second", () => {
    const run = runOf();
    run.take([line], NOW);
    run.fold.advance(NOW, Number.NEGATIVE_INFINITY);
    const said = linesOf(run.flush(), "fragments", partitionFor("mx/97CA59841E6", FRAGMENTS));
    expect(said.map((text) => isProgressLine(text))).toEqual([false, true]);
    run.fold.advance(NOW + 499, Number.NEGATIVE_INFINITY);
    expect(linesOf(run.flush(), "fragments")).toEqual([]);
    expect(progressOf(run, NOW + 500, false)).toEqual(["known", at]);
  });

  test("goes on with our clock once all was read, and only then", () => {
    const run = runOf();
    run.take([line], NOW);
    expect(progressOf(run, NOW + 10_000, false)).toEqual(["known", at]);
    expect(progressOf(run, NOW + 19_999, true)).toEqual(["silent", at + 19_999]);
  });

  test("says to when all was read, and nothing of it where there is more", () => {
    const run = runOf();
    const readTo = (nowMs: number, readToMs: number): unknown => {
      run.fold.advance(nowMs, readToMs);
      const decoded = decodeStreamProgress(linesOf(run.flush(), "fragments").at(-1) ?? "");
      return decoded.ok ? decoded.progress.readTo : decoded.reason;
    };
    expect(readTo(NOW, NOW - 120)).toBe(NOW - 120);
    run.take([line], NOW);
    expect(readTo(NOW + 500, Number.NEGATIVE_INFINITY)).toBeUndefined();
    expect(readTo(NOW + 1_000, NOW + 900)).toBe(NOW + 900);
  });

  test("goes no further than the partition was read, however late it is by our clock, and is not silent before that", () => {
    const run = runOf();
    run.take([line], NOW);
    run.fold.advance(NOW + 30_000, NOW + 4_000);
    const said = linesOf(run.flush(), "fragments").at(-1) ?? "";
    const decoded = decodeStreamProgress(said);
    expect(decoded).toMatchObject({ ok: true, progress: { state: "known", at: at + 4_000 } });
  });

  test("is that of a silent partition once nothing came for 10 s, until something comes", () => {
    const run = runOf();
    run.take([line], NOW);
    expect(progressOf(run, NOW + 9_999, true)).toEqual(["known", at + 9_999]);
    expect(progressOf(run, NOW + 20_000, true)).toEqual(["silent", at + 20_000]);
    expect(progressOf(run.restarted(), NOW + 21_000, true)).toEqual(["silent", at + 21_000]);
    run.take([line], NOW + 22_000);
    expect(progressOf(run, NOW + 22_500, false)).toEqual(["known", at]);
  });

  test("is known again after a restart", () => {
    const run = runOf();
    run.take([line], NOW);
    run.flush();
    expect(progressOf(run.restarted(), NOW + 5_000, false)).toEqual(["known", at]);
  });
});

test("for the metrics: the time of the latest line of each batch that has any", () => {
  const read: number[] = [];
  const run = runOf((eventTimeMs) => void read.push(eventTimeMs));
  const line = (stamp: string): string => `${stamp} mx postfix/qmgr[1]: 97CA59841E6: removed`;
  run.take([line("Nov 24 11:00:01"), line("Nov 24 11:00:09")], NOW);
  run.takeBytes(Buffer.alloc(0), NOW);
  run.take([line("Nov 24 11:00:05")], NOW);
  expect(read.map((ms) => new Date(ms).toISOString().slice(11, 19))).toEqual(["11:00:09", "11:00:09"]);
});
