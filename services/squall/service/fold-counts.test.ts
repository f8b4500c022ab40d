import { expect, test } from "vitest";
import { FoldRun } from "../../../test/support/fold-run.ts";
import { IngestPartition } from "../../ingest/ingest-partition-shell.ts";
import { zoneToUtc } from "../../ingest/time-zone.ts";
import { FoldCounts } from "./fold-counts.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const LINE = "Nov 24 08:29:00 mx postfix/qmgr[1]: 97CA59841E6: removed";
/** Is nothing that is known. */
const NOISE = "\u{0}";

function partition(): FoldRun<IngestPartition> {
  return new FoldRun(
    () =>
      new IngestPartition({
        at: { topic: "logs", partition: 0 },
        partitions: 1,
        reading: {
          site: "test",
          format: "auto",
          lineBytesMax: 65_536,
          toUtc: zoneToUtc("UTC"),
          allowedLatenessMs: 30_000,
          hashSeed: 1,
          listServers: new Set(),
        },
        hostsMax: 100,
        fragments: { topic: "fragments", partitions: 1 },
        deadLetters: "dead",
        version: "1.2.3",
      }),
  );
}

function read(run: FoldRun<IngestPartition>, lines: number): void {
  for (let line = 0; line < lines; line += 1) run.take([LINE], NOW);
  run.take([NOISE], NOW);
  run.flush();
}

test("what a partition had counted elsewhere is not counted again, and what it counted here stays when it goes", () => {
  const counts = new FoldCounts();
  expect(counts.of([])).toEqual({});

  const elsewhere = partition();
  read(elsewhere, 5);
  const here = elsewhere.restarted();
  expect(here.fold.ingest.counters.lines).toBe(6);
  counts.came(here.fold);
  expect(counts.of([here.fold])).toEqual({ lines: 0, used: 0 });
  read(here, 2);
  expect(counts.of([here.fold])).toEqual({ lines: 3, used: 2, "rejected/nul-byte": 1 });

  counts.left(here.fold);
  expect(counts.of([])).toEqual({ lines: 3, used: 2, "rejected/nul-byte": 1 });
  const again = here.restarted();
  counts.came(again.fold);
  read(again, 1);
  expect(counts.of([again.fold])).toEqual({ lines: 5, used: 3, "rejected/nul-byte": 2 });
});

test("one that goes before it came, or twice, counts for nothing", () => {
  const counts = new FoldCounts();
  const run = partition();
  read(run, 5);
  counts.left(run.fold);
  expect(counts.of([])).toEqual({});
  counts.came(run.fold);
  read(run, 1);
  counts.left(run.fold);
  counts.left(run.fold);
  expect(counts.of([])).toMatchObject({ lines: 2 });
});
