import { describe, expect, test } from "vitest";
import { writtenLog } from "../../../test/e2e/postfix-writer.ts";
import { StateEntries } from "../../../test/support/state-entries.ts";
import { defaultDetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { encodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { defaultAssemblerSettings } from "../../assembler/assembler-settings.ts";
import { InputEntry } from "../../ingest/state/input-entry.ts";
import { HostTable } from "../../ingest/host-table.ts";
import { Ingest } from "../../ingest/ingest.ts";
import { LivePipeline } from "./live-pipeline.ts";
import type { LiveState } from "./live-state.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 24, 12);
const LIST = "all@example.org";

interface Input {
  readonly ingest: Ingest;
  isCaughtUp: boolean;
}

/** Live running by a clock that is moved by hand. */
class Live {
  readonly alerts: StormAlert[] = [];
  readonly pipeline: LivePipeline;
  readonly inputs: Input[] = [];
  readonly hosts: HostTable;
  nowMs = NOON;
  private state: LiveState | undefined;

  constructor(hostsMax = 100) {
    this.hosts = new HostTable({ hostsMax, hashSeed: 17 });
    this.pipeline = new LivePipeline({
      site: "test",
      hosts: this.hosts,
      assembler: defaultAssemblerSettings,
      detector: defaultDetectorSettings,
      people: { name: (address) => address, allowSubject: true },
      onAlert: (alert) => void this.alerts.push(alert),
      onWindow: () => undefined,
    });
  }

  input(): Input {
    const { table } = this.pipeline.stages;
    const ingest = new Ingest({
      site: "test",
      format: "auto",
      lineBytesMax: 65_536,
      year: undefined,
      toUtc: (civilMs) => civilMs,
      allowedLatenessMs: defaultDetectorSettings.allowedLatenessMs,
      hashSeed: 17,
      listServers: new Set(),
      table,
      hosts: this.hosts,
      onEvent: (event) => {
        table.addEvent(event);
      },
      onRejected: () => undefined,
    });
    const input: Input = { ingest, isCaughtUp: false };
    this.inputs.push(input);
    return input;
  }

  keepState(): void {
    this.state = this.pipeline.keepState();
  }

  /** Another process that goes on from the entries, with the detector of this one. */
  successor(entries: StateEntries): Live {
    const other = new Live();
    other.keepState();
    Object.assign(other.pipeline.stages, { detector: this.pipeline.stages.detector });
    other.nowMs = this.nowMs;
    entries.take((put) => this.state?.changes(put));
    for (const [key, value] of entries) other.state?.restore(key, value);
    other.state?.restored();
    this.inputs.forEach(({ ingest, isCaughtUp }, index) => {
      const input = other.input();
      input.isCaughtUp = isCaughtUp;
      new InputEntry(`log${index}`, ingest).changes((_key, value) => {
        if (value !== undefined) new InputEntry(`log${index}`, input.ingest).restore(value);
      }, undefined);
    });
    return other;
  }

  /** One turn: lines that are there now. */
  read(input: Input, lines: readonly string[]): this {
    input.isCaughtUp = false;
    input.ingest.feed(Buffer.from(lines.map((line) => `${line}\n`).join("")), this.nowMs);
    return this.turn();
  }

  turn(): this {
    this.pipeline.advance(this.nowMs, this.inputs);
    return this;
  }

  /** Nothing more is there, and our clock goes on, a turn a second. */
  wait(ms: number): this {
    for (const input of this.inputs) input.isCaughtUp = true;
    for (const until = this.nowMs + ms; this.nowMs < until;) {
      this.nowMs = Math.min(until, this.nowMs + SECOND);
      this.turn();
    }
    return this;
  }

  /** Lines that are written `delayMs` after their stamps, and read as they come. */
  follow(input: Input, lines: readonly string[], delayMs = 0): this {
    for (const line of lines) {
      const writtenAt = Date.parse(line.slice(0, line.indexOf(" "))) + delayMs;
      if (writtenAt > this.nowMs) this.wait(writtenAt - this.nowMs);
      this.read(input, [line]);
    }
    return this;
  }

  types(): string[] {
    return this.alerts.map(({ type }) => type);
  }
}

/** A mail to all and four answers within as many minutes, by other people each. `name`: one hexadecimal digit. */
function storm(fromMs: number, name = "a", list = LIST): string[] {
  const lines = writtenLog(
    Array.from({ length: 5 }, (_, n) => ({
      at: fromMs + n * 45 * SECOND,
      messageId: `${name}${n}@example.org`,
      login: `${name}${n}@example.org`,
      list,
      audience: 3_000,
      headers: n === 0 ? { Subject: "Hello" } : { Subject: "Re: Hello", References: `<${name}0@example.org>` },
    })),
  );
  // Queue ids of their own, beside those of other mail.
  return lines.map((line) => line.replace(/\]: ([0-9A-F]+): /, `]: ${name.toUpperCase()}$1: `));
}

/** Mails of one person to another. */
function ordinary(fromMs: number, count: number, everyMs: number): string[] {
  return writtenLog(
    Array.from({ length: count }, (_, n) => ({
      at: fromMs + n * everyMs,
      messageId: `${fromMs}.${n}@example.org`,
      login: `person${n % 9}@example.org`,
      list: `person${n % 7}@example.org`,
      audience: 1,
      deliveries: 1,
    })),
  );
}

/** The same lines by another clock. */
function stamped(lines: readonly string[], byMs: number, host = "mx1"): string[] {
  return lines.map((line) => {
    const end = line.indexOf(" ");
    return `${new Date(Date.parse(line.slice(0, end)) + byMs).toISOString()}${line.slice(end).replace(" mx1 ", ` ${host} `)}`;
  });
}

function openedOf(alerts: readonly StormAlert[]): StormAlert {
  const opened = alerts.find(({ type }) => type === "storm.opened");
  if (opened === undefined) throw new Error("no storm was opened");
  return opened;
}

describe("a log that falls silent", () => {
  test("lets its storm end by our clock", () => {
    const live = new Live();
    const log = live.input();
    live.follow(log, [...ordinary(NOON, 20, 6 * SECOND), ...storm(NOON + 2 * MINUTE)]);
    expect(live.types()).toContain("storm.opened");
    live.wait(25 * MINUTE);
    expect(live.types()).not.toContain("storm.resolved");
    live.wait(10 * MINUTE);
    expect(live.types().at(-1)).toBe("storm.resolved");
    expect(live.alerts.at(-1)?.resolvedAt).toBeLessThan(live.nowMs);
  });

  test.each([-8, 2])("also where its stamps are %i hours from our clock, for want of a zone", (hours) => {
    const live = new Live();
    const log = live.input();
    const lines = stamped([...ordinary(NOON, 20, 6 * SECOND), ...storm(NOON + 2 * MINUTE)], hours * HOUR);
    live.follow(log, lines, -hours * HOUR).wait(40 * MINUTE);
    expect(live.types().at(-1)).toBe("storm.resolved");
    // Stamps that are to come are not believed.
    const offBy = hours < 0 ? hours * HOUR : 0;
    expect(Math.abs(openedOf(live.alerts).detectedAt - offBy - NOON)).toBeLessThan(8 * MINUTE);
    expect(log.ingest.clocks.stampsAhead).toBe(hours < 0 ? 0 : lines.length);
  });

  test("forgets what is over, though no line comes", () => {
    const live = new Live();
    live.follow(live.input(), ordinary(NOON, 200, SECOND));
    expect(live.pipeline.stages.assembler.openMails).toBeGreaterThan(100);
    live.wait(2 * HOUR);
    expect(live.pipeline.stages.assembler.openMails).toBe(0);
  });
});

describe("a backlog, read after a long stop", () => {
  const stoppedAt = NOON - 10 * HOUR;
  const backlog = [...ordinary(stoppedAt, 600, MINUTE), ...storm(NOON - 6 * HOUR)].toSorted();

  test("has its alerts at once, by event time, and time passes when it has been read", () => {
    const live = new Live();
    const log = live.input();
    for (let at = 0; at < backlog.length; at += 200) {
      live.read(log, backlog.slice(at, at + 200));
      live.nowMs += 20;
    }
    expect(live.types()).toContain("storm.opened");
    expect(Math.abs(openedOf(live.alerts).detectedAt - (NOON - 6 * HOUR))).toBeLessThan(4 * MINUTE);
    expect(live.types()).toContain("storm.resolved");
    expect(live.pipeline.stages.assembler.counters).toMatchObject({ expiredFragments: 0, incomplete: 0 });
  });

  test("of one of two inputs: the other's time does not pass over it", () => {
    const live = new Live();
    const behind = live.input();
    const now = live.input();
    live.read(now, stamped(ordinary(NOON - 5 * MINUTE, 5, MINUTE), 0, "mx2"));
    for (let at = 0; at < backlog.length; at += 200) {
      live.read(behind, backlog.slice(at, at + 200));
      live.nowMs += SECOND;
      now.isCaughtUp = true;
    }
    expect(openedOf(live.alerts).detectedAt).toBeLessThan(NOON - 5 * HOUR);
    expect(live.pipeline.stages.assembler.counters.expiredFragments).toBe(0);
  });
});

describe("several inputs", () => {
  test("one that comes ten minutes late keeps its storm open for as long as it goes on", () => {
    const live = new Live();
    const prompt = live.input();
    const late = live.input();
    const answers = storm(NOON, "b");
    const more = writtenLog([
      {
        at: NOON + 27 * MINUTE,
        messageId: "b9@example.org",
        login: "b9@example.org",
        list: LIST,
        audience: 3_000,
        headers: { Subject: "Re: Hello", References: "<b0@example.org>" },
      },
    ]);
    const lines = [
      ...stamped(ordinary(NOON, 100, 30 * SECOND), 0, "mx2").map((line) => ({ line, input: prompt, delayMs: 0 })),
      ...[...answers, ...more].map((line) => ({ line, input: late, delayMs: 10 * MINUTE })),
    ];
    const writtenAt = ({ line, delayMs }: (typeof lines)[number]): number => Date.parse(line.slice(0, 24)) + delayMs;
    for (const { line, input, delayMs } of lines.toSorted((a, b) => writtenAt(a) - writtenAt(b))) {
      live.follow(input, [line], delayMs);
      for (const one of live.inputs) one.isCaughtUp = true;
    }
    const until = live.types();
    expect(until).toContain("storm.opened");
    expect(until).not.toContain("storm.resolved");
    live.wait(45 * MINUTE);
    expect(live.types().at(-1)).toBe("storm.resolved");
  });

  test("one that never says anything holds up nothing", () => {
    const live = new Live();
    live.input();
    live.follow(live.input(), [...ordinary(NOON, 20, 6 * SECOND), ...storm(NOON + 2 * MINUTE)]).wait(40 * MINUTE);
    expect(live.types().at(-1)).toBe("storm.resolved");
  });
});

describe("a clock that is wrong", () => {
  test("of one host, days ahead: its storm is dated by when it came, and hides nobody's", () => {
    const live = new Live();
    const log = live.input();
    const mixed = [...ordinary(NOON, 30, 4 * SECOND), ...storm(NOON + 2 * MINUTE)];
    live.follow(log, mixed);
    for (const line of storm(NOON + 6 * MINUTE, "b", "board@example.org")) {
      live.wait(Math.max(0, Date.parse(line.slice(0, 24)) - live.nowMs));
      live.read(log, stamped([line], 3 * DAY, "mx2"));
    }
    live.follow(log, storm(NOON + 12 * MINUTE, "c", "crew@example.org"));
    const opened = live.alerts.filter(({ type }) => type === "storm.opened");
    expect(opened.map(({ list }) => list)).toEqual([LIST, "board@example.org", "crew@example.org"]);
    for (const { detectedAt } of opened) expect(Math.abs(detectedAt - NOON)).toBeLessThan(16 * MINUTE);
    expect(log.ingest.clocks.stampsAhead).toBeGreaterThan(10);
  });

  test("of one host, hours behind: its storm is seen all the same, dated by ours", () => {
    const live = new Live();
    const log = live.input();
    const right = ordinary(NOON, 100, 4 * SECOND);
    const slow = [...ordinary(NOON, 10, 5 * SECOND), ...storm(NOON + 2 * MINUTE)];
    const lines = [
      ...right.map((line) => ({ line, byMs: 0, host: "mx2" })),
      ...slow.map((line) => ({ line, byMs: -5 * HOUR, host: "mx1" })),
    ].toSorted((a, b) => (a.line < b.line ? -1 : 1));
    for (const { line, byMs, host } of lines) {
      live.wait(Math.max(0, Date.parse(line.slice(0, 24)) - live.nowMs));
      live.read(log, stamped([line], byMs, host));
    }
    expect(Math.abs(openedOf(live.alerts).detectedAt - NOON)).toBeLessThan(8 * MINUTE);
    expect(log.ingest.clocks.stampsBehind).toBeGreaterThan(10);
  });

  test("of the log, set back by hours while ours is right: the same", () => {
    const live = new Live();
    const log = live.input();
    live.follow(log, ordinary(NOON, 30, 4 * SECOND));
    const back = [...ordinary(NOON + 3 * MINUTE, 10, 5 * SECOND), ...storm(NOON + 5 * MINUTE)];
    for (const line of back) {
      live.wait(Math.max(0, Date.parse(line.slice(0, 24)) - live.nowMs));
      live.read(log, stamped([line], -3 * HOUR));
    }
    expect(Math.abs(openedOf(live.alerts).detectedAt - NOON)).toBeLessThan(10 * MINUTE);
  });

  test.each([3 * HOUR, 3_650 * DAY])(
    "of ours and the log's, %i ms ahead and then put right: no storm is hidden until time catches up",
    (aheadMs) => {
      const live = new Live();
      const log = live.input();
      live.nowMs += aheadMs;
      live.follow(log, [
        ...ordinary(live.nowMs, 30, 4 * SECOND),
        ...storm(live.nowMs + 2 * MINUTE, "b", "board@example.org"),
      ]);
      live.nowMs = NOON + 10 * MINUTE;
      live.follow(log, [...ordinary(live.nowMs, 10, SECOND), ...storm(live.nowMs + MINUTE)]);
      // What was open by the wrong time has ended; what comes now is dated by the right one.
      expect(live.types()).toEqual(expect.arrayContaining(["storm.opened", "storm.resolved", "storm.opened"]));
      const after = live.alerts.filter(({ type, list }) => type === "storm.opened" && list === LIST);
      expect(after).toHaveLength(1);
      expect(Math.abs(openedOf(after).detectedAt - NOON)).toBeLessThan(20 * MINUTE);
      live.wait(40 * MINUTE);
      expect(live.alerts.at(-1)).toMatchObject({ type: "storm.resolved", list: LIST });
      // Nor is a mail kept until then.
      live.nowMs += 7 * DAY;
      live.wait(5 * SECOND);
      expect(live.pipeline.stages.assembler.openMails).toBe(0);
    },
  );

  test("of ours alone, set back: the log goes on as it did", () => {
    const live = new Live();
    const log = live.input();
    live.nowMs += 3 * HOUR;
    live.follow(log, ordinary(NOON, 30, 4 * SECOND), 3 * HOUR);
    live.nowMs -= 3 * HOUR;
    live.follow(log, storm(NOON + 3 * MINUTE)).wait(40 * MINUTE);
    expect(live.types().at(-1)).toBe("storm.resolved");
    expect(live.alerts.filter(({ type }) => type === "storm.opened")).toHaveLength(1);
  });
});

test.each([0, 20, 60, 90, 140])(
  "killed behind line %i of a storm and taken up from its entries, it says what it would have said",
  (kill) => {
    const lines = [...ordinary(NOON, 20, 6 * SECOND), ...storm(NOON + 2 * MINUTE)];
    const entries = new StateEntries();
    const heard = [-1, kill].map((killAt) => {
      const first = new Live();
      first.keepState();
      const before = first.follow(first.input(), lines.slice(0, killAt < 0 ? 0 : killAt));
      const live = killAt < 0 ? before : before.successor(entries);
      const [log = live.input()] = live.inputs;
      live.follow(log, lines.slice(Math.max(0, killAt))).wait(40 * MINUTE);
      return [...(live === before ? [] : before.alerts), ...live.alerts].map((alert) => encodeStormAlert(alert));
    });
    expect(heard[0]?.at(-1)).toContain("storm.resolved");
    expect(heard[1]).toEqual(heard[0]);
  },
);

test("a quarter of a year of quiet traffic leaves nothing behind", () => {
  const live = new Live(10);
  const log = live.input();
  let rejected = 0;
  for (let day = 0; day < 90; day += 1) {
    // Machines that come under a new name every day.
    const lines = stamped(ordinary(NOON + day * DAY, 12, 2 * HOUR), 0, `pod-${day}`);
    for (const line of lines) {
      live.nowMs = Math.max(live.nowMs, Date.parse(line.slice(0, 24)));
      live.read(log, [line]);
      log.isCaughtUp = true;
      live.nowMs += SECOND;
      live.turn();
    }
    rejected = [...log.ingest.counters.rejected.values()].reduce((a, b) => a + b, 0);
  }
  expect(rejected).toBe(0);
  expect(live.hosts.size).toBeLessThanOrEqual(10);
  expect(live.pipeline.stages.table.hostNames.length).toBeLessThanOrEqual(10);
  expect(live.pipeline.stages.assembler.openMails).toBeLessThan(60);
  expect(live.pipeline.stages.assembler.counters).toMatchObject({
    incomplete: 0,
    evictedForRoom: 0,
    expiredFragments: 0,
  });
});

test("how far mails lay behind the stream time when they came is counted, each once", () => {
  const live = new Live();
  const [near, far] = [live.input(), live.input()];
  const { lateness } = live.pipeline;
  const within = (seconds: number): number => lateness.counts[lateness.bounds.indexOf(seconds)] ?? 0;
  live.follow(near, ordinary(NOON, 20, 6 * SECOND));
  expect({ count: lateness.count, within: within(0.05) }).toEqual({ count: 20, within: 20 });
  // Of another server, whose log is 90 s behind.
  live.read(far, ordinary(live.nowMs - 90 * SECOND, 3, SECOND));
  expect({ count: lateness.count, within: within(120) }).toEqual({ count: 23, within: 3 });
  live.wait(10 * MINUTE);
  expect(lateness.count).toBe(23);
});
