import { describe, expect, test } from "vitest";

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { AttemptOutcome } from "./delivery.ts";
import { defaultOutboxBounds } from "./outbox-bounds.ts";
import { OutboxRestore } from "./outbox-restore.ts";
import type { Attempt } from "./outbox.ts";
import { Outbox } from "./outbox.ts";
import type { Receiver } from "./receiver.ts";
import { defaultRetrySchedule } from "./retry-schedule.ts";
import type { TellingEvent } from "./telling-event.ts";
import { webhook, wordOf } from "./testing/storm-alerts.ts";

const T = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const OK: AttemptOutcome = { kind: "delivered" };
const DOWN: AttemptOutcome = { kind: "retry", reason: "unreachable", detail: "ECONNREFUSED" };

/** An outbox, its state log, and the time, all moved by hand. */
class Bench {
  nowMs: number;
  readonly events: TellingEvent[] = [];
  readonly silenced = new Set<string>();
  readonly written = new Map<string, Buffer>();
  readonly outbox: Outbox;

  constructor(
    receivers: readonly Receiver[],
    options: {
      readonly deliveriesMax?: number;
      readonly stormsMax?: number;
      readonly from?: ReadonlyMap<string, Buffer>;
      /** When it starts. */
      readonly at?: number;
    } = {},
  ) {
    const { from, at = T, ...bounds } = options;
    this.nowMs = at;
    this.outbox = new Outbox(receivers, {
      bounds: { ...defaultOutboxBounds, ...bounds },
      schedule: defaultRetrySchedule,
      random: () => 0.5,
      isSilenced: ({ stormId }) => this.silenced.has(stormId),
      say: (event) => this.events.push(event),
    });
    const restoring = new OutboxRestore(this.outbox);
    for (const [key, value] of from ?? []) {
      this.written.set(key, value);
      restoring.restore(key, value);
    }
    restoring.restored(at);
  }

  tell(...alerts: readonly StormAlert[]): void {
    for (const alert of alerts) this.outbox.add(alert, this.nowMs);
    this.flush();
  }

  flush(): void {
    this.outbox.ledger.log.changes((key, value) => {
      if (value === undefined) this.written.delete(key);
      else this.written.set(key, value);
    });
    this.outbox.ledger.log.flushed();
  }

  /** What is sent now, as `receiver id`. */
  sent(): string[] {
    return this.due().map(({ receiver, id }) => `${receiver.name} ${id}`);
  }

  due(): Attempt[] {
    return this.outbox.due(this.nowMs);
  }

  one(): Attempt {
    const [attempt, ...others] = this.due();
    if (attempt === undefined || others.length > 0)
      throw new Error(`${others.length + (attempt ? 1 : 0)} tries, not one`);
    return attempt;
  }

  end(attempt: Attempt, outcome: AttemptOutcome): void {
    this.outbox.ended(attempt, outcome, this.nowMs);
    this.flush();
  }

  /** Goes to when something is due, and answers to all of it so, until nothing is. Returns the ids in order. */
  drain(outcome: (attempt: Attempt) => AttemptOutcome = () => OK): string[] {
    const ids: string[] = [];
    for (let at = this.outbox.dueAt(this.nowMs); at !== Number.POSITIVE_INFINITY; at = this.outbox.dueAt(this.nowMs)) {
      this.nowMs = Math.max(this.nowMs, at);
      const attempts = this.due();
      // What was silenced meanwhile is dropped where it would be sent.
      for (const attempt of attempts) {
        ids.push(attempt.id);
        this.end(attempt, outcome(attempt));
      }
    }
    return ids;
  }

  counters(name: string) {
    const status = this.outbox.status().find((one) => one.name === name);
    if (status === undefined) throw new Error(`no receiver ${name}`);
    return status;
  }
}

const opened = (storm: string, revision = 1): StormAlert => wordOf(storm, "storm.opened", revision);
const updated = (storm: string, revision = 2): StormAlert => wordOf(storm, "storm.updated", revision);
const resolved = (storm: string, revision = 3): StormAlert => wordOf(storm, "storm.resolved", revision);

describe("order", () => {
  test("nothing is sent before its flush is written, even when an older one is", () => {
    const bench = new Bench([webhook("a")]);
    bench.outbox.ledger.log.changes(() => undefined);
    bench.outbox.add(opened("s"), T);
    bench.outbox.ledger.log.flushed();
    expect(bench.sent()).toEqual([]);
    expect(bench.outbox.dueAt(T)).toBe(Number.POSITIVE_INFINITY);
    bench.flush();
    expect(bench.sent()).toEqual(["a s-1"]);
  });

  test("opened, updated, resolved go one after the other, each when the one before was heard", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    const first = bench.one();
    bench.tell(updated("s"));
    expect(bench.sent()).toEqual([]);
    bench.end(first, OK);
    const second = bench.one();
    bench.tell(resolved("s"));
    bench.nowMs += 10_000;
    expect(bench.sent()).toEqual([]);
    bench.end(second, OK);
    expect(bench.drain()).toEqual(["s-3"]);
  });

  test("an update that still waits is overtaken; opened and resolved are not", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"), updated("s", 2), updated("s", 3), resolved("s", 4));
    expect(bench.drain()).toEqual(["s-1", "s-4"]);
    expect(bench.counters("a").unheard.get("overtaken")).toBe(2);
  });

  test("an update that is out is not overtaken, unless it fails", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    bench.end(bench.one(), OK);
    bench.tell(updated("s"));
    const out = bench.one();
    bench.tell(resolved("s"));
    expect(bench.counters("a").waiting).toBe(2);
    bench.end(out, DOWN);
    expect(bench.drain()).toEqual(["s-3"]);
    expect(bench.counters("a").unheard.get("overtaken")).toBe(1);
  });

  test("storms wait for an answer, but not long, and not for more than are asked at once", () => {
    const bench = new Bench([webhook("a", { concurrent: 2 })]);
    bench.tell(opened("s"), opened("t"), opened("u"));
    const first = bench.one();
    expect(bench.outbox.dueAt(T)).toBe(T + 2_000);
    bench.nowMs += 2_000;
    expect(bench.sent()).toEqual(["a t-1"]);
    bench.nowMs += 10_000;
    expect(bench.sent()).toEqual([]);
    bench.end(first, OK);
    expect(bench.sent()).toEqual(["a u-1"]);
  });

  test("a receiver that hangs delays no other", () => {
    const bench = new Bench([webhook("hangs"), webhook("a")]);
    bench.tell(opened("s"), opened("t"));
    const [, fine] = bench.due();
    if (fine === undefined) throw new Error("the second receiver is not asked");
    bench.end(fine, OK);
    expect(bench.sent()).toEqual(["a t-1"]);
  });

  test("a first try goes before what was tried already", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    bench.end(bench.one(), DOWN);
    bench.nowMs += 60_000;
    bench.tell(opened("t"));
    expect(bench.sent()).toEqual(["a t-1"]);
  });
});

describe("failures", () => {
  test("tried for 24 hours, the last time at their end, then given up, counted and told; the next word follows", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"), resolved("s"));
    const ids = bench.drain((attempt) => (attempt.id === "s-1" ? DOWN : OK));
    expect(bench.nowMs).toBe(T + 24 * HOUR_MS);
    expect(ids.filter((id) => id === "s-1").length).toBeGreaterThan(500);
    expect(ids.at(-1)).toBe("s-3");
    expect(bench.events.filter(({ event }) => event === "lost")).toEqual([
      {
        event: "lost",
        receiver: "a",
        id: "s-1",
        type: "storm.opened",
        attempts: ids.length - 1,
        reason: "too-old",
        detail: "ECONNREFUSED",
      },
    ]);
    expect(bench.counters("a").lost.get("too-old")).toBe(1);
    expect([...bench.written.keys()]).toEqual(["outbox/storm/s"]);
  });

  test("a failing receiver is told once, its recovery too, and what waits is sent at once then", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"), opened("t"), opened("u"));
    let left = 40;
    bench.drain(() => (left-- > 0 ? DOWN : OK));
    expect(bench.events.map(({ event }) => event)).toEqual([
      "failing",
      "delivered",
      "recovered",
      "delivered",
      "delivered",
    ]);
    const recoveredAfter = bench.nowMs;
    expect(bench.events[2]).toMatchObject({ failures: 40 });
    expect(recoveredAfter - T).toBeLessThan(40 * 150_000);
    expect(bench.counters("a").failuresInRow).toBe(0);
  });

  test("Retry-After holds back all storms of the receiver, for an hour at most", () => {
    const bench = new Bench([webhook("a"), webhook("b")]);
    bench.tell(opened("s"));
    const [atA, atB] = bench.due();
    if (atA === undefined || atB === undefined) throw new Error("two receivers are asked");
    const limited = { kind: "retry", reason: "rate-limited", detail: "", pausesReceiver: true } as const;
    bench.end(atA, { ...limited, waitMs: 30_000 });
    bench.end(atB, { ...limited, waitMs: 365 * 24 * HOUR_MS });
    bench.tell(opened("t"));
    expect(bench.sent()).toEqual([]);
    bench.nowMs += 30_500;
    expect(bench.sent()).toEqual(["a t-1"]);
    bench.nowMs = T + HOUR_MS + 500;
    expect(bench.sent()).toEqual(expect.arrayContaining(["b t-1"]));
  });

  test("410 disables the receiver, and no other, until a reload; then all that waited goes", () => {
    const receivers = [webhook("a"), webhook("b")];
    const bench = new Bench(receivers);
    bench.tell(opened("s"));
    for (const attempt of bench.due())
      bench.end(attempt, attempt.receiver.name === "a" ? { kind: "gone", detail: "status 410" } : OK);
    bench.tell(resolved("s"));
    expect(bench.drain()).toEqual(["s-3"]);
    expect(bench.counters("a")).toMatchObject({ isDisabled: true, waiting: 2, oldestSinceMs: T });
    expect(bench.events.filter(({ event }) => event === "disabled")).toEqual([
      { event: "disabled", receiver: "a", detail: "status 410" },
    ]);
    bench.outbox.reload(receivers, bench.nowMs);
    expect(bench.drain()).toEqual(["s-1", "s-3"]);
  });

  test("a body that is refused is given up at once, and told", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"), resolved("s"));
    bench.end(bench.one(), { kind: "refused", detail: "status 400: no" });
    expect(bench.events).toMatchObject([
      { event: "lost", id: "s-1", reason: "body-refused", detail: "status 400: no" },
    ]);
    expect(bench.drain()).toEqual(["s-3"]);
  });

  test("a try that was given up at the end of the process counts for nothing", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    bench.end(bench.one(), { kind: "retry", reason: "aborted", detail: "" });
    expect(bench.events).toEqual([]);
    expect(bench.counters("a")).toMatchObject({ failuresInRow: 0, inFlight: 0, waiting: 1 });
  });

  test("a clock that was set back by a day holds nothing up", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    bench.end(bench.one(), DOWN);
    bench.nowMs -= 24 * HOUR_MS;
    expect(bench.sent()).toEqual(["a s-1"]);
  });
});

describe("an outbox that is full", () => {
  const lost = (bench: Bench): string[] =>
    bench.events.flatMap((event) => (event.event === "lost" ? [`${event.id} ${event.reason}`] : []));

  test("updates go first", () => {
    const bench = new Bench([webhook("a")], { deliveriesMax: 3 });
    bench.tell(opened("s"), updated("s"), opened("t"), opened("u"));
    expect(lost(bench)).toEqual(["s-2 outbox-full"]);
  });

  test("then a storm that is over, whole", () => {
    const bench = new Bench([webhook("a")], { deliveriesMax: 3 });
    bench.tell(opened("s"), opened("t"), resolved("t"), opened("u"));
    expect(lost(bench)).toEqual(["t-1 outbox-full", "t-3 outbox-full"]);
  });

  test("then the oldest storm, but nothing that is out", () => {
    const bench = new Bench([webhook("a")], { deliveriesMax: 2 });
    bench.tell(opened("s"));
    const out = bench.one();
    bench.tell(opened("t"), opened("u"));
    expect(lost(bench)).toEqual(["t-1 outbox-full"]);
    expect(bench.counters("a").lost.get("outbox-full")).toBe(1);
    bench.end(out, OK);
    expect(bench.drain()).toEqual(["u-1"]);
  });

  test("what was told of storms is bounded too", () => {
    const bench = new Bench([webhook("a")], { stormsMax: 2 });
    bench.tell(opened("s"), opened("t"), updated("s"), opened("u"));
    expect([...bench.written.keys()].filter((key) => key.startsWith("outbox/storm/"))).toEqual([
      "outbox/storm/s",
      "outbox/storm/u",
    ]);
    expect(bench.outbox.ledger.told.evicted).toBe(1);
    bench.nowMs += 8 * 24 * HOUR_MS;
    bench.tell(opened("v"));
    expect([...bench.written.keys()].filter((key) => key.startsWith("outbox/storm/"))).toEqual(["outbox/storm/v"]);
    expect(bench.outbox.ledger.told.evicted).toBe(1);
  });
});

describe("silences", () => {
  test("a storm that is silenced while its first word waits is not told at all, until the silence ends", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"), resolved("s", 2));
    bench.silenced.add("s");
    expect(bench.drain()).toEqual([]);
    expect(bench.counters("a").unheard.get("silenced")).toBe(2);
    bench.silenced.clear();
    bench.tell(updated("s", 3), updated("s", 4), resolved("s", 5));
    expect(bench.drain()).toEqual(["s-4", "s-5"]);
  });

  test("one that was told already is told to be over", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    bench.end(bench.one(), OK);
    bench.silenced.add("s");
    bench.tell(updated("s"), resolved("s"));
    expect(bench.drain()).toEqual(["s-3"]);
  });

  test("what comes again when a silence ends goes to those who have not heard it, and outlives a kill as long as one has not", () => {
    const receivers = [webhook("a"), webhook("b"), webhook("c")];
    const bench = new Bench(receivers);
    bench.tell(opened("s"));
    const [atA, atB, atC] = bench.due();
    if (atA === undefined || atB === undefined || atC === undefined) throw new Error("three receivers are asked");
    bench.end(atA, OK);
    bench.end(atB, DOWN);
    bench.silenced.add("s");
    bench.nowMs += 1_000;
    expect(bench.sent()).toEqual([]);
    bench.silenced.clear();
    bench.tell(opened("s"));
    const [retold, ...others] = bench.due();
    if (retold === undefined) throw new Error("nobody is told after all");
    expect([retold.receiver.name, others]).toEqual(["b", []]);
    bench.end(retold, OK);
    const again = new Bench(receivers, { from: bench.written });
    expect(again.sent()).toEqual(["c s-1"]);
  });

  test("an opened that was tried may have been heard: its end is told", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    bench.end(bench.one(), DOWN);
    bench.silenced.add("s");
    bench.tell(resolved("s"));
    expect(bench.drain()).toEqual(["s-3"]);
  });
});

describe("a restart", () => {
  test("at any cut the restored outbox says from then on what the other says", () => {
    const receivers = [webhook("a"), webhook("b", { updates: false })];
    const script: ((bench: Bench) => void)[] = [
      (bench) => bench.tell(opened("s"), opened("t")),
      (bench) => bench.due().forEach((attempt) => bench.end(attempt, attempt.receiver.name === "a" ? DOWN : OK)),
      (bench) => bench.tell(updated("s")),
      (bench) => bench.silenced.add("t"),
      (bench) => bench.due().forEach((attempt) => bench.end(attempt, OK)),
      (bench) => bench.tell(updated("t"), resolved("s")),
      (bench) => bench.silenced.clear(),
      (bench) => bench.tell(updated("s", 4), resolved("t", 4)),
    ];
    for (let cut = 1; cut <= script.length; cut++) {
      const whole = new Bench(receivers);
      for (const step of script.slice(0, cut)) step(whole);
      whole.flush();
      const again = new Bench(receivers, { from: new Map([...whole.written].toReversed()) });
      again.nowMs = whole.nowMs;
      for (const name of whole.silenced) again.silenced.add(name);
      for (const bench of [whole, again]) for (const step of script.slice(cut)) step(bench);
      expect(again.drain().toSorted()).toEqual(whole.drain().toSorted());
      expect(again.written).toEqual(whole.written);
    }
  });

  /** Killed when the receiver had been failing for an hour, with three storms to be told, and a minute at least before the next try. */
  function killedAfterAnHour(): { written: Map<string, Buffer>; atMs: number; failures: number } {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"), opened("t"), opened("u"));
    while (bench.nowMs < T + HOUR_MS || bench.outbox.dueAt(bench.nowMs) < bench.nowMs + 60_000) {
      bench.nowMs = Math.max(bench.nowMs, bench.outbox.dueAt(bench.nowMs));
      for (const attempt of bench.due()) bench.end(attempt, DOWN);
    }
    return { written: bench.written, atMs: bench.nowMs + 1_000, failures: bench.counters("a").failuresInRow };
  }

  test("of what waits for a receiver that failed the eldest is tried at once, alone; it is known since when it fails", () => {
    const { written, atMs, failures } = killedAfterAnHour();
    const again = new Bench([webhook("a")], { from: written, at: atMs });
    expect(again.counters("a")).toMatchObject({ waiting: 3, failuresInRow: failures, failingSinceMs: T });
    expect(again.sent()).toEqual(["a s-1"]);
    again.nowMs += 5_000;
    expect(again.sent()).toEqual([]);
  });

  test("when that is heard, all that waits follows within seconds, and the receiver is well again, over restarts too", () => {
    const { written, atMs, failures } = killedAfterAnHour();
    const again = new Bench([webhook("a")], { from: written, at: atMs });
    expect(again.drain()).toEqual(["s-1", "t-1", "u-1"]);
    expect(again.nowMs - atMs).toBeLessThan(10_000);
    expect(again.events).toMatchObject([{}, { event: "recovered", failures }, {}, {}]);
    expect(again.counters("a")).toMatchObject({ failuresInRow: 0, failingSinceMs: undefined });
    expect([...again.written.keys()].filter((key) => !key.startsWith("outbox/storm/"))).toEqual([]);
  });

  test("a receiver that still fails is told anew, and its delay goes on from where it was, however often squall is started", () => {
    const { failures, ...killed } = killedAfterAnHour();
    let { written, atMs } = killed;
    for (let starts = 1; starts <= 20; starts += 1) {
      const again = new Bench([webhook("a")], { from: written, at: atMs });
      again.end(again.one(), DOWN);
      expect(again.events).toEqual([
        { event: "failing", receiver: "a", reason: "unreachable", detail: "ECONNREFUSED" },
      ]);
      expect(again.counters("a")).toMatchObject({ failuresInRow: failures + starts, failingSinceMs: T });
      // Half of five minutes for the one that was tried; the others keep what was left of theirs.
      const [tried] = again.outbox.queues.get("a")?.deliveries() ?? [];
      expect(tried?.notBeforeMs).toBe(atMs + 150_000);
      expect(again.outbox.dueAt(atMs)).toBeGreaterThan(atMs);
      written = again.written;
      atMs += 1_000;
    }
  });

  test("a word that is due anyway is the try at once: nothing else loses its delay", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"), opened("t"));
    bench.end(bench.one(), DOWN);
    const again = new Bench([webhook("a")], { from: bench.written });
    expect(again.sent()).toEqual(["a t-1"]);
    const delays = again.outbox.queues
      .get("a")
      ?.deliveries()
      .map(({ notBeforeMs }) => notBeforeMs - T);
    expect(delays).toEqual([500, 0]);
  });

  test("that a receiver failed is forgotten where nothing waits for it: nobody would learn that it was mended", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    bench.end(bench.one(), DOWN);
    bench.silenced.add("s");
    bench.tell(opened("t"));
    bench.end(bench.one(), { kind: "refused", detail: "status 400" });
    bench.nowMs += 1_000;
    expect(bench.sent()).toEqual([]);
    bench.flush();
    expect([...bench.written.keys()].filter((key) => !key.startsWith("outbox/storm/"))).toEqual(["outbox/failing/a"]);
    for (const receivers of [[webhook("a")], [webhook("b")]]) {
      const again = new Bench(receivers, { from: bench.written });
      again.flush();
      expect(again.outbox.status()[0]).toMatchObject({ failuresInRow: 0, failingSinceMs: undefined });
      expect(again.written.has("outbox/failing/a")).toBe(false);
    }
    bench.outbox.reload([webhook("b")], T);
    bench.flush();
    expect(bench.written.has("outbox/failing/a")).toBe(false);
  });

  test("what a receiver that is no longer configured was to hear is lost, and told; so at a reload", () => {
    const bench = new Bench([webhook("a"), webhook("b")]);
    bench.tell(opened("s"));
    const again = new Bench([webhook("b")], { from: bench.written });
    expect(again.events).toMatchObject([{ event: "lost", receiver: "a", reason: "receiver-gone" }]);
    expect(again.outbox.ledger.lostWithReceiver).toBe(1);
    again.outbox.reload([webhook("c")], T);
    expect(again.events).toMatchObject([{ receiver: "a" }, { event: "lost", receiver: "b", reason: "receiver-gone" }]);
    again.flush();
    expect([...again.written.keys()]).toEqual(["outbox/storm/s"]);
    again.tell(opened("t"));
    expect(again.sent()).toEqual(["c t-1"]);
  });

  test("a delivery from days ago is tried once more before it is given up", () => {
    const bench = new Bench([webhook("a")]);
    bench.tell(opened("s"));
    const again = new Bench([webhook("a")], { from: bench.written });
    again.nowMs += 72 * HOUR_MS;
    again.end(again.one(), DOWN);
    expect(again.events.map(({ event }) => event)).toEqual(["failing", "lost"]);
  });

  test.each([
    ["outbox/to/a/s/1", '{"v":2}', "written by another version of squall"],
    ["outbox/to/a/s/1", '{"v":1,"order":1,"since":-1,"attempts":0,"notBefore":0}', "damaged"],
    ["outbox/to/a/s", '{"v":1,"order":1,"since":1,"attempts":0,"notBefore":0}', "damaged"],
    ["outbox/to/a/s/1", "\u0000", "damaged"],
    ["outbox/storm/s", '{"v":1,"at":1,"told":{"a":{"state":"half"}}}', "damaged"],
    ["outbox/alert/s/1", '{"v":2}', "unknown-version v"],
    ["outbox/failing/a", '{"v":1,"since":1,"failures":-1}', "damaged"],
  ])("%s = %s is refused", (key, value, message) => {
    const restoring = new OutboxRestore(new Bench([webhook("a")]).outbox);
    expect(() => restoring.restore(key, Buffer.from(value))).toThrow(`state entry ${key}: ${message}`);
  });

  test("an entry that a newer squall kept is let go of", () => {
    const { outbox } = new Bench([webhook("a")]);
    const restoring = new OutboxRestore(outbox);
    restoring.restore("outbox/new/s", Buffer.from("{}"));
    restoring.restored(0);
    const told: (readonly [string, Buffer | undefined])[] = [];
    outbox.ledger.log.changes((key, value) => void told.push([key, value]));
    expect(told).toEqual([["outbox/new/s", undefined]]);
  });
});
