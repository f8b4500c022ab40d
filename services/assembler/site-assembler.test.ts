import { describe, expect, test } from "vitest";
import { AT, fragment } from "../../test/support/fragment.ts";
import { numbersOf } from "../../test/support/numbers.ts";
import { StateEntries } from "../../test/support/state-entries.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { defaultAssemblerSettings } from "./assembler-settings.ts";
import { type InputsRead, SiteAssembler } from "./site-assembler.ts";

const HOLD_MS = 300;
const HOLD_MAX_MS = 15_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;

class Run {
  readonly told: MailEvent[] = [];
  readonly assembler: SiteAssembler;
  private readonly state: ReturnType<SiteAssembler["keepState"]>;

  constructor(clockMs = 0, entries?: StateEntries) {
    this.assembler = new SiteAssembler({
      site: "test",
      settings: defaultAssemblerSettings,
      people: { name: (address) => address, allowSubject: true },
      holdMs: HOLD_MS,
      holdMaxMs: HOLD_MAX_MS,
      onEvent: (event) => void this.told.push(event),
    });
    this.state = this.assembler.keepState(clockMs);
    for (const [key, value] of [...(entries ?? [])].toReversed()) this.state.restore(key, value);
    if (entries !== undefined) this.state.restored();
  }

  flush(entries: StateEntries): void {
    entries.take((put) => {
      this.state.changes(put);
    });
  }
}

/** All inputs were read to their ends, and are at this event time. */
function come(toMs: number): InputsRead {
  return { hasRead: (at) => toMs >= at };
}

const complete = { acceptedAt: AT, nrcpt: 30, messageId: "1@x", sender: "ann@example.org" };

describe("the first word of a mail", () => {
  test("waits 300 ms by our clock", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment(complete), 1_000, 1_000);
    assembler.tellFresh(1_299, come(AT + DAY));
    expect(told).toEqual([]);
    assembler.tellFresh(1_300, come(AT + DAY));
    assembler.tellFresh(1_400, come(AT + DAY));
    expect(told.map(({ eventId, revision, recipients }) => [eventId !== "", revision, recipients])).toEqual([
      [true, 1, 30],
    ]);
    expect(assembler.counters.accepted).toBe(1);
  });

  test("holds what came through another partition meanwhile", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment(complete), 1_000, 1_000);
    assembler.take(fragment({ login: "ann", headers: { subject: "Hello" } }), 1_299, 1_299);
    assembler.revise();
    assembler.tellFresh(1_300, come(AT + DAY));
    assembler.revise();
    expect(told.map(({ revision, login, subject }) => [revision, login, subject])).toEqual([[1, "ann", "Hello"]]);
  });

  test("comes a moment after it is complete, whatever came first", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment({ acceptedAt: AT }), 1_000, 1_000);
    assembler.tellFresh(1_500, come(AT + DAY));
    assembler.take(fragment({ messageId: "1@x", sender: "ann@example.org" }), 2_000, 2_000);
    assembler.tellFresh(2_500, come(AT + DAY));
    assembler.take(fragment({ nrcpt: 30 }), 3_000, 3_000);
    assembler.tellFresh(3_299, come(AT + DAY));
    expect(told).toEqual([]);
    assembler.tellFresh(3_300, come(AT + DAY));
    expect(told).toHaveLength(1);
  });

  test("of a mail that is never complete does not come", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment({ acceptedAt: AT, nrcpt: 30 }), 1_000, 1_000);
    assembler.tellFresh(60_000, come(AT + DAY));
    assembler.revise();
    expect(told).toEqual([]);
  });

  test.each([-3_600_000, 3_600_000])("does not wait longer where our clock is set by %d ms", (byMs) => {
    const { assembler, told } = new Run();
    assembler.take(fragment(complete), 10_000_000, 10_000_000);
    assembler.tellFresh(10_000_000 + byMs, come(AT + DAY));
    expect(told).toHaveLength(1);
  });

  test("of one comes though another's must wait", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment({ ...complete, queueId: "A" }), 1_000, 1_000);
    assembler.take(fragment({ ...complete, queueId: "B" }), 1_200, 1_200);
    assembler.tellFresh(1_350, come(AT + DAY));
    expect(told.map(({ queueId }) => queueId)).toEqual(["A"]);
    assembler.tellFresh(1_500, come(AT + DAY));
    expect(told.map(({ queueId }) => queueId)).toEqual(["A", "B"]);
  });

  test("comes though the mail left its queue in event time that passed meanwhile, as in a backlog", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment({ ...complete, removedAt: AT + SECOND }), 1_000, 1_000);
    for (let day = 0; day < 5; day += 1) assembler.passTime(AT + day * DAY);
    assembler.tellFresh(1_300, come(AT + DAY));
    expect(told).toHaveLength(1);
  });
});

describe("a mail that some input has not come as far as", () => {
  test("waits for it", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment(complete), 1_000, 1_000);
    assembler.take(fragment({ ...complete, queueId: "B", acceptedAt: AT - 1 }), 1_000, 1_000);
    assembler.tellFresh(2_000, come(AT - 1));
    expect(told.map(({ queueId }) => queueId)).toEqual(["B"]);
    assembler.tellFresh(2_100, come(AT));
    expect(told).toHaveLength(2);
  });

  test("waits 15 s at most, counted from when it was complete", () => {
    const { assembler, told } = new Run();
    assembler.take(fragment({ acceptedAt: AT }), 1_000, 1_000);
    assembler.take(fragment({ ...complete }), 5_000, 5_000);
    assembler.tellFresh(19_999, come(Number.NEGATIVE_INFINITY));
    expect(told).toEqual([]);
    assembler.tellFresh(20_000, come(Number.NEGATIVE_INFINITY));
    expect(told).toHaveLength(1);
    expect(assembler.counters).toMatchObject({ accepted: 1, releasedEarly: 1 });
  });

  test("is asked for by its event time, and by when what completed it was written", () => {
    const { assembler } = new Run();
    const asked: number[][] = [];
    assembler.take(fragment({ acceptedAt: AT }), 1_000, 800);
    assembler.take(fragment(complete), 2_000, 1_700);
    assembler.tellFresh(2_299, { hasRead: () => expect.unreachable() });
    expect(assembler.heldFromMs).toBe(AT);
    assembler.tellFresh(2_300, { hasRead: (...given) => asked.push(given) > 0 });
    expect(asked).toEqual([[AT, 1_700]]);
    expect(assembler.heldFromMs).toBe(Number.POSITIVE_INFINITY);
    expect(assembler.counters.releasedEarly).toBe(0);
  });
});

test("what comes later is a revision, and nothing new is none", () => {
  const { assembler, told } = new Run();
  assembler.take(fragment(complete), 1_000, 1_000);
  assembler.tellFresh(1_300, come(AT + DAY));
  assembler.revise();
  assembler.take(fragment({ minutes: [{ start: AT, delivered: 7, deferred: 0, bounced: 0 }] }), 2_000, 2_000);
  assembler.tellFresh(9_000, come(AT + DAY));
  assembler.revise();
  assembler.revise();
  expect(told.map(({ revision, minutes }) => [revision, minutes.length])).toEqual([
    [1, 0],
    [2, 1],
  ]);
});

test("what is over two hours old is counted and dropped", () => {
  const { assembler } = new Run();
  assembler.passTime(AT + 121 * MINUTE);
  assembler.take(fragment(complete), 1_000, 1_000);
  expect([assembler.counters.expiredFragments, assembler.openMails]).toEqual([1, 0]);
});

test("after a restart those that were not told are, in a moment, and what was told is not again", () => {
  const entries = new StateEntries();
  const run = new Run();
  run.assembler.take(fragment({ ...complete, queueId: "A" }), 1_000, 1_000);
  run.assembler.tellFresh(1_300, come(AT + DAY));
  run.assembler.take(fragment({ ...complete, queueId: "B" }), 1_400, 1_400);
  run.flush(entries);
  const next = new Run(500_000, entries);
  next.assembler.tellFresh(500_299, come(AT + DAY));
  next.assembler.take(fragment({ queueId: "B", login: "ann" }), 500_299, 500_299);
  expect(next.told).toEqual([]);
  next.assembler.tellFresh(500_300, come(AT + DAY));
  next.assembler.revise();
  expect(next.told.map(({ queueId, revision, login }) => [queueId, revision, login])).toEqual([["B", 1, "ann"]]);
  expect(next.assembler.counters.accepted).toBe(2);
});

/** What a few mails might say at a time: accepted, on hold, delivered; removed, with what comes much later another life. */
function anyFragment(random: () => number, atMs: number, removedShare: number): MailFragment {
  const pick = <T>(first: T, ...others: readonly T[]): T =>
    others[Math.floor(random() * (others.length + 1)) - 1] ?? first;
  const maybe = <T>(share: number, value: () => T): T | undefined => (random() < share ? value() : undefined);
  const firstAt = atMs - Math.floor(random() * 20) * SECOND;
  const mail = Math.floor((atMs - AT) / (60 * SECOND)) * 5 + Math.floor(random() * 8);
  return fragment({
    host: pick("mx1", "mx2"),
    queueId: `Q${mail}`,
    firstAt,
    acceptedAt: maybe(0.5, () => firstAt),
    client: maybe(0.3, () => pick("192.0.2.1", "192.0.2.2")),
    sender: maybe(0.3, () => pick("", "ann@example.org")),
    nrcpt: maybe(0.5, () => pick(1, 3, 300)),
    messageId: maybe(0.6, () => `${mail}@x`),
    headers: maybe(0.2, () => ({ subject: pick("Hello", "Bye"), from: "Ann <ann@example.org>" })),
    origTo: maybe(0.1, () => [{ address: "all@example.org", seen: pick(0, 1, 20) }]),
    minutes: maybe(0.4, () => [
      { start: Math.floor(firstAt / MINUTE) * MINUTE, delivered: pick(0, 1, 40), deferred: pick(0, 1), bounced: 0 },
    ]),
    held: maybe(0.05, () => true),
    releasedAt: maybe(0.03, () => firstAt),
    removedAt: maybe(removedShare, () => firstAt),
  });
}

/** The last word on each mail but for how many there were; each mail's words are numbered one after the other. */
function lastWords(told: readonly MailEvent[]): Map<string, Omit<MailEvent, "revision">> {
  const revisions = new Map<string, number>();
  const words = new Map<string, Omit<MailEvent, "revision">>();
  for (const { revision, ...word } of told) {
    expect(revision).toBe((revisions.get(word.eventId) ?? 0) + 1);
    revisions.set(word.eventId, revision);
    words.set(word.eventId, word);
  }
  return words;
}

describe("an assembler that goes on from its state", () => {
  /** `waits`: nothing waits for its first word when it is stopped. Returns what was told by one never stopped and by those. */
  function twins(seed: number, waits: boolean): { unbroken: Run; broken: Run; told: MailEvent[] } {
    const random = numbersOf(seed);
    const unbroken = new Run();
    const entries = new StateEntries();
    const told: MailEvent[] = [];
    let broken = new Run();
    let atMs = AT;
    let clockMs = 0;
    const eachOf = (act: (assembler: SiteAssembler) => void): void => {
      act(unbroken.assembler);
      act(broken.assembler);
    };
    for (let turn = 0; turn < 500; turn += 1) {
      atMs += Math.floor(random() * 5) * SECOND;
      clockMs += 50 + Math.floor(random() * 200);
      const one = anyFragment(random, atMs, waits ? 0.1 : 0);
      // Merged in place: each has its own.
      eachOf((assembler) => assembler.take(structuredClone(one), clockMs, clockMs));
      const isStopped = random() < 0.15;
      if (waits && isStopped) clockMs += HOLD_MS;
      eachOf((assembler) => assembler.tellFresh(clockMs, come(AT + DAY)));
      if (random() < 0.2) eachOf((assembler) => assembler.revise());
      if (random() < 0.2) eachOf((assembler) => assembler.passTime(atMs - 30 * SECOND));
      broken.flush(entries);
      told.push(...broken.told.splice(0));
      if (isStopped) broken = new Run(clockMs, entries);
    }
    eachOf((assembler) => assembler.tellFresh(clockMs + SECOND, come(AT + DAY)));
    eachOf((assembler) => assembler.revise());
    told.push(...broken.told);
    return { unbroken, broken, told };
  }

  test.each([1, 2, 3, 4, 5, 6])("while nothing waits tells the very same, seed %i", (seed) => {
    const { unbroken, broken, told } = twins(seed, true);
    expect(told.length).toBeGreaterThan(50);
    expect(told).toEqual(unbroken.told);
    expect(broken.assembler.counters).toEqual(unbroken.assembler.counters);
    expect(broken.assembler.openMails).toBe(unbroken.assembler.openMails);
  });

  test.each([7, 8, 9, 10, 11, 12])("anywhere has the same last word on every mail, seed %i", (seed) => {
    const { unbroken, broken, told } = twins(seed, false);
    expect(lastWords(told)).toEqual(lastWords(unbroken.told));
    expect(lastWords(told).size).toBeGreaterThan(20);
    expect(broken.assembler.counters).toEqual(unbroken.assembler.counters);
    expect(broken.assembler.openMails).toBe(unbroken.assembler.openMails);
  });
});
