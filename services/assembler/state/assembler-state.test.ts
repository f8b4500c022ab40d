import { describe, expect, test } from "vitest";
import { AT, fragment } from "../../../test/support/fragment.ts";
import { numbersOf } from "../../../test/support/numbers.ts";
import { SlabWriter } from "../../../test/support/slab-of.ts";
import { StateEntries } from "../../../test/support/state-entries.ts";
import { encodeMailEvent } from "../../../shared/domain/mail-event-codec.ts";
import type { MailFragment } from "../../../shared/domain/mail-fragment.ts";
import { StateValueError } from "../../../shared/domain/state-value.ts";
import { type AssemblerSettings, defaultAssemblerSettings, eventSink } from "../assembler-settings.ts";
import { Assembler } from "../assembler.ts";
import type { AssemblerState } from "./assembler-state.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;

/** An assembler as live running has it, and all that it told. */
class Run {
  readonly told: string[] = [];
  readonly assembler: Assembler;
  readonly state: AssemblerState;
  private readonly writer = new SlabWriter();
  private readonly sink = eventSink((event) => void this.told.push(encodeMailEvent(event)));

  constructor(settings: Partial<AssemblerSettings> = {}) {
    const people = { name: (address: string) => address, allowSubject: true };
    const deps = { site: "test", hostNames: this.writer.hostNames, people };
    this.assembler = new Assembler({ ...defaultAssemblerSettings, ...settings }, deps);
    this.state = this.assembler.keepState();
  }

  static from(entries: StateEntries, settings: Partial<AssemblerSettings> = {}): Run {
    const run = new Run(settings);
    for (const [key, value] of [...entries].toReversed()) run.state.restore(key, value);
    run.state.restored();
    return run;
  }

  now(fragments: readonly MailFragment[], watermark: number): this {
    this.assembler.applyNow({ slab: this.writer.slabOf(fragments), events: [] }, watermark, this.sink);
    return this;
  }

  revise(): this {
    this.assembler.emitRevisions(this.sink);
    return this;
  }

  /** Time passes until no mail is open. */
  forget(fromMs: number): this {
    for (let day = 8; day < 400; day += 1) this.assembler.passTime(fromMs + day * DAY);
    return this;
  }
}

function flush(run: Run, entries: StateEntries): void {
  entries.take((put) => {
    run.state.changes(put);
  });
}

/** What a few queue ids might say: accepted, on hold, delivered, removed, and used again. */
function anyFragment(random: () => number, atMs: number): MailFragment {
  const pick = <T>(first: T, ...others: readonly T[]): T =>
    others[Math.floor(random() * (others.length + 1)) - 1] ?? first;
  const maybe = <T>(share: number, value: () => T): T | undefined => (random() < share ? value() : undefined);
  const firstAt = atMs - Math.floor(random() * 20) * SECOND;
  return fragment({
    host: pick("mx1", "mx2"),
    queueId: pick("A1", "B2", "C3", "D4", "E5"),
    firstAt,
    lastAt: firstAt,
    acceptedAt: maybe(0.5, () => firstAt),
    client: maybe(0.3, () => pick("192.0.2.1", "192.0.2.2")),
    sender: maybe(0.3, () => pick("", "ann@example.org")),
    login: maybe(0.1, () => "ann"),
    nrcpt: maybe(0.3, () => pick(1, 3, 300)),
    messageId: maybe(0.4, () => pick("", "1@x", "2@x", "gr\u00fc\u00df\u0000\u2028@x")),
    headers: maybe(0.2, () => ({
      subject: pick("Hello", 'a "quoted" \\ one', "=?utf-8?q?caf=c3=a9?="),
      from: "Ann <ann@example.org>",
    })),
    origTo: maybe(0.1, () => [{ address: pick("all@example.org", "some@example.org"), seen: pick(0, 1, 20) }]),
    expandedTo: maybe(0.1, () => ["list@example.org"]),
    handedOn: maybe(0.1, () => 1),
    expansions: maybe(0.1, () => [{ address: pick("g1@example.org", "g2@example.org"), members: pick(5, 50) }]),
    duplicateTo: maybe(0.05, () => ["twice@example.org"]),
    headerTo: maybe(0.1, () => "all@example.org"),
    minutes: maybe(0.4, () => [
      { start: Math.floor(firstAt / MINUTE) * MINUTE, delivered: pick(0, 1, 40), deferred: pick(0, 1), bounced: 0 },
    ]),
    held: maybe(0.05, () => true),
    releasedAt: maybe(0.03, () => firstAt),
    removedAt: maybe(0.15, () => firstAt),
  });
}

describe("an assembler that goes on from its entries does as one that was never stopped", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("whatever is said, seed %i", (seed) => {
    const random = numbersOf(seed);
    const settings = seed % 2 === 0 ? { openMailsMax: 6, removedKeptMs: 10_000, settledKeptMs: 30_000 } : {};
    const unkilled = new Run(settings);
    let run = new Run(settings);
    const entries = new StateEntries();
    let atMs = AT;
    for (let turn = 0; turn < 600; turn += 1) {
      atMs += Math.floor(random() * 5) * SECOND;
      const fragments = Array.from({ length: Math.floor(random() * 4) }, () => anyFragment(random, atMs));
      const isRevised = random() < 0.3;
      for (const one of [unkilled, run]) {
        // Merged in place: each has its own.
        if (fragments.length > 0) one.now(structuredClone(fragments), atMs - 30 * SECOND);
        if (isRevised) one.revise();
      }
      flush(run, entries);
      expect(run.told.splice(0)).toEqual(unkilled.told.splice(0));
      expect(run.assembler.counters).toEqual(unkilled.assembler.counters);
      expect(run.assembler.openMails).toBe(unkilled.assembler.openMails);
      if (random() < 0.2) run = Run.from(entries, settings);
    }
    run.revise().forget(atMs);
    for (let flushes = 0; flushes < 50; flushes += 1) flush(run, entries);
    expect(run.assembler.openMails).toBe(0);
    expect([...entries.keys()]).toEqual(["mail/table"]);
  });
});

/** Mails that stay in the queue. */
function queued(count: number): MailFragment[] {
  return Array.from({ length: count }, (_, mail) =>
    fragment({ queueId: `Q${mail}`, acceptedAt: AT, nrcpt: 5, messageId: `${mail}@x`, sender: "ann@example.org" }),
  );
}

test("minutes that are only summed are known again", () => {
  const minute = (at: number, deferred: number): MailFragment =>
    fragment({
      queueId: "Q0",
      firstAt: AT + at * MINUTE,
      minutes: [{ start: AT + at * MINUTE, delivered: 0, deferred, bounced: 0 }],
    });
  const unkilled = new Run().now(queued(1), AT);
  for (let at = 0; at < 200; at += 1) unkilled.now([minute(at, 2)], AT + at * MINUTE);
  const entries = new StateEntries();
  flush(unkilled.revise(), entries);
  const run = Run.from(entries);
  unkilled.told.length = 0;
  for (const one of [unkilled, run]) one.now([minute(200, 1)], AT).revise();
  expect(run.told).toEqual(unkilled.told);
  expect(run.told.join("")).toContain('"earlier":{"delivered":0,"deferred":162,"bounced":0}');
});

describe("entries", () => {
  test("of many mails are few", () => {
    const run = new Run().now(queued(2_000), AT);
    const entries = new StateEntries();
    flush(run, entries);
    expect(entries.size).toBeLessThan(12);
    expect(Run.from(entries).assembler.openMails).toBe(2_000);
  });

  test("are told once: a flush without a change tells nothing", () => {
    const run = new Run().now(queued(3), AT);
    const entries = new StateEntries();
    flush(run, entries);
    const keys: string[] = [];
    run.state.changes((key) => void keys.push(key));
    expect(keys).toEqual([]);
  });

  test("are bounded by what is open, however often it changes", () => {
    const run = new Run().now(queued(20), AT);
    const entries = new StateEntries();
    for (let turn = 1; turn < 3_000; turn += 1) {
      const minutes = [{ start: AT + turn * MINUTE, delivered: 0, deferred: 1, bounced: 0 }];
      const firstAt = AT + turn * MINUTE;
      run.now([fragment({ queueId: `Q${turn % 20}`, firstAt, lastAt: firstAt, minutes })], firstAt);
      flush(run, entries);
    }
    const bytes = [...entries.values()].reduce((sum, { length }) => sum + length, 0);
    expect(entries.size).toBeLessThan(600);
    expect(bytes).toBeLessThan(2_000_000);
    expect(Run.from(entries).assembler.openMails).toBe(20);
  });

  test("are bounded by what is open when a backlog is read in large flushes", () => {
    const run = new Run();
    const entries = new StateEntries();
    let bytes = 0;
    for (let turn = 0; turn < 12; turn += 1) {
      const at = AT + turn * 10 * MINUTE;
      const mails = Array.from({ length: 40_000 }, (_, mail) =>
        fragment({
          queueId: `Q${mail}`,
          firstAt: at,
          lastAt: at,
          acceptedAt: at,
          messageId: `${turn}.${mail}@x`,
          nrcpt: 1,
          removedAt: at,
        }),
      );
      run.now(mails, at).revise();
      flush(run, entries);
      run.assembler.passTime(at + 5 * MINUTE);
      flush(run, entries);
      bytes = [...entries].reduce((sum, [, value]) => sum + value.length, 0);
      expect(run.assembler.openMails).toBeLessThanOrEqual(40_000);
    }
    // A row of these takes some 150 bytes; what was open an hour ago is gone.
    expect(bytes).toBeLessThan(40_000 * 600);
  });

  test("a mail that is larger than one is split, and comes back whole", () => {
    const long = (name: string): string => `${name}${"x".repeat(300)}@example.org`;
    const large = fragment({
      acceptedAt: AT,
      nrcpt: 10,
      messageId: "1@x",
      // Control characters and halves of pairs take the most room as JSON.
      headers: { subject: "\u0001\ud83d\ude00\ud83d".repeat(15_000), from: "Ann <ann@example.org>" },
      expansions: Array.from({ length: 256 }, (_, group) => ({ address: long(`g${group}`), members: 30 })),
      duplicateTo: Array.from({ length: 1024 }, (_, person) => long(`p${person}`)),
      minutes: Array.from({ length: 120 }, (_, minute) => ({
        start: AT + minute * MINUTE,
        delivered: 1,
        deferred: 0,
        bounced: 0,
      })),
    });
    const more = [
      fragment({ firstAt: AT, acceptedAt: AT, minutes: [{ start: AT, delivered: 7, deferred: 0, bounced: 0 }] }),
    ];
    const unkilled = new Run();
    const killed = new Run();
    const entries = new StateEntries();
    for (const run of [unkilled, killed]) run.now(structuredClone([large]), AT);
    flush(killed, entries);
    expect(entries.size).toBeGreaterThan(5);
    const run = Run.from(entries);
    unkilled.told.length = 0;
    for (const one of [unkilled, run]) one.now(structuredClone(more), AT).revise();
    expect(run.told).toEqual(unkilled.told);
    // Written anew, and given up.
    flush(run, entries);
    run.forget(AT);
    for (let flushes = 0; flushes < 20; flushes += 1) flush(run, entries);
    expect([...entries.keys()]).toEqual(["mail/table"]);
  });

  test("of a first start: there are none", () => {
    const run = Run.from(new StateEntries());
    run.now(queued(1), AT);
    expect(run.told).toHaveLength(1);
  });
});

describe("a value that cannot be read is refused by its key", () => {
  const entries = new StateEntries();
  flush(new Run().now(queued(5), AT), entries);
  const rows = "mail/rows/1";
  const text = entries.get(rows)?.toString("utf8") ?? "";
  const table = entries.get("mail/table")?.toString("utf8") ?? "";

  test.each<[string, string, string, string]>([
    ["rows of another version", rows, text.replace('{"v":1}', '{"v":2}'), "unknown-version"],
    ["rows without a head", rows, text.slice(8), "not-json"],
    ["rows that end early", rows, text.slice(0, -20), "not-json"],
    ["a row that is no JSON", rows, text.replace('["m",2', '["m",2,,'), "not-json"],
    ["a row of another kind", rows, text.replace('["m",2', '["z",2'), "wrong-type"],
    ["a row without its number", rows, text.replace('["m",2', '["m","2"'), "wrong-type"],
    ["numbers that are too few", rows, text.replace('["m",2,[', '["m",2,[],['), "wrong-type"],
    ["a text that is a number", rows, text.replace('"queueId":"Q1"', '"queueId":1'), "wrong-type"],
    ["a text that is missing", rows, text.replace('"queueId":"Q1",', ""), "missing-field"],
    ["a table of another version", "mail/table", table.replace('"v":1', '"v":2'), "unknown-version"],
    ["a table that is cut", "mail/table", table.slice(0, -1), "not-json"],
    ["a table without a count", "mail/table", table.replace('"lastId":5,', ""), "missing-field"],
  ])("%s", (_name, key, value, reason) => {
    const run = new Run();
    const others = [...entries].filter(([known]) => known !== key);
    const read = (): void => {
      for (const [known, other] of others) run.state.restore(known, other);
      run.state.restore(key, Buffer.from(value));
      run.state.restored();
    };
    expect(read).toThrow(StateValueError);
    expect(read).toThrow(expect.objectContaining({ key, reason }));
  });

  test("rows that are missing between others", () => {
    const run = new Run();
    run.state.restore("mail/table", Buffer.from(table));
    for (const seq of [1, 2, 4]) run.state.restore(`mail/rows/${seq}`, Buffer.from(text));
    expect(() => {
      run.state.restored();
    }).toThrow(expect.objectContaining({ key: "mail/rows/3", reason: "missing-field" }));
  });

  test("rows without their table", () => {
    const run = new Run();
    run.state.restore(rows, Buffer.from(text));
    expect(() => {
      run.state.restored();
    }).toThrow(expect.objectContaining({ name: "StateValueError", key: "mail/table", reason: "missing-field" }));
  });
});

test("what a newer squall kept beside is let go of, and its fields are passed over", () => {
  const entries = new StateEntries();
  flush(new Run().now(queued(5), AT), entries);
  const run = new Run();
  for (const [key, value] of entries) {
    const text = value
      .toString()
      .replace('"queueId":"Q1"', '"queueId":"Q1","x":1')
      .replace('"lastId":', '"y":1,"lastId":');
    run.state.restore(key, Buffer.from(text));
  }
  run.state.restore("mail/rows/x", Buffer.from("new"));
  run.state.restored();
  const told = new Map<string, Buffer | undefined>();
  run.state.changes((key, value) => void told.set(key, value));
  expect(told.has("mail/rows/x")).toBe(true);
  expect(told.get("mail/rows/x")).toBeUndefined();
  expect([...told.keys()].filter((key) => key.startsWith("mail/rows/"))).toEqual(["mail/rows/x"]);
});
