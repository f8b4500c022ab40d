// What record batches were packed with -> their bytes, within a bound.

import { promisify } from "node:util";
import { unzip, zstdDecompress } from "node:zlib";
import snappy from "kafkajs-snappy";
import lz4 from "lz4js";

/**
 * A record batch that inflates to more is refused: brokers take batches of 1 MiB packed, and producers make none of much more than that
 * unpacked.
 */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;

const inflateZstd = promisify(zstdDecompress);
const inflateGzip = promisify(unzip);

/** A batch that came and cannot be unpacked. */
export class UnpackError extends Error {
  /** The one name at which kafkajs gives up at once; at any other it fetches the same again, and restarts the consumer for ever. */
  override readonly name = "KafkaJSNotImplemented";
}

type Unpack = (packed: Buffer) => Promise<Buffer>;

/** Each rejects with UnpackError, and holds no more than INFLATED_BYTES_MAX of what it inflates. */
export const unpackers = {
  gzip: unpacker("gzip", (packed) => inflateGzip(packed, { maxOutputLength: INFLATED_BYTES_MAX })),
  snappy: unpacker("snappy", inflateSnappy),
  lz4: unpacker("lz4", inflateLz4),
  zstd: unpacker("zstd", (packed) => inflateZstd(packed, { maxOutputLength: INFLATED_BYTES_MAX })),
} as const satisfies Record<string, Unpack>;

function unpacker(name: string, inflate: Unpack): Unpack {
  return async (packed) => {
    try {
      return await inflate(packed);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const isTooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
      // Without a cause: kafkajs would pass that on in place of this.
      throw new UnpackError(`${name}: ${isTooLarge ? TOO_LARGE : why}`);
    }
  };
}

const TOO_LARGE = `a batch inflates to more than ${INFLATED_BYTES_MAX} bytes`;

function inflateLz4(packed: Buffer): Promise<Buffer> {
  if (lz4.decompressBound(packed) > INFLATED_BYTES_MAX) throw new RangeError(TOO_LARGE);
  return Promise.resolve(Buffer.from(lz4.decompress(packed)));
}

/** What snappy-java writes before its blocks: a magic number and two versions. */
const XERIAL_MAGIC = Buffer.from("\u0082SNAPPY\u0000", "latin1");
const XERIAL_HEAD_BYTES = 16;

/** The size that a block inflates to stands before it, and is allocated unseen. */
async function inflateSnappy(packed: Buffer): Promise<Buffer> {
  let bytes = 0;
  for (const block of snappyBlocks(packed)) bytes += snappySize(block);
  if (bytes > INFLATED_BYTES_MAX) throw new RangeError(TOO_LARGE);
  return snappy().decompress(packed);
}

function* snappyBlocks(packed: Buffer): Generator<Buffer> {
  if (!packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    yield packed;
    return;
  }
  for (let at = XERIAL_HEAD_BYTES; at + 4 <= packed.length;) {
    const end = at + 4 + packed.readUInt32BE(at);
    yield packed.subarray(at + 4, end);
    at = end;
  }
}

/** A number of seven bits a byte, the lowest first. */
function snappySize(block: Buffer): number {
  let size = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = block[index] ?? 0;
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) break;
  }
  return size;
}
