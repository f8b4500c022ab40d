import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogRecord } from "../../shared/runtime/topic-log.ts";
import { LineFeed } from "./line-feed.ts";
import { RecordLines } from "./record-lines-shell.ts";

const CHUNK_BYTES = 262_144;

/** Lines as a reader sees them, with the offset of the record of each, and when it arrived. */
function read(records: readonly LogRecord[], lineBytesMax = 65_536): [string, number, number][] {
  const seen: [string, number, number][] = [];
  let arrived = 0;
  const note = (bytes: Buffer, start: number, end: number): void => {
    const slice = bytes.subarray(start, end);
    seen.push([slice.toString(), lines.offsetOf(slice), arrived]);
  };
  const feed = new LineFeed({ onLine: note, onTooLong: note }, lineBytesMax);
  const lines = new RecordLines((chunk, arrivedAtMs) => {
    arrived = arrivedAtMs;
    feed.feed(chunk);
  });
  // A batch at a time: the chunk is used again.
  for (let from = 0; from < records.length; from += 7) lines.take(records.slice(from, from + 7));
  // What stood open would come now.
  const before = seen.length;
  feed.end();
  expect(seen).toHaveLength(before);
  return seen;
}

function record(offset: number, value: string | undefined, timestampMs = 5): LogRecord {
  return { offset, key: undefined, value: value === undefined ? undefined : Buffer.from(value), timestampMs };
}

test.each<[string, (string | undefined)[], [string, number][]]>([
  [
    "one a record, without a newline",
    ["a", "b"],
    [
      ["a", 0],
      ["b", 1],
    ],
  ],
  [
    "one a record, with one",
    ["a\n", "b\n"],
    [
      ["a", 0],
      ["b", 1],
    ],
  ],
  [
    "with CR LF, and with CR alone at the end of a record",
    ["a\r\n", "b\r", "c"],
    [
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ],
  ],
  [
    "several a record",
    ["a\nb\nc", "d\ne\n"],
    [
      ["a", 0],
      ["b", 0],
      ["c", 0],
      ["d", 1],
      ["e", 1],
    ],
  ],
  ["none in nothing", [undefined, "", "\n", "\r\n\n", "a"], [["a", 4]]],
  [
    "cut across records never join",
    ["begin", "end\nwhole", "rest"],
    [
      ["begin", 0],
      ["end", 1],
      ["whole", 1],
      ["rest", 2],
    ],
  ],
])("lines %s", (_what, values, expected) => {
  const records = values.map((value, offset) => record(offset, value));
  expect(read(records)).toEqual(expected.map(([text, offset]) => [text, offset, 5]));
});

describe("a record that is larger than a chunk", () => {
  const many = Array.from({ length: 30_000 }, (_, n) => `line ${n}`);

  test.each(["", "\n"])("is read by itself, whole, ended by %j", (end) => {
    const value = many.join("\n") + end;
    expect(value.length).toBeGreaterThan(CHUNK_BYTES);
    const seen = read([record(7, "before"), record(8, value), record(9, "after")]);
    expect(seen).toEqual([["before", 7, 5], ...many.map((line) => [line, 8, 5]), ["after", 9, 5]]);
  });

  test("and is one line is told of as that, and its end does not join the next", () => {
    const seen = read([record(7, "x".repeat(300_000)), record(8, "after"), record(9, `${"y".repeat(70_000)}\nz`)]);
    expect(seen).toEqual([
      ["x".repeat(256), 7, 5],
      ["after", 8, 5],
      ["y".repeat(256), 9, 5],
      ["z", 9, 5],
    ]);
  });

  test.each([CHUNK_BYTES - 2, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])("or nearly: %d bytes", (bytes) => {
    const seen = read([record(1, "x".repeat(bytes)), record(2, "y".repeat(bytes)), record(3, "z")], 400_000);
    expect(seen).toEqual([
      ["x".repeat(bytes), 1, 5],
      ["y".repeat(bytes), 2, 5],
      ["z", 3, 5],
    ]);
  });
});

test("lines arrive when their records did", () => {
  expect(read([record(1, "a", 10), record(2, "b\nc", 10), record(3, "d", 12), record(4, "e", 11)])).toEqual([
    ["a", 1, 10],
    ["b", 2, 10],
    ["c", 2, 10],
    ["d", 3, 12],
    ["e", 4, 11],
  ]);
});

test("whatever the records hold, their lines come in order, each with its record's offset", () => {
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.string({ maxLength: 20 }).filter((text) => !/[\r\n]/u.test(text)) },
    { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 140_000 }).map((length) => "l".repeat(length)) },
  );
  const value = fc
    .tuple(fc.array(line, { maxLength: 4 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
    .map(([lines, newline, isEnded]) => lines.join(newline) + (isEnded ? newline : ""));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, fc.nat({ max: 2 })), { maxLength: 30 }), (values) => {
      const records = values.map(([text, atMs], index) => record(index * 3, text, atMs));
      const expected = records.flatMap(({ value: bytes, offset, timestampMs }) =>
        (bytes ?? Buffer.alloc(0))
          .toString()
          .split(/\r?\n/u)
          .filter((text) => text !== "")
          .map((text) => [text, offset, timestampMs]),
      );
      expect(read(records, 200_000)).toEqual(expected);
    }),
    { seed: 10, numRuns: 150 },
  );
});
