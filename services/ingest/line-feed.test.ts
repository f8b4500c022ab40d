import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineFeed, type LineSink } from "./line-feed.ts";

interface Cut {
  readonly lines: readonly string[];
  readonly tooLong: readonly string[];
}

function cut(bytes: Buffer, chunkBytes: number, lineBytesMax = 300): Cut {
  const lines: string[] = [];
  const tooLong: string[] = [];
  const sink: LineSink = {
    onLine: (line, start, end) => {
      expect([10, 13, undefined]).toContain(line[end]);
      lines.push(line.toString("latin1", start, end));
    },
    onTooLong: (line, start, end) => {
      tooLong.push(line.toString("latin1", start, end));
    },
  };
  const feed = new LineFeed(sink, lineBytesMax);
  // One buffer for all chunks, as an input reuses it.
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const length = bytes.copy(chunk, 0, at, at + chunkBytes);
    feed.feed(chunk.subarray(0, length));
  }
  feed.end();
  return { lines, tooLong };
}

const all = (text: string, lineBytesMax?: number): Cut =>
  cut(Buffer.from(text), Buffer.byteLength(text) + 1, lineBytesMax);

describe("a stream is cut into lines", () => {
  test.each([
    ["nothing", "", []],
    ["LF", "a\nb\n", ["a", "b"]],
    ["CR LF", "a\r\nb\r\n", ["a", "b"]],
    ["both", "a\r\nb\nc\r\n", ["a", "b", "c"]],
    ["no newline at the end", "a\nb", ["a", "b"]],
    ["CR at the end", "a\nb\r", ["a", "b"]],
    ["empty lines are passed over", "\n\na\n\r\n\nb\n\n", ["a", "b"]],
    ["only empty lines", "\n\r\n\n", []],
    ["a CR within a line stays", "a\rb\n", ["a\rb"]],
    ["white space is a line", " \n", [" "]],
  ])("%s", (_name, text, lines) => {
    expect(all(text)).toEqual({ lines, tooLong: [] });
    expect(cut(Buffer.from(text), 1)).toEqual({ lines, tooLong: [] });
  });
});

describe("a line that is too long", () => {
  const at = "x".repeat(300);
  test.each([
    ["exactly at the bound", `${at}\nb\n`, [at, "b"], 0],
    ["exactly at the bound, CR LF", `${at}\r\nb\n`, [at, "b"], 0],
    ["exactly at the bound, without a newline", at, [at], 0],
    ["one more", `${at}y\nb\n`, ["b"], 1],
    ["one more, CR LF", `${at}y\r\nb\n`, ["b"], 1],
    ["one more, without a newline", `b\n${at}y`, ["b"], 1],
    ["far more, between others", `a\n${at.repeat(9)}\nb\n${at.repeat(5)}\nc`, ["a", "b", "c"], 2],
  ])("is discarded whole and told: %s", (_name, text, lines, tooLong) => {
    for (const chunkBytes of [1, 7, 64, 299, 300, 301, 302, 10_000]) {
      const found = cut(Buffer.from(text), chunkBytes);
      expect(found.lines).toEqual(lines);
      expect(found.tooLong).toEqual(Array.from({ length: tooLong }, () => "x".repeat(256)));
    }
  });
});

test("every size of chunk from 1 to 64 bytes gives the same lines", () => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength: 30 }) },
    fc.constantFrom("\n", "\r\n", "\r", "\n\n", "é\n", "\0", "y".repeat(290), "z".repeat(320)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(""));
      const whole = cut(bytes, bytes.length + 1);
      for (let chunkBytes = 1; chunkBytes <= 64; chunkBytes += 1) expect(cut(bytes, chunkBytes)).toEqual(whole);
    }),
    { seed: 4, numRuns: 40 },
  );
});

test("what was fed since the last newline is told, unless it is discarded", () => {
  const piece = fc.constantFrom("a", "\n", "\r\n", "é", "y".repeat(290), "z".repeat(320), "x".repeat(1000));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 700 }), (pieces, chunkBytes) => {
      const bytes = Buffer.from(pieces.join(""));
      const feed = new LineFeed({ onLine: () => undefined, onTooLong: () => undefined }, 300);
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const fed = bytes.subarray(0, at + chunkBytes);
        feed.feed(fed.subarray(at));
        const open = fed.length - (fed.lastIndexOf(10) + 1);
        // 300 bytes and a carriage return.
        expect(feed.unusedBytes).toBe(open <= 301 ? open : 0);
      }
      feed.end();
      expect(feed.unusedBytes).toBe(0);
    }),
    { seed: 6, numRuns: 200 },
  );
});

test("the longest line may change between lines, and room is made for it", () => {
  const long = "y".repeat(200_000);
  const text = `a\n${long}\nlonger\n${long}\r\nb\nshorter\n${long}\nc\n`;
  for (const chunkBytes of [1000, 70_000, 1_000_000]) {
    const said: string[] = [];
    const bytes = Buffer.from(text);
    const sink: LineSink = {
      onLine: (line, start, end) => {
        const word = line.toString("latin1", start, end);
        said.push(word.length > 300 ? `${word.length}` : word);
        if (word === "longer") feed.lineBytesMax = 200_000;
        if (word === "shorter") feed.lineBytesMax = 300;
      },
      onTooLong: (_line, start, end) => void said.push(`too long, ${end - start} shown`),
    };
    const feed = new LineFeed(sink, 300);
    for (let at = 0; at < bytes.length; at += chunkBytes) feed.feed(bytes.subarray(at, at + chunkBytes));
    feed.end();
    const tooLong = "too long, 256 shown";
    expect(said).toEqual(["a", tooLong, "longer", "200000", "b", "shorter", tooLong, "c"]);
  }
});

test("100 MB without a newline are one line that is too long", () => {
  let tooLong = 0;
  const sink: LineSink = {
    onLine: () => {
      throw new Error("no line was sent");
    },
    onTooLong: () => {
      tooLong += 1;
    },
  };
  const feed = new LineFeed(sink, 65_536);
  const chunk = Buffer.alloc(1_048_576, "x");
  for (let sent = 0; sent < 100; sent += 1) feed.feed(chunk);
  expect(tooLong).toBe(0);
  feed.end();
  expect(tooLong).toBe(1);
});
