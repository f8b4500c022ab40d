import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { UnpackError, unpackers } from "./unpackers.ts";

const BOMB_BYTES = 80 * 1024 * 1024;
const BLOCK_HEAD = Buffer.from([0x82, ...Buffer.from("SNAPPY\0"), 0, 0, 0, 1, 0, 0, 0, 1]);
/** A size of 1 GB in front of nothing. */
const SNAPPY_GB = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04, 0x00]);
/** An lz4 frame of blocks of up to 4 MiB each, `count` of them, of one byte each. */
const lz4Frame = (count: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x70, 0]),
    ...Array.from({ length: count }, () => Buffer.from([1, 0, 0, 0, 0])),
    Buffer.alloc(4),
  ]);

test.each([
  [
    "gzip",
    gzipSync(Buffer.alloc(BOMB_BYTES)),
    /^KafkaJSNotImplemented: gzip: a batch inflates to more than 67108864 bytes$/u,
  ],
  [
    "zstd",
    zstdCompressSync(Buffer.alloc(BOMB_BYTES)),
    /^KafkaJSNotImplemented: zstd: a batch inflates to more than 67108864 bytes$/u,
  ],
  ["snappy", SNAPPY_GB, /^KafkaJSNotImplemented: snappy: a batch inflates to more than 67108864 bytes$/u],
  [
    "snappy",
    Buffer.concat([BLOCK_HEAD, Buffer.from([0, 0, 0, SNAPPY_GB.length]), SNAPPY_GB]),
    /^KafkaJSNotImplemented: snappy: a batch inflates to more than 67108864 bytes$/u,
  ],
  ["lz4", lz4Frame(17), /^KafkaJSNotImplemented: lz4: a batch inflates to more than 67108864 bytes$/u],
  ["gzip", Buffer.from("no gzip"), /^KafkaJSNotImplemented: gzip: incorrect header check$/u],
  ["zstd", Buffer.from("no zstd"), /^KafkaJSNotImplemented: zstd: /u],
  ["lz4", Buffer.from("no lz4 here"), /^KafkaJSNotImplemented: lz4: invalid magic number$/u],
  ["snappy", Buffer.from([0x05, 0xff, 0xff]), /^KafkaJSNotImplemented: snappy: /u],
] as const)("%s of %o is refused by the error at which kafkajs gives up", async (codec, packed, message) => {
  const refused: unknown = await unpackers[codec](packed).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UnpackError);
  expect(String(refused)).toMatch(message);
});

test.each([
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
] as const)("%s as large as may be is unpacked", async (codec, pack) => {
  const whole = await unpackers[codec](pack(Buffer.alloc(64 * 1024 * 1024, "x")));
  expect([whole.length, whole.at(-1)]).toEqual([64 * 1024 * 1024, "x".charCodeAt(0)]);
});
