import { describe, expect, test } from "vitest";
import { FIELDS_2010, FIELDS_2016, rowText } from "../../../test/support/exchange-log.ts";
import { fragmentsOf } from "../../../test/support/slab-of.ts";
import { StateEntries } from "../../../test/support/state-entries.ts";
import { StateValueError } from "../../../shared/domain/state-value.ts";
import { FragmentTable } from "../combine.ts";
import { HostTable } from "../host-table.ts";
import { Ingest, type IngestOptions } from "../ingest.ts";
import { zoneToUtc } from "../time-zone.ts";
import { InputEntry } from "./input-entry.ts";

const NOON = Date.UTC(2026, 10, 24, 12);

/** The reader of an input, and what it made of it. */
class Reader {
  readonly table = new FragmentTable();
  readonly rejected: string[] = [];
  readonly ingest: Ingest;
  readonly entry: InputEntry;

  constructor(options: Partial<IngestOptions> = {}) {
    const { table } = this;
    this.ingest = new Ingest({
      site: "test",
      format: "auto",
      lineBytesMax: 1_000,
      year: undefined,
      toUtc: zoneToUtc("UTC"),
      allowedLatenessMs: 30_000,
      hashSeed: 17,
      listServers: new Set(),
      table,
      hosts: new HostTable({ hostsMax: 100, hashSeed: 17 }),
      onEvent: (event) => {
        table.addEvent(event);
      },
      onRejected: (reason, bytes, line) => void this.rejected.push(`${line} ${reason} ${bytes.toString("latin1")}`),
      ...options,
    });
    this.entry = new InputEntry("log", this.ingest);
  }

  feed(text: string, nowMs = NOON): this {
    this.ingest.feed(Buffer.from(text, "latin1"), nowMs);
    return this;
  }

  /** "queue id time" of all that was told since. */
  told(): string[] {
    const told: string[] = [];
    this.table.drain(Number.POSITIVE_INFINITY, ({ slab, events }) => {
      for (const { queueId, firstAt } of fragmentsOf(slab, { site: "test", hostNames: this.table.hostNames })) {
        told.push(`${queueId} ${new Date(firstAt).toISOString()}`);
      }
      for (const { messageId, at } of events) told.push(`${messageId} ${new Date(at).toISOString()}`);
    });
    return told;
  }

  /** Another reader, that goes on behind what this one has read. */
  successor(options: Partial<IngestOptions> = {}): Reader {
    const entries = new StateEntries();
    entries.take((put) => {
      new InputEntry("log", this.ingest).changes(put, { offset: 7 });
    });
    const other = new Reader({ hashSeed: 99, ...options });
    const value = entries.get("input/log");
    const position = value === undefined ? undefined : other.entry.restore(value);
    if (JSON.stringify(position) !== '{"offset":7}') throw new Error("the position is lost");
    return other;
  }
}

const removed = (stamp: string, id: string): string => `${stamp} mx postfix/qmgr[1]: ${id}: removed\n`;

describe("a reader that goes on from its entry reads what comes as one that was never stopped", () => {
  test("the year of stamps that name none", () => {
    const reader = new Reader({ year: 2019 }).feed(removed("Dec 31 23:59:59", "AAAAA1"), Number.NaN);
    const before = Array.from({ length: 1_000 }, () => removed("Dec 31 23:59:59", "AAAAA1")).join("");
    reader.feed(before, Number.NaN).told();
    const other = reader.successor();
    expect(other.feed(removed("Jan  1 00:00:01", "AAAAA2"), Number.NaN).told()).toEqual([
      "AAAAA2 2020-01-01T00:00:01.000Z",
    ]);
  });

  test.each([
    ["2026-11-24T12:00:00.000Z", "Dec 31 23:59:59", "2025-12-31T23:59:59.000Z"],
    ["2026-11-24T12:00:00.000Z", "Nov 24 11:59:59", "2026-11-24T11:59:59.000Z"],
    ["2027-01-02T00:00:00.000Z", "Dec 30 11:00:00", "2026-12-30T11:00:00.000Z"],
    ["2028-03-01T00:00:00.000Z", "Feb 29 11:00:00", "2028-02-29T11:00:00.000Z"],
  ])("which at %s, before the first line, is the latest that is not to come: %s", (now, stamp, expected) => {
    expect(new Reader().feed(removed(stamp, "AAAAA1"), Date.parse(now)).told()).toEqual([`AAAAA1 ${expected}`]);
  });

  test("which of two hours that bear one name it is", () => {
    const toUtc = zoneToUtc("Europe/Berlin");
    const nowMs = Date.UTC(2026, 9, 25, 1, 10);
    const reader = new Reader({ toUtc })
      .feed(removed("Oct 25 02:59:59", "AAAAA1"), nowMs)
      .feed(removed("Oct 25 02:05:00", "AAAAA2"), nowMs);
    expect(reader.told()).toEqual(["AAAAA1 2026-10-25T00:59:59.000Z", "AAAAA2 2026-10-25T01:05:00.000Z"]);
    // The same stamp again is the same time, and a later one of the same hour.
    const line = removed("Oct 25 02:05:00", "AAAAA3") + removed("Oct 25 02:06:00", "AAAAA4");
    const other = reader.successor({ toUtc });
    expect(other.feed(line, nowMs).told()).toEqual(reader.feed(line, nowMs).told());
  });

  test("a leap that is not decided", () => {
    const hours = (count: number, ms = 0): string => new Date(NOON + count * 3_600_000 + ms).toISOString();
    const lines = Array.from({ length: 1_100 }, (_, n) => removed(hours(-90, n), "AAAAA1")).join("");
    const reader = new Reader().feed(lines).feed(removed(hours(-50), "AAAAA2"));
    const other = reader.successor();
    expect(other.ingest.streamTime.latest).toBe(NOON - 50 * 3_600_000);
    for (const one of [reader, other]) one.feed(removed(hours(-90, 2_000), "AAAAA3"));
    expect(other.ingest.streamTime.state()).toEqual(reader.ingest.streamTime.state());
    expect(other.ingest.streamTime.latest).toBe(NOON - 90 * 3_600_000 + 2_000);
  });

  test.each([FIELDS_2016, FIELDS_2010, FIELDS_2016.split(",").toReversed().join(",")])(
    "the columns of Exchange",
    (fields) => {
      const values = {
        "client-hostname": "EX01",
        "server-hostname": "EX01",
        source: "STOREDRIVER",
        "event-id": "RECEIVE",
        "message-id": "<1@x.example.org>",
        "network-message-id": "6a638d20-1e63-493a-80a2-000000000001",
        "recipient-address": "a@example.org",
        "recipient-count": "1",
      };
      const reader = new Reader().feed(`#Fields: ${fields}\r\n`);
      const row = `${rowText({ at: NOON, values }, fields)}\r\n`;
      expect(reader.successor().feed(row).told()).toHaveLength(1);
      // In another file they are another's.
      const other = reader.successor();
      other.ingest.begin();
      expect(other.feed(row).told()).toEqual([]);
      expect(other.rejected.join("")).toMatch(/^2 (?:tracking-row-before-fields|not-recognised)/);
    },
  );

  test("the format, the line's number, the counters", () => {
    const event = '{"v":1,"at":"2026-11-24T12:00:00Z","messageId":"1@x","from":"a@x","recipients":25}\n';
    const reader = new Reader().feed(`${event}nonsense\nhalf of`);
    expect(reader.ingest.unusedBytes).toBe(7);
    const other = reader.successor();
    expect(other.ingest.state().current).toBe("mail-events");
    other.feed(`half of a line\n${event}`);
    expect(other.rejected).toEqual(["3 not-recognised half of a line"]);
    expect(other.ingest.counters).toEqual({ lines: 4, used: 2, other: 0, rejected: new Map([["not-recognised", 2]]) });
  });

  test("the middle of a line that is too long", () => {
    const reader = new Reader({ format: "postfix" }).feed("x".repeat(5_000));
    expect(reader.ingest.unusedBytes).toBe(0);
    const other = reader.successor({ format: "postfix" }).feed(`yyy\n${removed("2026-11-24T12:00:00Z", "AAAAA1")}`);
    expect(other.rejected).toEqual([`1 line-too-long ${"x".repeat(256)}`]);
    expect(other.told()).toHaveLength(1);
  });

  test("a host whose clock is behind", () => {
    const reader = new Reader();
    const line = (second: number): string =>
      removed(new Date(NOON + second * 1_000 - 3 * 3_600_000).toISOString(), "AAAAA1");
    const right = (second: number): string =>
      removed(new Date(NOON + second * 1_000).toISOString(), "AAAAA2").replace("mx", "other");
    const live = (one: Reader, second: number): Reader => {
      one.ingest.wait(NOON + second * 1_000);
      return one.feed(right(second) + line(second), NOON + second * 1_000);
    };
    for (let second = 0; second < 20; second += 1) live(reader, second);
    reader.told();
    const other = reader.successor();
    expect(live(other, 20).told()).toEqual(["AAAAA2 2026-11-24T12:00:20.000Z", "AAAAA1 2026-11-24T12:00:20.000Z"]);
    expect(other.ingest.clocks).toEqual({ stampsAhead: 0, stampsBehind: 10 });
  });
});

describe("the beginning of another file", () => {
  test("ends the line before it, and may have a byte order mark", () => {
    const reader = new Reader().feed(removed("2026-11-24T12:00:00Z", "AAAAA1").trimEnd());
    reader.ingest.begin();
    reader.feed(`\u00ef\u00bb\u00bf${removed("2026-11-24T12:00:00Z", "AAAAA2")}`);
    expect(reader.told()).toHaveLength(2);
    expect(reader.rejected).toEqual([]);
  });
});

test("an entry is told when it changed, and then once", () => {
  const reader = new Reader();
  const told: string[] = [];
  const flush = (position: unknown): void => {
    reader.entry.changes((_key, value) => void told.push(value?.toString() ?? ""), position);
  };
  for (const position of [1, 1, 2, 2]) flush(position);
  reader.feed(removed("2026-11-24T12:00:00Z", "AAAAA1"));
  flush(2);
  flush(2);
  expect(told.map((text) => /"position":(\d)/.exec(text)?.[1])).toEqual(["1", "2", "2"]);
});

test("a position that does not fit into an entry is refused", () => {
  expect(() => {
    new Reader().entry.changes(() => undefined, "x".repeat(70_000));
  }).toThrow(StateValueError);
});

describe("an entry that cannot be read is refused by its key", () => {
  const reader = new Reader().feed(`#Fields: ${FIELDS_2010}\r\n`);
  let text = "";
  reader.entry.changes((_key, value) => void (text = value?.toString() ?? ""), 5);
  test.each<[string, string, string]>([
    ["of another version", text.replace('"v":1', '"v":2'), "unknown-version"],
    ["cut", text.slice(0, -1), "not-json"],
    ["no object", "[]", "not-an-object"],
    ["without stream time", text.replace('"streamTime"', '"streamTimes"'), "missing-field"],
    ["without counters", text.replace(/"counters":\{.*?\},/, ""), "missing-field"],
    ["columns that are too few", text.replace(/"event-id":\d+,/, ""), "out-of-range"],
    ["a stamp that is too short", text.replace(/"last":"[^"]*"/, '"last":"Nov 24"'), "out-of-range"],
  ])("%s", (_name, damaged, reason) => {
    const read = (): unknown => new Reader().entry.restore(Buffer.from(damaged));
    expect(read).toThrow(StateValueError);
    expect(read).toThrow(expect.objectContaining({ key: "input/log", reason }));
  });
});

test("what a newer squall knew more of is passed over: formats, reasons, fields", () => {
  const reader = new Reader().feed(`#Fields: ${FIELDS_2010}\r\n`);
  const texts: string[] = [];
  const tell = (one: Reader, position: unknown): void => {
    one.entry.changes((_key, value) => void texts.push(value?.toString() ?? ""), position);
  };
  tell(reader, 5);
  const [text = ""] = texts;
  const newer = [
    ['"current":"exchange"', '"current":"exim-2"'],
    ['"formats":{', '"formats":{"exim-2":{"lines":3},'],
    ['"rejected":[', '"rejected":[{"reason":"too-new","lines":4}'],
    ['"stamps":{', '"stamps":{"zone":"UTC",'],
  ].reduce((read, [from = "", to = ""]) => {
    expect(read).toContain(from);
    return read.replace(from, to);
  }, text);
  const other = new Reader();
  expect(other.entry.restore(Buffer.from(newer))).toBe(5);
  other.feed("2026-11-24T12:00:00Z mx postfix/qmgr[1]: AAAAA1: removed\n");
  tell(other, 6);
  expect(texts[1]).toContain('"current":"postfix"');
  expect(texts[1]).not.toMatch(/exim-2|too-new|zone/u);
});
