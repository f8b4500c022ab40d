// Telling under faults and kills, on a virtual clock: receivers that fail, lose answers, hang and ask to be left alone; flushes
// that take time; a kill at any moment, after which a new outbox goes on from what was written and the input from its position.

import { describe, expect, test } from "vitest";

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { AttemptOutcome } from "./delivery.ts";
import { defaultOutboxBounds } from "./outbox-bounds.ts";
import { deliveryKey } from "./outbox-entries.ts";
import { OutboxRestore } from "./outbox-restore.ts";
import type { Attempt } from "./outbox.ts";
import { Outbox } from "./outbox.ts";
import type { Receiver } from "./receiver.ts";
import { defaultRetrySchedule } from "./retry-schedule.ts";
import { webhook, wordOf } from "./testing/storm-alerts.ts";

/** mulberry32: small, seeded, good enough to draw faults. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Heard {
  readonly receiver: string;
  readonly id: string;
  readonly stormKey: string;
  readonly type: StormAlert["type"];
  readonly revision: number;
  /** Its answer was on the way and would have said so: hearing it again is a repeat. */
  readonly isConfirmed: boolean;
}

interface Story {
  readonly seed: number;
  readonly kills: number;
  readonly storms: number;
  /** Storms begin, and kills come, within this time and twice this time, ms. */
  readonly spreadMs: number;
  /** Longest time that a receiver takes to answer when it does, ms. */
  readonly answerMsMax: number;
  readonly isFaulty: boolean;
}

const START_MS = 1_800_000_000_000;

class World {
  readonly heard: Heard[] = [];
  kills = 0;
  /** The most words that one kill left in doubt at one receiver: heard and answered to, and yet to be sent again. */
  doubtsMax = 0;
  /** Rules that did not hold. */
  readonly broken: string[] = [];
  private doubts = new Set<string>();
  private readonly random: () => number;
  private readonly story: Story;
  private readonly receivers: readonly Receiver[];
  private readonly input: readonly { readonly atMs: number; readonly alert: StormAlert }[];
  private readonly written = new Map<string, Buffer>();
  private writtenPosition = 0;
  private position = 0;
  private nowMs = START_MS;
  private outbox: Outbox;
  /** What will happen to this life of the process; gone with it. */
  private agenda: { atMs: number; act: () => void }[] = [];
  private isFlushing = false;
  private wantsFlush = false;

  constructor(story: Story, receivers: readonly Receiver[]) {
    this.story = story;
    this.random = seededRandom(story.seed);
    this.receivers = receivers;
    this.input = this.makeInput();
    this.outbox = this.begin();
  }

  /** Runs until nothing is left to do. */
  run(): void {
    const killsAt = Array.from(
      { length: this.story.kills },
      () => START_MS + Math.floor(this.random() * 2 * this.story.spreadMs),
    ).sort((a, b) => a - b);
    for (let steps = 0; steps < 200_000; steps++) {
      const next = this.nextAt();
      const killAt = killsAt[0] ?? Number.POSITIVE_INFINITY;
      if (killAt === Number.POSITIVE_INFINITY && next === Number.POSITIVE_INFINITY) return;
      if (killAt <= next) {
        killsAt.shift();
        this.nowMs = Math.max(this.nowMs, killAt);
        this.kill();
      } else this.step(next);
    }
    throw new Error("it never comes to rest");
  }

  keysLeft(): string[] {
    return [...this.written.keys()].filter((key) => !key.startsWith("outbox/storm/"));
  }

  private makeInput(): { atMs: number; alert: StormAlert }[] {
    const input: { atMs: number; alert: StormAlert }[] = [];
    for (let storm = 0; storm < this.story.storms; storm++) {
      const stormId = `storm${storm}`;
      let atMs = START_MS + Math.floor(this.random() * this.story.spreadMs);
      let revision = 1;
      const say = (type: StormAlert["type"]): void => {
        input.push({ atMs, alert: wordOf(stormId, type, revision) });
        revision += 1;
        atMs += Math.floor(this.random() * this.story.spreadMs * 0.2);
      };
      say("storm.opened");
      for (let updates = Math.floor(this.random() * 5); updates > 0; updates--) say("storm.updated");
      say("storm.resolved");
    }
    return input.sort((a, b) => a.atMs - b.atMs);
  }

  private begin(): Outbox {
    const outbox = new Outbox(this.receivers, {
      bounds: defaultOutboxBounds,
      schedule: defaultRetrySchedule,
      random: this.random,
      isSilenced: () => false,
      say: () => undefined,
    });
    const restoring = new OutboxRestore(outbox);
    const entries = [...this.written].sort(() => this.random() - 0.5);
    for (const [key, value] of entries) restoring.restore(key, value);
    restoring.restored(this.nowMs);
    this.position = this.writtenPosition;
    this.agenda = [];
    this.isFlushing = false;
    this.wantsFlush = true;
    return outbox;
  }

  private kill(): void {
    this.kills += 1;
    this.countDoubts();
    this.nowMs += Math.floor(this.random() * 2_000);
    this.outbox = this.begin();
  }

  private countDoubts(): void {
    const doubts = new Set<string>();
    const fresh = new Map<string, number>();
    for (const one of this.heard) {
      const key = deliveryKey(one);
      if (!one.isConfirmed || !this.written.has(key) || doubts.has(key)) continue;
      doubts.add(key);
      if (!this.doubts.has(key)) fresh.set(one.receiver, (fresh.get(one.receiver) ?? 0) + 1);
    }
    this.doubts = doubts;
    this.doubtsMax = Math.max(this.doubtsMax, ...fresh.values());
  }

  private nextAt(): number {
    const dues = [this.outbox.dueAt(this.nowMs), this.input[this.position]?.atMs ?? Number.POSITIVE_INFINITY];
    if (this.wantsFlush && !this.isFlushing) dues.push(this.nowMs);
    for (const { atMs } of this.agenda) dues.push(atMs);
    return Math.max(this.nowMs, Math.min(...dues));
  }

  private step(atMs: number): void {
    this.nowMs = atMs;
    const now = this.agenda.filter((entry) => entry.atMs <= atMs);
    this.agenda = this.agenda.filter((entry) => entry.atMs > atMs);
    for (const { act } of now) act();
    for (
      let next = this.input[this.position];
      next !== undefined && next.atMs <= atMs;
      next = this.input[this.position]
    ) {
      this.outbox.add(next.alert, atMs);
      this.position += 1;
      this.wantsFlush = true;
    }
    for (const attempt of this.outbox.due(atMs)) this.attempt(attempt);
    if (this.wantsFlush && !this.isFlushing) this.flush();
  }

  private flush(): void {
    this.isFlushing = true;
    this.wantsFlush = false;
    const entries: [string, Buffer | undefined][] = [];
    const { position } = this;
    this.outbox.ledger.log.changes((key, value) => entries.push([key, value]));
    if (new Set(entries.map(([key]) => key)).size < entries.length)
      this.broken.push("an entry stands twice in a flush");
    this.later(1 + this.random() * 400, () => {
      for (const [key, value] of entries) {
        if (value === undefined) this.written.delete(key);
        else this.written.set(key, value);
      }
      this.writtenPosition = position;
      this.isFlushing = false;
      this.outbox.ledger.log.flushed();
    });
  }

  /** What the receiver hears, and what of it comes back, is drawn when the try begins; a kill leaves it heard. */
  private attempt(attempt: Attempt): void {
    // Nothing is sent that a kill would undo.
    if (!this.written.has(deliveryKey(attempt.delivery))) this.broken.push("it was sent before it was written");
    const draw = this.story.isFaulty ? this.random() : 1;
    const answerMs = 1 + this.random() * this.story.answerMsMax;
    const fail = (reason: "timeout" | "server-error" | "connection-broken"): AttemptOutcome => ({
      kind: "retry",
      reason,
      detail: "",
    });
    if (draw < 0.15) this.answer(attempt, { heardInMs: undefined, inMs: answerMs, outcome: fail("server-error") });
    else if (draw < 0.25)
      this.answer(attempt, { heardInMs: answerMs / 2, inMs: answerMs, outcome: fail("connection-broken") });
    else if (draw < 0.35) this.answer(attempt, { heardInMs: undefined, inMs: 15_000, outcome: fail("timeout") });
    else if (draw < 0.42) {
      const outcome = {
        kind: "retry",
        reason: "rate-limited",
        detail: "",
        waitMs: 20_000,
        pausesReceiver: true,
      } as const;
      this.answer(attempt, { heardInMs: undefined, inMs: answerMs, outcome });
    } else
      this.answer(attempt, { heardInMs: this.random() * answerMs, inMs: answerMs, outcome: { kind: "delivered" } });
  }

  private answer(
    attempt: Attempt,
    how: { readonly heardInMs: number | undefined; readonly inMs: number; readonly outcome: AttemptOutcome },
  ): void {
    const { delivery, id } = attempt;
    const { receiver, stormKey, type, revision } = delivery;
    if (how.heardInMs !== undefined) {
      this.later(how.heardInMs, () => {
        this.heard.push({ receiver, id, stormKey, type, revision, isConfirmed: how.outcome.kind === "delivered" });
      });
    }
    this.later(how.inMs, () => {
      if (this.outbox.ended(attempt, how.outcome, this.nowMs)) this.wantsFlush = true;
    });
  }

  private later(delayMs: number, act: () => void): void {
    this.agenda.push({ atMs: this.nowMs + Math.ceil(delayMs), act });
  }
}

/** Words that a receiver heard again although it had answered to them. */
function repeatsAt(heard: readonly Heard[], receiver: string): number {
  const confirmed = new Set<string>();
  let repeats = 0;
  for (const one of heard) {
    if (one.receiver !== receiver) continue;
    if (confirmed.has(one.id)) repeats += 1;
    if (one.isConfirmed) confirmed.add(one.id);
  }
  return repeats;
}

function expectToldInOrder(heard: readonly Heard[], receiver: string, storms: number): void {
  for (let storm = 0; storm < storms; storm++) {
    const words = heard.filter((one) => one.receiver === receiver && one.stormKey === `storm${storm}`);
    const types = words.map(({ type }) => type);
    expect(types[0]).toBe("storm.opened");
    expect(types.at(-1)).toBe("storm.resolved");
    const firsts = words.filter((word, at) => words.findIndex(({ id }) => id === word.id) === at);
    expect(firsts.map(({ revision }) => revision)).toEqual(
      firsts.map(({ revision }) => revision).sort((a, b) => a - b),
    );
    // A word that is heard again is the one that was heard last: nothing older comes back.
    for (const [at, word] of words.entries()) {
      expect(word.revision).toBeGreaterThanOrEqual(words[at - 1]?.revision ?? 0);
      expect(word.id).toBe(`storm${storm}-${word.revision}`);
    }
  }
}

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed + 1);
const quiet = { kills: 12, storms: 8, spreadMs: 300_000, answerMsMax: 1_500, isFaulty: true };
/** So much at once that nearly every kill comes while something is out. */
const busy = { ...quiet, storms: 40, spreadMs: 30_000 };

describe("each receiver hears every storm's opened and resolved, in order, under the same ids", () => {
  test.each([
    ["quiet", quiet],
    ["busy", busy],
  ])("%s: faults and 12 kills, at most one repeat a kill and receiver", (_name, story) => {
    for (const seed of SEEDS) {
      const names = ["one", "two", "three"];
      const world = new World(
        { ...story, seed },
        names.map((name) => webhook(name)),
      );
      world.run();
      expect(world.kills).toBe(12);
      expect(world.doubtsMax, `seed ${seed}`).toBeLessThanOrEqual(1);
      for (const name of names) {
        expectToldInOrder(world.heard, name, story.storms);
        expect(repeatsAt(world.heard, name), `seed ${seed}`).toBeLessThanOrEqual(12);
      }
      expect(world.keysLeft()).toEqual([]);
      expect(world.broken).toEqual([]);
    }
  });

  test("receivers that answer slowly: at most as many repeats a kill as they are asked at once", () => {
    for (const seed of SEEDS) {
      const world = new World({ ...busy, seed, answerMsMax: 14_000 }, [webhook("slow")]);
      world.run();
      expectToldInOrder(world.heard, "slow", busy.storms);
      expect(world.doubtsMax).toBeLessThanOrEqual(webhook("slow").concurrent);
      expect(repeatsAt(world.heard, "slow")).toBeLessThanOrEqual(12 * webhook("slow").concurrent);
    }
  });

  test("without kills nothing that was answered is repeated, however slowly", () => {
    for (const seed of SEEDS) {
      const world = new World({ ...busy, seed, kills: 0, answerMsMax: 10_000 }, [webhook("one")]);
      world.run();
      expectToldInOrder(world.heard, "one", busy.storms);
      expect(repeatsAt(world.heard, "one")).toBe(0);
    }
  });

  test("kills do repeat: without faults, and much to say, most of them repeat one word", () => {
    const repeats = SEEDS.map((seed) => {
      const world = new World({ ...busy, seed, isFaulty: false }, [webhook("one")]);
      world.run();
      expect(world.doubtsMax).toBeLessThanOrEqual(1);
      return repeatsAt(world.heard, "one");
    });
    expect(repeats.reduce((a, b) => a + b, 0)).toBeGreaterThan(2 * SEEDS.length);
  });
});
