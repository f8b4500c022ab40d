// Today's squall and the release before it, side by side and one after the other: what either writes into topics and state the other reads,
// and whatever becomes of the processes, the storm comes out as if there were one release alone. docs/upgrade.md promises it.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { webhook, wordOf } from "../../services/alerter/testing/storm-alerts.ts";
import type { HttpClient } from "../../shared/adapters/http/http-client.ts";
import { FoldRun } from "../support/fold-run.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryServices, STAGES } from "../support/memory-services.ts";
import {
  expectAllUsed,
  expectTheProgress,
  expectTheStorm,
  expectTheWindows,
  memoryStorm,
  type MemoryStorm,
  written,
} from "../support/memory-storm.ts";
import { numbersOf } from "../support/numbers.ts";
import { pollUntil } from "../support/poll.ts";
import { PreviousRelease } from "../support/previous-release.ts";
import { STAGE_PARTS, type StageParts } from "../support/stage-parts.ts";
import { inShort, newHome, shown, talk } from "../support/standalone-home.ts";

const release = new PreviousRelease();
let before: StageParts;
let storm: MemoryStorm;

beforeAll(async () => {
  before = await release.parts();
  storm = await memoryStorm();
});
afterAll(() => release.close());

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** What is wrong with lines of the topics for one that reads them; nothing when all is well. */
function unread(services: MemoryServices, reader: StageParts): string[] {
  const isProgress = (line: string): boolean => line.startsWith('{"v":1,"kind":"progress",');
  const decoders = {
    "mail-fragments": reader.decodeMailFragment,
    "mail-events": (line: string) => reader.decodeOwnMailEvent(line, { site: "" }),
    "thread-windows": reader.decodeThreadWindow,
    "storm-alerts": reader.decodeStormAlert,
  } as const;
  return (["mail-fragments", "mail-events", "thread-windows", "storm-alerts"] as const).flatMap((kind) => {
    const lines = services.lines(kind);
    expect(lines.length).toBeGreaterThan(2);
    return lines.flatMap((line) => {
      const decoded = isProgress(line) ? reader.decodeStreamProgress(line) : decoders[kind](line);
      return decoded.ok ? [] : [`${decoded.reason} ${decoded.detail}: ${line}`];
    });
  });
}

/** Feeds the storm, and does something to the processes now and then. */
async function play(services: MemoryServices, disturb: (share: number) => Promise<void>): Promise<void> {
  let batch = 0;
  for (const _ of written(storm, services.broker, { perRecord: 20, random: numbersOf(11) })) {
    for (let turns = 0; turns < 4; turns += 1) await services.turn(60);
    batch += 1;
    await disturb(batch / 200);
  }
  await services.settle(400_000);
}

function expectAll(services: MemoryServices): void {
  expectTheStorm(services, storm);
  expectTheWindows(services, storm, 2);
  expectTheProgress(services, storm);
  expectAllUsed(services);
}

describe("services on the same topics", () => {
  test("an upgrade that rolls, process by process, and its rollback", async () => {
    const services = new MemoryServices();
    for (const stage of [...STAGES, ...STAGES]) await services.start(stage, before);
    // Up, back, up again: each process has its turn, in no order of the stages.
    const order = [3, 0, 5, 1, 4, 2];
    const steps = [before, STAGE_PARTS, before, STAGE_PARTS].flatMap((parts, leg) =>
      leg === 0 ? [] : order.map((place) => ({ parts, place })),
    );
    let done = 0;
    await play(services, async (share) => {
      while (done < steps.length && share > (done + 1) / (steps.length + 1)) {
        const step = steps[done];
        const process = services.processes.find(({ stage, parts }) => {
          return step !== undefined && stage === STAGES[step.place % STAGES.length] && parts !== step.parts;
        });
        if (process === undefined || step === undefined) throw new Error("there is nobody to be replaced");
        await (done % 2 === 0 ? services.restart(process, step.parts) : services.kill(process, step.parts));
        done += 1;
      }
    });
    expect(done).toBe(steps.length);
    expectAll(services);
    expect(unread(services, before)).toEqual([]);
    expect(unread(services, STAGE_PARTS)).toEqual([]);
  });

  test("both at once all the time, killed at random", async () => {
    const random = numbersOf(23);
    const services = new MemoryServices();
    for (const stage of STAGES) {
      await services.start(stage, before);
      await services.start(stage, STAGE_PARTS);
    }
    await play(services, async () => {
      const one = services.processes[Math.floor(random() * services.processes.length)];
      if (one !== undefined && random() < 0.15) await services.kill(one);
    });
    expectAll(services);
  });
});

/** An alerter with one receiver, of whichever release `parts` gives when it is made. */
function alerterRun(parts: () => StageParts, http: HttpClient) {
  return new FoldRun(() => {
    const { AlerterPartition, createTelling } = parts();
    return new AlerterPartition({
      at: { topic: "alerts", partition: 0 },
      deadLetters: "dead",
      version: "1.2.3",
      createTelling: (links) =>
        createTelling({
          receivers: [webhook("a")],
          http,
          clock: new ManualClock(1_000),
          random: () => 0.5,
          text: { timeZone: "UTC" },
          userAgent: "squall/test",
          env: {},
          say: () => undefined,
          ...links,
        }),
    });
  });
}

describe("the alerter's state", () => {
  test.each([
    ["after an upgrade", "before", "today"],
    ["after a rollback", "today", "before"],
  ] as const)("what waits, what was told and who is silenced stand %s", (_name, first, second) => {
    const told: string[] = [];
    const parts = { before, today: STAGE_PARTS };
    let writes = parts[first];
    // A receiver that never answers: everything waits.
    const http: HttpClient = {
      send: ({ body = "" }) => {
        told.push(/"stormId":"(\w+)"/u.exec(body)?.[1] ?? "");
        return new Promise(() => undefined);
      },
      close: () => Promise.resolve(),
    };
    const run = alerterRun(() => writes, http);
    const { encodeSilenceLine, encodeStormAlert, encodeStreamProgress } = writes;
    run.fold.advance(1_000);
    const progress = { site: "corp", input: "events", partition: 0, of: 1, at: 1, state: "known" } as const;
    run.take([
      encodeSilenceLine({ do: "silence", target: "s2", durationMs: 60_000, why: "w", who: "x" }),
      encodeStreamProgress(progress),
      ...["s1", "s2", "s3"].map((id) => encodeStormAlert(wordOf(id, "storm.opened", 1))),
    ]);
    expect(run.flush().filter(({ topic }) => topic === "dead")).toEqual([]);
    expect(told).toEqual(["s1"]);
    told.length = 0;
    writes = parts[second];
    const next = run.restarted();
    next.fold.advance(2_000);
    expect(next.fold.silences.size()).toEqual({ silences: 1, waiting: 1 });
    next.flush();
    expect(told).toEqual(["s1"]);
    // The silence ends: its storm is told after all.
    next.fold.advance(120_000);
    next.flush();
    expect(next.fold.telling.status().receivers[0]).toMatchObject({ waiting: 3, delivered: 0 });
  });
});

describe("a receiver that fails", () => {
  test.each([
    ["after an upgrade", "before", "today"],
    ["after a rollback", "today", "before"],
  ] as const)("what waits for it stands %s", async (_name, first, second) => {
    const parts = { before, today: STAGE_PARTS };
    let writes = parts[first];
    let tries = 0;
    const http: HttpClient = {
      send: () => {
        tries += 1;
        return Promise.resolve({ answered: true, status: 503, retryAfter: undefined, date: undefined, excerpt: "" });
      },
      close: () => Promise.resolve(),
    };
    const run = alerterRun(() => writes, http);
    run.fold.advance(1_000);
    run.take([writes.encodeStormAlert(wordOf("s1", "storm.opened", 1))]);
    run.flush();
    await vi.waitFor(() => expect(run.fold.telling.status().receivers[0]?.failuresInRow).toBe(1));
    run.flush();
    expect(run.stored.has("outbox/failing/a")).toBe(first === "today");
    writes = parts[second];
    const next = run.restarted();
    next.fold.advance(2_000);
    next.flush();
    expect(next.fold.telling.status().receivers[0]).toMatchObject({ waiting: 1, delivered: 0 });
    // What the older one does not know it lets go of; the newer one knows with its own first try.
    await vi.waitFor(() => {
      next.flush();
      expect(next.stored.has("outbox/failing/a")).toBe(second === "today");
    });
    expect(tries).toBeGreaterThan(0);
  });
});

test("the position of a partition is read by both", () => {
  const position = { offset: 7, readTo: 9, of: 3 };
  expect(before.readPosition(STAGE_PARTS.positionValue(position))).toEqual(position);
  expect(STAGE_PARTS.readPosition(before.positionValue(position))).toEqual(position);
});

test("words of operators are read by both", () => {
  const words = [
    { do: "silence", target: "all@example.org", durationMs: 60_000, why: "town hall", who: "anna" },
    { do: "end-silence", id: 3 },
  ] as const;
  for (const word of words) {
    expect(before.decodeSilenceLine(STAGE_PARTS.encodeSilenceLine(word))).toEqual(word);
    expect(STAGE_PARTS.decodeSilenceLine(before.encodeSilenceLine(word))).toEqual(word);
  }
});

test.each(["AUTOMATIC_REASONS", "LIST_EVIDENCE", "SEVERITIES"] as const)(
  "no word of %s is written that was not read before",
  (set) => {
    const known: ReadonlySet<string> = new Set(before[set]);
    expect(STAGE_PARTS[set].filter((word) => !known.has(word))).toEqual([]);
  },
);

describe("squall standalone on one state directory", () => {
  test("upgraded in the middle of a storm, and rolled back: every storm is told once", async () => {
    const home = newHome(closers);
    const start = async (squall?: string): Promise<LiveSquall> => {
      const args = ["standalone", home.log, "--state", home.state, "--output", "ndjson", "--metrics", "off"];
      const live = new LiveSquall(args, {}, squall);
      closers.push(async () => void (await live.signal("SIGKILL")));
      await live.says("reading ");
      return live;
    };
    const shows = async (live: LiveSquall, words: readonly string[]): Promise<void> => {
      await pollUntil(() => shown(live).length >= words.length, {
        deadlineMs: 60_000,
        what: `alerts ${words.join(", ")}`,
      });
      expect(inShort(shown(live))).toEqual(words);
    };
    const lines = talk({ list: "all@example.org", atMs: Date.now() - 1_500_000, mails: 20 }).split("\n");
    const write = (from: number, to: number): void => home.write(`${lines.slice(from, to).join("\n")}\n`);
    home.write("");
    const old = await start(release.command);
    write(0, 5);
    await shows(old, ["storm.opened 2"]);
    await old.signal("SIGKILL");
    write(5, 10);
    const today = await start();
    await shows(today, ["storm.updated 3"]);
    await today.signal("SIGKILL");
    write(10, 20);
    const again = await start(release.command);
    await shows(again, ["storm.updated 4"]);
    expect(shown(again)[0]?.stormId).toBe(shown(old)[0]?.stormId);
  });
});
