import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { QueueIdBytes } from "./combine.ts";
import { FragmentTable, SLICE_MS } from "./combine.ts";

const AT = Date.UTC(2026, 10, 24, 8, 29);
const mx1 = { name: "mx1", hash: 1 };
const mx2 = { name: "mx2", hash: 2 };

function idOf(text: string, hash = 1): QueueIdBytes {
  const bytes = Buffer.from(`..${text}: `);
  return { bytes, start: 2, end: 2 + text.length, hash };
}

function event(at: number): MailEvent {
  return {
    eventId: `e${at}`,
    revision: 1,
    site: "test",
    host: "h",
    queueId: "",
    hop: "h",
    at,
    authenticated: false,
    recipients: 1,
    lists: [],
    hints: { references: [] },
    headersLogged: false,
    minutes: [],
  };
}

describe("the lines of one queue id within five seconds are one fragment", () => {
  test("with the times of its first and last line, in any order", () => {
    const table = new FragmentTable("test");
    const first = table.fragmentFor(mx1, idOf("ABCDEF"), AT + 2000);
    expect(table.fragmentFor(mx1, idOf("ABCDEF"), AT + 4999)).toBe(first);
    expect(table.fragmentFor(mx1, idOf("ABCDEF"), AT)).toBe(first);
    expect(first).toMatchObject({ site: "test", host: "mx1", queueId: "ABCDEF", firstAt: AT, lastAt: AT + 4999 });
    expect(table.size).toBe(1);
  });

  test.each([
    ["another queue id", mx1, idOf("ABCDEE", 2), AT],
    ["another queue id with the same hash", mx1, idOf("ABCDEE"), AT],
    ["the same queue id on another host", mx2, idOf("ABCDEF", 2), AT],
    ["the same queue id on another host with the same hash", mx2, idOf("ABCDEF"), AT],
    ["a longer queue id", mx1, idOf("ABCDEF0"), AT],
    ["the next slice", mx1, idOf("ABCDEF"), AT + SLICE_MS],
    ["the slice before", mx1, idOf("ABCDEF"), AT - 1],
  ])("but not %s", (_name, host, id, at) => {
    const table = new FragmentTable("test");
    const first = table.fragmentFor(mx1, idOf("ABCDEF"), AT);
    const other = table.fragmentFor(host, id, at);
    expect(other).not.toBe(first);
    // Both are found again, in turn.
    expect(table.fragmentFor(mx1, idOf("ABCDEF"), AT)).toBe(first);
    expect(table.fragmentFor(host, id, at)).toBe(other);
    expect(table.size).toBe(2);
  });

  test("a slice divides a minute, so no fragment crosses one", () => {
    expect(60_000 % SLICE_MS).toBe(0);
  });
});

test("another life of a queue id is a fragment of its own, and takes the lines that follow", () => {
  const table = new FragmentTable("test");
  table.fragmentFor(mx1, idOf("ABCDEF"), AT);
  const second = table.anotherLife(mx1, idOf("ABCDEF"), AT + 10);
  expect(second).toMatchObject({ host: "mx1", queueId: "ABCDEF", firstAt: AT + 10, lastAt: AT + 10 });
  expect(table.fragmentFor(mx1, idOf("ABCDEF"), AT + 20)).toBe(second);
  expect(table.fragmentFor(mx1, idOf("FEDCBA", 3), AT + 20)).not.toBe(second);
  expect(table.fragmentFor(mx1, idOf("ABCDEF"), AT + 30)).toBe(second);
  expect(table.take(Number.POSITIVE_INFINITY)[0]?.fragments).toHaveLength(3);
});

describe("slices are taken away whole", () => {
  function filled(): FragmentTable {
    const table = new FragmentTable("test");
    for (const at of [AT + 12_000, AT, AT + 6000, AT + 4000]) table.fragmentFor(mx1, idOf("ABCDEF"), at);
    table.addEvent(event(AT + 7000));
    table.addEvent(event(AT + 60_000));
    return table;
  }

  test("earliest first, those that ended before a time", () => {
    const table = filled();
    expect(table.size).toBe(5);
    expect(table.take(AT + 4999)).toEqual([]);
    const taken = table.take(AT + 2 * SLICE_MS);
    expect(
      taken.map(({ startMs, endMs, fragments, events }) => [startMs, endMs, fragments.length, events.length]),
    ).toEqual([
      [AT, AT + 5000, 1, 0],
      [AT + 5000, AT + 10_000, 1, 1],
    ]);
    expect(table.size).toBe(2);
    expect(table.take(Number.POSITIVE_INFINITY).map(({ startMs }) => startMs)).toEqual([AT + 10_000, AT + 60_000]);
    expect(table.size).toBe(0);
    expect(table.take(Number.POSITIVE_INFINITY)).toEqual([]);
  });

  test("a line that comes for one that was taken begins it anew", () => {
    const table = filled();
    const before = table.take(AT + SLICE_MS)[0]?.fragments[0];
    const late = table.fragmentFor(mx1, idOf("ABCDEF"), AT + 1);
    expect(late).not.toBe(before);
    expect(table.take(AT + SLICE_MS)[0]?.fragments).toEqual([late]);
  });
});
