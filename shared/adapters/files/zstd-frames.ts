// chunks of zstd data -> pieces that never reach over the end of a frame: the decompressor of Node takes what stands behind
// a frame in one write for garbage, and ends. Files of many frames are common: joined by `cat`, or written by pzstd.
//
// RFC 8878, 3.1: magic, descriptor, header fields, then blocks of a 3-byte head (last, type, size), then a checksum if flagged.
// A skippable frame is magic, size, so many bytes.

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const BLOCK_HEAD_BYTES = 3;
const RUN_LENGTH_BLOCK = 1;
const CHECKSUM_BYTES = 4;
/** Magic and descriptor; magic and size of a skippable frame. */
const FRAME_HEAD_BYTES = 5;
const SKIPPABLE_HEAD_BYTES = 8;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];

export class ZstdFrames {
  /** The head that is being read, and how many bytes it takes. */
  private readonly head = Buffer.alloc(SKIPPABLE_HEAD_BYTES);
  private headBytes = 0;
  private headWanted = FRAME_HEAD_BYTES;
  private at: "frame" | "block" | "end" | "not zstd" = "frame";
  /** Bytes to pass over before the next head. */
  private passing = 0;
  private checksum = false;

  /** The chunk in pieces, in order and without a copy. */
  cut(chunk: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    let start = 0;
    let at = 0;
    while (at < chunk.length && this.at !== "not zstd") {
      if (this.passing > 0) {
        const step = Math.min(this.passing, chunk.length - at);
        this.passing -= step;
        at += step;
      } else if (this.at !== "end") {
        this.head[this.headBytes] = chunk[at] ?? 0;
        this.headBytes += 1;
        at += 1;
        if (this.headBytes === this.headWanted) this.readHead();
      }
      if (this.at !== "end" || this.passing > 0) continue;
      pieces.push(chunk.subarray(start, at));
      start = at;
      this.expect("frame", FRAME_HEAD_BYTES);
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
    return pieces;
  }

  private readHead(): void {
    if (this.at === "block") this.readBlockHead();
    else this.readFrameHead();
  }

  private readFrameHead(): void {
    const magic = this.head.readUInt32LE(0);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      if (this.headBytes < SKIPPABLE_HEAD_BYTES) {
        this.headWanted = SKIPPABLE_HEAD_BYTES;
        return;
      }
      this.passing = this.head.readUInt32LE(4);
      this.at = "end";
      return;
    }
    if (magic !== MAGIC) {
      this.at = "not zstd";
      return;
    }
    const descriptor = this.head[FRAME_HEAD_BYTES - 1] ?? 0;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
    this.checksum = (descriptor & 4) !== 0;
    this.passing = (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + sizeBytes;
    this.expect("block", BLOCK_HEAD_BYTES);
  }

  private readBlockHead(): void {
    const head = this.head.readUIntLE(0, BLOCK_HEAD_BYTES);
    const isRun = ((head >> 1) & 3) === RUN_LENGTH_BLOCK;
    const isLast = (head & 1) === 1;
    this.passing = (isRun ? 1 : head >> 3) + (isLast && this.checksum ? CHECKSUM_BYTES : 0);
    this.expect(isLast ? "end" : "block", BLOCK_HEAD_BYTES);
  }

  private expect(at: "frame" | "block" | "end", headWanted: number): void {
    this.at = at;
    this.headBytes = 0;
    this.headWanted = headWanted;
  }
}
