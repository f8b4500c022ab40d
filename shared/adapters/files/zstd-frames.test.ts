import { constants, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ZstdFrames } from "./zstd-frames.ts";

const text = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, n) => (n * n * 31) % 251));

function skippable(size: number): Buffer {
  const frame = Buffer.alloc(8 + size, 0x2a);
  frame.writeUInt32LE(0x184d2a57, 0);
  frame.writeUInt32LE(size, 4);
  return frame;
}

const checksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const noSize = { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } };

/** Sizes of content size fields, checksums, raw, compressed and run-length blocks, many blocks, an empty frame. */
const FRAMES: readonly Buffer[] = [
  zstdCompressSync(text(5)),
  zstdCompressSync(Buffer.alloc(300_000, 97), checksum),
  zstdCompressSync(text(0)),
  skippable(11),
  zstdCompressSync(text(400_000), noSize),
  zstdCompressSync(text(70_000), checksum),
  skippable(0),
  zstdCompressSync(Buffer.from("one line\n".repeat(9_000))),
];

describe("the pieces of zstd data", () => {
  const whole = Buffer.concat(FRAMES);

  test("of one chunk are its frames", () => {
    expect(new ZstdFrames().cut(whole)).toEqual(FRAMES);
  });

  test.each([1, 2, 3, 5, 8, 13, 1021, 65_536])("of chunks of %i bytes end with each frame", (size) => {
    const frames = new ZstdFrames();
    const ends = new Set<number>();
    let at = 0;
    const pieces: Buffer[] = [];
    for (let from = 0; from < whole.length; from += size) {
      for (const piece of frames.cut(whole.subarray(from, from + size))) {
        at += piece.length;
        ends.add(at);
        pieces.push(piece);
      }
    }
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
    let end = 0;
    expect(FRAMES.map((frame) => (end += frame.length)).filter((each) => !ends.has(each))).toEqual([]);
    expect(pieces.every((piece) => piece.length <= size)).toBe(true);
  });

  test("behind which stands something else are passed on as they are", () => {
    const [first = Buffer.alloc(0)] = FRAMES;
    const junk = Buffer.from("this is no zstd frame at all");
    expect(new ZstdFrames().cut(Buffer.concat([first, junk]))).toEqual([first, junk]);
  });
});
