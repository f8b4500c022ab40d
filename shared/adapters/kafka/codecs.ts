// The codecs of kafkajs, each within a bound. An unregistered one ends a consumer for good, so all are registered before the first
// connects; and what cannot be unpacked is told by an error at which kafkajs ends the consumer too: to fetch it again changes nothing.

import { promisify } from "node:util";
import { constants, gzip, zstdCompress } from "node:zlib";
import kafkajs, { CompressionTypes } from "kafkajs";
import snappy from "kafkajs-snappy";
import { unpackers } from "./unpackers.ts";

/** The fastest: topics of lines shrink to a sixth by it. */
const ZSTD_LEVEL = 1;

const compressZstd = promisify(zstdCompress);
const compressGzip = promisify(gzip);

let isRegistered = false;

export function registerCodecs(): void {
  if (isRegistered) return;
  isRegistered = true;
  const codecs = kafkajs.CompressionCodecs;
  // kafkajs's own inflates without a bound.
  codecs[CompressionTypes.GZIP] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) => compressGzip(buffer),
    decompress: unpackers.gzip,
  });
  codecs[CompressionTypes.Snappy] = () => ({ ...snappy(), decompress: unpackers.snappy });
  codecs[CompressionTypes.LZ4] = () => ({
    // Brokers refuse the frames that lz4js makes.
    compress: () => Promise.reject(new Error("squall writes no lz4")),
    decompress: unpackers.lz4,
  });
  codecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) =>
      compressZstd(buffer, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
    decompress: unpackers.zstd,
  });
}
