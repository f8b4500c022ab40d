// Lines of several senders -> chunks for one reader. What is lent to the reader is not written again: lines are added behind it.

const BLOCK_BYTES = 64 * 1024;

interface Block {
  readonly bytes: Buffer;
  /** What is between was not taken yet. */
  from: number;
  to: number;
}

/** Bounded by whoever fills it: it says how much waits. */
export class LineQueue {
  /** Bytes that wait to be taken. */
  waiting = 0;
  private readonly blocks: Block[] = [];

  /** A block with room for so many bytes from its `to` on; what was written there is added by `add`. */
  room(bytes: number): { readonly bytes: Buffer; readonly to: number } {
    const last = this.blocks.at(-1);
    if (last !== undefined && last.bytes.length - last.to >= bytes) return last;
    const block = { bytes: Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, bytes)), from: 0, to: 0 };
    // A line written elsewhere is whole before this one begins: blocks are taken in order.
    this.blocks.push(block);
    return block;
  }

  /** So many bytes were written into the room asked for last. */
  add(bytes: number): void {
    const last = this.blocks.at(-1);
    if (last === undefined) return;
    last.to += bytes;
    this.waiting += bytes;
  }

  /** All that waits in the eldest block, whole lines; undefined when nothing waits. */
  take(): Buffer | undefined {
    for (;;) {
      const [first] = this.blocks;
      if (first === undefined) return undefined;
      const { bytes, from, to } = first;
      // The last block is written on.
      if (this.blocks.length > 1) this.blocks.shift();
      if (from < to) {
        first.from = to;
        this.waiting -= to - from;
        return bytes.subarray(from, to);
      }
      if (this.blocks[0] === first) return undefined;
    }
  }
}
