import { describe, expect, test } from "vitest";
import { FoldRun, linesOf } from "../../test/support/fold-run.ts";
import { AT, fragment } from "../../test/support/fragment.ts";
import { numbersOf } from "../../test/support/numbers.ts";
import { decodeMailEvent, encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { encodeMailFragment } from "../../shared/domain/mail-fragment-codec.ts";
import { ProgressTable } from "../../shared/domain/progress-table.ts";
import {
  decodeStreamProgress,
  encodeStreamProgress,
  type StreamProgress,
} from "../../shared/domain/stream-progress.ts";
import { AssemblerPartition } from "./assembler-partition-shell.ts";
import { defaultAssemblerSettings } from "./assembler-settings.ts";

const SECOND = 1_000;
/** What a mail waits for inputs that were never heard of, and a step more. */
const HOLD_MAX_MS = 15_100;

interface Clock {
  nowMs: number;
}

function runOf(clock: Clock = { nowMs: 0 }): FoldRun<AssemblerPartition> {
  return new FoldRun(
    () =>
      new AssemblerPartition({
        at: { topic: "fragments", partition: 1 },
        partitions: 4,
        settings: defaultAssemblerSettings,
        allowedLatenessMs: 30 * SECOND,
        people: { name: (address) => address, allowSubject: true },
        events: { topic: "events", partitions: 1 },
        deadLetters: "dead",
        version: "1.2.3",
        nowMs: () => clock.nowMs,
      }),
  );
}

/** Time passes in the steps of a runner; what is said on the way. */
function pass(run: FoldRun<AssemblerPartition>, clock: Clock, durationMs: number): string[] {
  const said: string[] = [];
  for (let passedMs = 0; passedMs < durationMs; passedMs += 100) {
    clock.nowMs += 100;
    run.fold.advance(clock.nowMs);
    said.push(...linesOf(run.flush(), "events"));
  }
  return said;
}

function mailLine(mail: number, site = "nhs", at = AT): string {
  return encodeMailFragment(
    fragment({ site, queueId: `Q${mail}`, acceptedAt: at, nrcpt: 30, messageId: `${mail}@x`, sender: "ann@x.example" }),
  );
}

function progressLine(partition: number, at: number | undefined, over: Partial<StreamProgress> = {}): string {
  const state = at === undefined ? "unknown" : "known";
  return encodeStreamProgress({ site: "nhs", input: "logs", partition, of: 2, at, state, ...over });
}

/** "id@x" of a mail, or the time or state of progress. */
function wordOf(line: string): string {
  const progress = decodeStreamProgress(line);
  if (progress.ok) return `progress ${progress.progress.at ?? progress.progress.state}`;
  const event = decodeMailEvent(line, { site: "nobody's" });
  return event.ok ? (event.event.messageId ?? "") : line;
}

test("a site is announced before its first mail, once, as one whose time is not known", () => {
  const clock = { nowMs: 0 };
  const run = runOf(clock);
  run.take([mailLine(1), mailLine(2)]);
  const said = pass(run, clock, HOLD_MAX_MS);
  expect(said.map((line) => wordOf(line))).toEqual(["progress unknown", "1@x", "2@x"]);
  expect(decodeStreamProgress(said[0] ?? "")).toMatchObject({
    progress: { site: "nhs", input: "fragments", partition: 1, of: 4 },
  });
  const next = run.restarted();
  expect(pass(next, clock, 3_000)).toEqual([]);
});

test("time of one site is not that of another", () => {
  const clock = { nowMs: 0 };
  const run = runOf(clock);
  run.take([
    mailLine(1, "a"),
    progressLine(0, AT, { site: "a", of: 1, readTo: 0 }),
    progressLine(0, AT + 5, { site: "b", of: 1 }),
  ]);
  const progress = pass(run, clock, 3_000)
    .map((line) => decodeStreamProgress(line))
    .flatMap((decoded) => (decoded.ok ? [[decoded.progress.site, decoded.progress.at]] : []));
  expect(progress).toEqual([
    ["a", undefined],
    ["b", undefined],
    ["a", AT],
    ["b", AT + 5],
  ]);
});

describe("a mail whose header lines a shipper held back, in a partition that nobody reads at the moment", () => {
  const CAME = 1_000_000;
  /** While it was silent its time went on past the mail, with the clock; it was read last before the mail came. */
  const silentWord = progressLine(1, AT + 600, { readTo: CAME - 20 });
  const others = progressLine(0, AT + 5_000, { readTo: CAME + 100 });
  const headers = encodeMailFragment(fragment({ site: "nhs", queueId: "Q1", headers: { references: "<0@x>" } }));

  function started(clock: Clock): FoldRun<AssemblerPartition> {
    const run = runOf(clock);
    run.take([silentWord], CAME - 10);
    run.take([mailLine(1), others], CAME);
    return run;
  }

  test("is told with them, once the partition was read on, and no time passes it until then", () => {
    const clock = { nowMs: CAME + 60 };
    const run = started(clock);
    expect(pass(run, clock, 5_000).map(wordOf)).toEqual(["progress unknown", `progress ${AT - 1}`]);
    // Whoever reads it now begins with what lay unread.
    run.take([progressLine(1, AT + 600), headers, progressLine(1, AT + 9_000, { readTo: CAME + 5_100 })], CAME + 5_200);
    const told = pass(run, clock, 3_000);
    expect(told.map(wordOf)).toEqual(["1@x", `progress ${AT + 600}`, `progress ${AT + 5_000}`]);
    expect(told[0]).toContain('"references":["0@x"]');
    expect(run.fold.assemblers[0]?.counters).toMatchObject({ accepted: 1, releasedEarly: 0 });
  });

  test("the same where the assembler ends meanwhile", () => {
    const clock = { nowMs: CAME + 60 };
    const run = started(clock);
    pass(run, clock, 2_000);
    const next = run.restarted();
    expect(pass(next, clock, 4_000).map(wordOf)).not.toContain("1@x");
    const readTo = clock.nowMs + 100;
    next.take([progressLine(1, AT + 600), headers, progressLine(1, AT + 9_000, { readTo })], clock.nowMs);
    next.take([progressLine(0, AT + 9_000, { readTo })], clock.nowMs);
    const [told = ""] = pass(next, clock, 1_000);
    expect([wordOf(told), told]).toEqual(["1@x", expect.stringMatching(/"revision":1,.*"references":\["0@x"\]/u)]);
  });

  test("is told without them after 15 s, and counted", () => {
    const clock = { nowMs: CAME + 60 };
    const run = started(clock);
    expect(pass(run, clock, HOLD_MAX_MS + 2_000).map(wordOf)).toEqual([
      "progress unknown",
      `progress ${AT - 1}`,
      "1@x",
      `progress ${AT + 600}`,
    ]);
    expect(run.fold.assemblers[0]?.counters).toMatchObject({ accepted: 1, releasedEarly: 1 });
  });
});

describe("progress is passed on only behind what came before it", () => {
  /** What must have been said before progress of a time may be. */
  interface Checkpoint {
    readonly reachedMs: number;
    readonly mails: readonly { readonly id: string; readonly at: number }[];
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("whatever comes and whenever the process is killed, seed %i", (seed) => {
    const random = numbersOf(seed * 104_729);
    const clock = { nowMs: 1_000_000 };
    let run = runOf(clock);
    const table = new ProgressTable();
    const checkpoints: Checkpoint[] = [];
    const mails: { id: string; at: number }[] = [];
    const said = new Set<string>();
    let told = 0;
    const hear = (lines: readonly string[]): void => {
      for (const line of lines.map(wordOf)) {
        said.add(line);
        const at = Number(line.slice("progress ".length));
        if (!line.startsWith("progress ") || Number.isNaN(at)) continue;
        told += 1;
        const needed = checkpoints.find(({ reachedMs }) => reachedMs >= at);
        expect(needed?.mails.filter((mail) => mail.at <= at && !said.has(mail.id))).toEqual([]);
      }
    };
    const atOf = [AT, AT];
    for (let step = 0; step < 400; step += 1) {
      const lines: string[] = [];
      for (let n = Math.floor(random() * 4); n > 0; n -= 1) {
        const partition = Math.floor(random() * 2);
        if (random() < 0.7) {
          const mail = { id: `${mails.length}@x`, at: Math.min(...atOf) };
          lines.push(mailLine(mails.length, "nhs", mail.at));
          mails.push(mail);
        } else {
          const at = (atOf[partition] = (atOf[partition] ?? AT) + Math.floor(random() * 3_000));
          const readTo = random() < 0.5 ? clock.nowMs : undefined;
          const line = random() < 0.1 ? progressLine(partition, undefined) : progressLine(partition, at, { readTo });
          const decoded = decodeStreamProgress(line);
          if (decoded.ok) table.take(decoded.progress);
          checkpoints.push({ reachedMs: table.reachedMs, mails: [...mails] });
          lines.push(line);
        }
      }
      if (lines.length > 0) run.take(lines, clock.nowMs);
      hear(pass(run, clock, Math.floor(random() * 4) * 100));
      hear(linesOf(run.flush(), "events"));
      if (random() < 0.05) run = run.restarted();
    }
    run.take([0, 1].map((partition) => progressLine(partition, AT + 9_000_000, { readTo: clock.nowMs })));
    checkpoints.push({ reachedMs: AT + 9_000_000, mails: [...mails] });
    hear(pass(run, clock, 3_000));
    expect(told).toBeGreaterThan(20);
    expect(said.has(`progress ${AT + 9_000_000}`)).toBe(true);
    expect(mails.filter(({ id }) => !said.has(id))).toEqual([]);
  });
});

test("a finished event goes on at once, its people named, and its site is not announced: nobody tells its time", () => {
  const clock = { nowMs: 0 };
  const run = runOf(clock);
  const eventLine = (site: string): string => {
    const decoded = decodeMailEvent('{"v":1,"at":"2026-11-24T08:29:00Z","recipients":5,"messageId":"7@x"}', { site });
    return decoded.ok ? encodeMailEvent({ ...decoded.event, site }) : decoded.reason;
  };
  run.take([eventLine("other"), progressLine(0, AT, { of: 1 })]);
  expect(linesOf(run.flush(), "events").map((line) => wordOf(line))).toEqual(["7@x", "progress unknown"]);
  expect(pass(run, clock, 3_000).map((line) => wordOf(line))).toEqual([`progress ${AT}`]);
  run.take([eventLine("x".repeat(256))]);
  run.takeBytes(Buffer.from(`${eventLine("\u20ac".repeat(255))}\n`));
  expect(run.flush().map(({ headers }) => headers?.["reason"])).toEqual(["too-long", "too-long"]);
});

test("a flood of sites is bounded and counted, and those that were there go on", () => {
  const clock = { nowMs: 0 };
  const run = runOf(clock);
  run.take(Array.from({ length: 1_500 }, (_, n) => mailLine(n, `site-${n}`)));
  run.take([mailLine(9_999, "site-3")]);
  expect([run.fold.assemblers.length, run.fold.sitesDropped]).toEqual([1_000, 500]);
  expect(pass(run, clock, HOLD_MAX_MS).map(wordOf)).toContain("9999@x");
});

test("what cannot be used is a dead letter with its reason and offset; the rest of its record counts", () => {
  const clock = { nowMs: 0 };
  const run = runOf(clock);
  run.take([mailLine(1)]);
  run.take(["{", '{"v":2}', progressLine(7, AT), mailLine(2), mailLine(3)]);
  run.takeBytes(Buffer.from(`${mailLine(4, "\u20ac".repeat(255))}\n${mailLine(5, "a\ud800")}\n`));
  const records = run.flush().filter(({ topic }) => topic === "dead");
  const lines = (value: Buffer | undefined): number => String(value).split("\n").length;
  expect(records.map(({ headers, value }) => [headers?.["offset"], headers?.["reason"], lines(value)])).toEqual([
    ["1", "not-json", 1],
    ["1", "unknown-version", 1],
    ["1", "out-of-range", 1],
    ["2", "too-long", 2],
  ]);
  expect(records[0]).toMatchObject({ partition: 1, headers: { topic: "fragments", partition: "1", version: "1.2.3" } });
  expect(
    pass(run, clock, HOLD_MAX_MS)
      .map(wordOf)
      .filter((word) => word.endsWith("@x")),
  ).toEqual(["1@x", "2@x", "3@x"]);
});

test("an entry of a site comes back whatever its name", () => {
  const clock = { nowMs: 0 };
  let run = runOf(clock);
  const site = "a/b %~\u00fc";
  run.takeBytes(Buffer.from(`${mailLine(1, site)}\n${progressLine(0, AT, { site, of: 1, readTo: 0 })}\n`));
  expect(pass(run, clock, 500).map(wordOf)).toEqual(["progress unknown", "1@x"]);
  run = run.restarted();
  run.takeBytes(Buffer.from(`${encodeMailFragment(fragment({ site, queueId: "Q1", login: "ann" }))}\n`));
  expect(pass(run, clock, 3_000).map(wordOf)).toEqual(["1@x", `progress ${AT}`]);
});
