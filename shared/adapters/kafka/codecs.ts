// The codecs that kafkajs lacks. An unregistered one ends a consumer for good, so all are registered before the first connects.

import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";
import kafkajs, { CompressionTypes } from "kafkajs";
import snappy from "kafkajs-snappy";
import lz4 from "lz4js";

/** A record batch that inflates to more is refused: brokers take batches of 1 MiB unless told otherwise. */
const INFLATED_BYTES_MAX = 256 * 1024 * 1024;
/** The fastest: topics of lines shrink to a sixth by it. */
const ZSTD_LEVEL = 1;

const compressZstd = promisify(zstdCompress);
const decompressZstd = promisify(zstdDecompress);

let isRegistered = false;

export function registerCodecs(): void {
  if (isRegistered) return;
  isRegistered = true;
  const codecs = kafkajs.CompressionCodecs;
  codecs[CompressionTypes.Snappy] = snappy;
  codecs[CompressionTypes.LZ4] = () => ({
    // Brokers refuse the frames that lz4js makes.
    compress: () => Promise.reject(new Error("squall writes no lz4")),
    decompress: (buffer: Buffer) => inflateLz4(buffer),
  });
  codecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) =>
      compressZstd(buffer, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
    decompress: (buffer: Buffer) => decompressZstd(buffer, { maxOutputLength: INFLATED_BYTES_MAX }),
  });
}

function inflateLz4(buffer: Buffer): Promise<Buffer> {
  const bytes = lz4.decompressBound(buffer);
  if (bytes > INFLATED_BYTES_MAX) return Promise.reject(new Error(`an lz4 frame of ${bytes} bytes`));
  return Promise.resolve(Buffer.from(lz4.decompress(buffer)));
}
