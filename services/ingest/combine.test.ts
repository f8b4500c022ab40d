import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { SLICE_MS } from "../../shared/domain/packed/fragment-slab.ts";
import { fragmentsOf } from "../../test/support/slab-of.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import type { Host, QueueIdBytes } from "./combine.ts";
import { FragmentTable } from "./combine.ts";

const AT = Date.UTC(2026, 10, 24, 8, 29);
const mx1 = { name: "mx1", hash: 1, index: 0 };
const mx2 = { name: "mx2", hash: 2, index: 1 };

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

interface Taken {
  readonly startMs: number;
  readonly endMs: number;
  readonly fragments: readonly MailFragment[];
  readonly events: readonly MailEvent[];
}

function take(table: FragmentTable, beforeMs = Number.POSITIVE_INFINITY): Taken[] {
  const taken: Taken[] = [];
  table.drain(beforeMs, (slice) => {
    taken.push({
      startMs: slice.startMs,
      endMs: slice.endMs,
      fragments: fragmentsOf(slice.slab, { site: "test", hostNames: table.hostNames }),
      events: slice.events,
    });
  });
  return taken;
}

function recordAt(table: FragmentTable, at: number, host: Host, id: QueueIdBytes): number {
  table.goTo(at);
  return table.recordFor(host, id);
}

const fragmentsIn = (table: FragmentTable): MailFragment[] => take(table).flatMap(({ fragments }) => fragments);

describe("the lines of one queue id within five seconds are one fragment", () => {
  test("with the times of its first and last line, in any order", () => {
    const table = new FragmentTable();
    const first = recordAt(table, AT + 2000, mx1, idOf("ABCDEF"));
    expect(recordAt(table, AT + 4999, mx1, idOf("ABCDEF"))).toBe(first);
    expect(recordAt(table, AT, mx1, idOf("ABCDEF"))).toBe(first);
    expect(table.size).toBe(1);
    expect(fragmentsIn(table)).toMatchObject([
      { site: "test", host: "mx1", queueId: "ABCDEF", firstAt: AT, lastAt: AT + 4999 },
    ]);
  });

  test.each<[string, Host, QueueIdBytes, number]>([
    ["another queue id", mx1, idOf("ABCDEE", 2), AT],
    ["another queue id with the same hash", mx1, idOf("ABCDEE"), AT],
    ["the same queue id on another host", mx2, idOf("ABCDEF", 2), AT],
    ["the same queue id on another host with the same hash", mx2, idOf("ABCDEF"), AT],
    ["a longer queue id", mx1, idOf("ABCDEF0"), AT],
    ["the next slice", mx1, idOf("ABCDEF"), AT + SLICE_MS],
    ["the slice before", mx1, idOf("ABCDEF"), AT - 1],
  ])("but not %s", (_name, host, id, at) => {
    const table = new FragmentTable();
    for (let turn = 0; turn < 2; turn += 1) {
      recordAt(table, AT, mx1, idOf("ABCDEF"));
      recordAt(table, at, host, id);
    }
    expect(table.size).toBe(2);
    const places = fragmentsIn(table).map((said) => `${said.host} ${said.queueId} ${said.firstAt}`);
    const other = `${host.name} ${id.bytes.toString("latin1", id.start, id.end)} ${at}`;
    expect(places.toSorted()).toEqual([`mx1 ABCDEF ${AT}`, other].toSorted());
  });

  test("however many there are", () => {
    const table = new FragmentTable();
    const ids = Array.from({ length: 5000 }, (_, index) => `ABC${index + 10_000}`);
    for (let turn = 0; turn < 2; turn += 1) {
      ids.forEach((id, index) => recordAt(table, AT + turn, mx1, idOf(id, index % 700)));
    }
    const fragments = fragmentsIn(table);
    expect(fragments.map(({ queueId }) => queueId)).toEqual(ids);
    expect(fragments.every(({ firstAt, lastAt }) => firstAt === AT && lastAt === AT + 1)).toBe(true);
  });

  test("a slice divides a minute, so no fragment crosses one", () => {
    expect(60_000 % SLICE_MS).toBe(0);
  });
});

test("another life of a queue id is a fragment of its own, and takes the lines that follow", () => {
  const table = new FragmentTable();
  recordAt(table, AT, mx1, idOf("ABCDEF"));
  table.goTo(AT + 10);
  const second = table.anotherLife(mx1, idOf("ABCDEF"));
  expect(recordAt(table, AT + 20, mx1, idOf("ABCDEF"))).toBe(second);
  expect(recordAt(table, AT + 20, mx1, idOf("FEDCBA", 3))).not.toBe(second);
  expect(recordAt(table, AT + 30, mx1, idOf("ABCDEF"))).toBe(second);
  expect(fragmentsIn(table).map(({ queueId, firstAt, lastAt }) => [queueId, firstAt - AT, lastAt - AT])).toEqual([
    ["ABCDEF", 0, 0],
    ["ABCDEF", 10, 30],
    ["FEDCBA", 20, 20],
  ]);
});

describe("slices are taken away whole", () => {
  function filled(): FragmentTable {
    const table = new FragmentTable();
    for (const at of [AT + 12_000, AT, AT + 6000, AT + 4000]) recordAt(table, at, mx1, idOf("ABCDEF"));
    table.addEvent(event(AT + 7000));
    table.addEvent(event(AT + 60_000));
    return table;
  }

  test("earliest first, those that ended before a time", () => {
    const table = filled();
    expect(table.size).toBe(5);
    expect(take(table, AT + 4999)).toEqual([]);
    const taken = take(table, AT + 2 * SLICE_MS);
    expect(
      taken.map(({ startMs, endMs, fragments, events }) => [startMs, endMs, fragments.length, events.length]),
    ).toEqual([
      [AT, AT + 5000, 1, 0],
      [AT + 5000, AT + 10_000, 1, 1],
    ]);
    expect(table.size).toBe(2);
    expect(take(table).map(({ startMs }) => startMs)).toEqual([AT + 10_000, AT + 60_000]);
    expect(table.size).toBe(0);
    expect(take(table)).toEqual([]);
  });

  test("a line that comes for one that was taken begins it anew", () => {
    const table = filled();
    expect(take(table, AT + SLICE_MS)).toMatchObject([{ fragments: [{ firstAt: AT, lastAt: AT + 4000 }] }]);
    recordAt(table, AT + 1, mx1, idOf("ABCDEF"));
    expect(take(table, AT + SLICE_MS)).toMatchObject([{ fragments: [{ firstAt: AT + 1, lastAt: AT + 1 }] }]);
  });
});
