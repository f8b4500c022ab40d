import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StateEntries } from "../../test/support/state-entries.ts";
import { ProgressTable } from "./progress-table.ts";
import { StateValueError } from "./state-value.ts";
import type { StreamProgress } from "./stream-progress.ts";

const NOTHING = Number.NEGATIVE_INFINITY;

function silent(input: string, partition: number, at: number, of = 2): StreamProgress {
  return { site: "s", input, partition, of, at, state: "silent" };
}

/** `at`: a time, or a state without one. */
function word(input: string, partition: number, at: number | "empty" | "unknown", of = 2): StreamProgress {
  const known = typeof at === "number" ? { at, state: "known" as const } : { at: undefined, state: at };
  return { site: "s", input, partition, of, ...known };
}

function reached(...words: readonly StreamProgress[]): number[] {
  const table = new ProgressTable();
  return words.map((one) => {
    table.take(one);
    return table.reachedMs;
  });
}

test.each<[string, StreamProgress[], number[]]>([
  ["the least of all partitions counts", [word("a", 0, 100), word("a", 1, 50), word("a", 1, 120)], [NOTHING, 50, 100]],
  ["one that was never heard of is waited for", [word("a", 0, 100, 3), word("a", 2, 90, 3)], [NOTHING, NOTHING]],
  ["one that is empty is not", [word("a", 0, 100), word("a", 1, "empty")], [NOTHING, 100]],
  ["where all are empty nothing is known", [word("a", 0, "empty"), word("a", 1, "empty")], [NOTHING, NOTHING]],
  ["one that knows nothing holds", [word("a", 0, 100), word("a", 1, "unknown")], [NOTHING, NOTHING]],
  [
    "one that knows nothing any more holds where it is",
    [word("a", 0, 100, 1), word("a", 0, "unknown", 1), word("a", 0, 110, 1)],
    [100, 100, 110],
  ],
  ["it never goes back", [word("a", 0, 100, 1), word("a", 0, 40, 1), word("a", 0, 101, 1)], [100, 100, 101]],
  [
    "of several inputs the one furthest behind counts",
    [word("a", 0, 100, 1), word("b", 0, 70, 1), word("a", 0, 200, 1), word("b", 0, 150, 1)],
    [100, 100, 100, 150],
  ],
  [
    "one that is silent is where the others are, with each of its words",
    [word("a", 0, 100), silent("a", 1, 40), word("a", 0, 200), silent("a", 1, 41)],
    [NOTHING, 100, 100, 200],
  ],
  [
    "one that is silent is waited for once it speaks again",
    [word("a", 0, 100), silent("a", 1, 40), word("a", 1, 42), word("a", 0, 200)],
    [NOTHING, 100, 100, 100],
  ],
  [
    "one that is silent does not run ahead of what the others still read",
    [word("a", 0, 50, 3), word("a", 1, 200, 3), silent("a", 2, 10, 3)],
    [NOTHING, NOTHING, 50],
  ],
  ["one that is silent and further on stays there", [word("a", 0, 100), silent("a", 1, 300)], [NOTHING, 100]],
  [
    "where all are silent the furthest counts",
    [silent("a", 0, 100), silent("a", 1, 40), silent("a", 0, 101), silent("a", 1, 41)],
    [NOTHING, 100, 100, 101],
  ],
  [
    "of several inputs too",
    [word("a", 0, 100, 1), silent("b", 0, 7, 1), word("a", 0, 200, 1), silent("b", 0, 8, 1)],
    [100, 100, 100, 200],
  ],
])("%s", (_what, words, expected) => {
  expect(reached(...words)).toEqual(expected);
});

test("one that is silent is not put ahead of our clock, where another's is", () => {
  const table = new ProgressTable();
  for (const [one, nowMs] of [
    [word("a", 0, 400), 100],
    [silent("a", 1, 40), 100],
    [silent("a", 1, 41), 101],
    [silent("a", 0, 402), 102],
    [silent("a", 1, 42), 102],
  ] as const)
    table.take(one, nowMs);
  expect(table.reachedMs).toBe(102);
});

describe("has all been said that may speak of a mail", () => {
  const read = (partition: number, at: number, readTo: number): StreamProgress => ({
    ...word("a", partition, at),
    readTo,
  });

  test.each<[string, StreamProgress[], boolean]>([
    ["all were read since it was written, and are past it", [read(0, 100, 7_000), read(1, 100, 7_000)], true],
    ["one is not past it", [read(0, 100, 7_000), read(1, 99, 7_000)], false],
    ["one was last read before it was written", [read(0, 100, 7_000), read(1, 300, 6_999)], false],
    ["one was never heard of", [read(0, 100, 7_000)], false],
    ["one has more to read, and is past it in order", [read(0, 100, 7_000), word("a", 1, 101)], true],
    ["one has more to read, perhaps of the same moment", [read(0, 100, 7_000), word("a", 1, 100)], false],
    ["all have more to read", [word("a", 0, 101), word("a", 1, 150)], true],
    ["one is empty, and was read since", [read(0, 100, 7_000), { ...word("a", 1, "empty"), readTo: 7_000 }], true],
    ["one was empty before it was written", [read(0, 100, 7_000), { ...word("a", 1, "empty"), readTo: 6_999 }], false],
    ["one knows nothing any more", [read(0, 100, 7_000), read(1, 300, 8_000), word("a", 1, "unknown")], false],
    [
      "one that was past it is in other hands, which have more to read before it",
      [read(0, 100, 7_000), read(1, 300, 6_000), word("a", 1, 90)],
      false,
    ],
  ])("%s", (_what, words, expected) => {
    const table = new ProgressTable();
    for (const one of words) table.take(one);
    expect(table.hasRead(100, 7_000)).toBe(expected);
    const entries = new StateEntries();
    entries.take((put) => table.changes("", put));
    const again = new ProgressTable();
    for (const [key, value] of entries) again.restore(key, value);
    again.restored();
    // What came furthest is known again from the last words alone.
    expect(again.hasRead(100, 7_000)).toBe(expected);
  });
});

const anyWord = fc
  .tuple(fc.constantFrom("a", "b"), fc.nat({ max: 2 }), fc.integer({ min: -4, max: 50 }))
  .map(([input, partition, at]) => word(input, partition, at < -2 ? "unknown" : at < 0 ? "empty" : at * 1_000, 3));
const someWords = fc.array(anyWord, { maxLength: 40 });

/** What all have come to by their last words, worked out at leisure. */
function leastOf(words: readonly StreamProgress[]): number {
  const last = new Map(words.map((one) => [`${one.input}/${one.partition}`, one]));
  const inputs = new Set(words.map(({ input }) => input));
  const isUnsure = [...last.values()].some(({ state }) => state === "unknown") || last.size < inputs.size * 3;
  const times = [...last.values()].flatMap(({ at }) => (at === undefined ? [] : [at]));
  return isUnsure || times.length === 0 ? NOTHING : Math.min(...times);
}

describe("whatever is said", () => {
  test("it is the furthest that all had come to at any time", () => {
    fc.assert(
      fc.property(someWords, (words) => {
        const expected = words.map((_, index) => leastOf(words.slice(0, index + 1)));
        expect(reached(...words)).toEqual(expected.map((_, index) => Math.max(...expected.slice(0, index + 1))));
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test("a table that is read back, in any order, has come as far as the last words say and goes on as the other does", () => {
    const order = fc.func(fc.integer());
    fc.assert(
      fc.property(someWords, someWords, order, (words, later, rankOf) => {
        const table = new ProgressTable();
        const entries = new StateEntries();
        for (const [index, one] of words.entries()) {
          table.take(one);
          if (index % 3 === 0) entries.take((put) => table.changes("p/", put));
        }
        entries.take((put) => table.changes("p/", put));
        const restored = new ProgressTable();
        const shuffled = [...entries].toSorted(([a], [b]) => rankOf(a) - rankOf(b));
        for (const [key, value] of shuffled) restored.restore(key, value);
        restored.restored();
        expect(restored.reachedMs).toBe(leastOf(words));
        expect(restored.reachedMs).toBeLessThanOrEqual(table.reachedMs);
        for (const one of later) {
          table.take(one);
          restored.take(one);
          // What one that lost its knowledge had come to is not kept: the reader's own clock never goes back.
          expect(restored.reachedMs).toBeLessThanOrEqual(table.reachedMs);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

test("a word is told once", () => {
  const table = new ProgressTable();
  table.take(word("a", 0, 1));
  table.take(word("a", 0, 2));
  const told: string[] = [];
  table.changes("p/", (key, value) => void told.push(`${key} ${value?.toString()}`));
  table.changes("p/", (key) => void told.push(key));
  expect(told).toEqual([
    'p/a/0 {"v":1,"kind":"progress","site":"s","input":"a","partition":0,"of":2,"at":"1970-01-01T00:00:00.002Z","state":"known"}',
  ]);
});

test("what was read back is not told again", () => {
  const table = new ProgressTable();
  table.take(word("a", 0, 1));
  const entries = new StateEntries();
  entries.take((put) => table.changes("p/", put));
  const restored = new ProgressTable();
  for (const [key, value] of entries) restored.restore(key, value);
  restored.restored();
  const told: string[] = [];
  restored.changes("p/", (key) => void told.push(key));
  expect(told).toEqual([]);
});

test("inputs beyond the room for them are counted and hold nothing up", () => {
  const table = new ProgressTable();
  for (let input = 0; input < 150; input += 1) table.take(word(`topic-${input}`, 0, input < 100 ? 5 : "unknown", 1));
  expect(table.dropped).toBe(50);
  expect(table.reachedMs).toBe(5);
  table.take(word("topic-0", 0, 6, 1));
  expect(table.dropped).toBe(50);
});

test("an entry that cannot be read is refused by its key", () => {
  expect(() => {
    new ProgressTable().restore("p/a/0", Buffer.from("{}"));
  }).toThrow(StateValueError);
});
