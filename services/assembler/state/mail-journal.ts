// Open mails as they change -> entries of the state, each a block of rows (mail-row.ts). Blocks are written once and never changed; the
// eldest are given up, after what still counts of them was written again:
//
//   block 7   m 41   m 42   f 30   n 41            41 and 42 are open
//   block 8   m 43   n 42   f 41                   41 is forgotten, 42 has changed
//   block 9   m 42                                 42 stands here in whole: block 7 can go
//
// They go in order, so that a row "f" stays for as long as any row that it undoes, and a row "n" for no longer than its mail's last
// row "m". So a mail costs a few rows, one entry a flush holds those of many, and what is kept is bounded by what is open.

import { STATE_VALUE_BYTES_MAX, type PutEntry } from "../../../shared/domain/state-value.ts";
import type { OpenMail } from "../open-mail.ts";
import { forgottenRow, numbersRow, partRows, ROW_BYTES_MAX, wholeRow } from "./mail-row.ts";

export const ROWS_PREFIX = "mail/rows/";
export const BLOCK_HEAD = '{"v":1}\n';

/** Blocks may take this many times the bytes of the whole rows that count, and some more. */
const BYTES_SHARE = 2;
const BYTES_FREE = 1_048_576;
/** Blocks there may be of what a few mails in each flush take, and bytes that others have at least on the average. */
const BLOCKS_FREE = 256;
const BLOCK_BYTES = 16_384;
/** Blocks given up in one flush beside twice those that it wrote: it takes a few ms, and a backlog does not outrun it. */
const BLOCKS_MORE = 16;

interface Block {
  readonly seq: number;
  bytes: number;
  /** Mails with a whole row in it, and how many of these rows are their last. */
  readonly mails: OpenMail[];
  live: number;
}

/** What the journal has of a mail. */
export interface KeptMail {
  /** Block of its last whole row. */
  block: Block | undefined;
  /** Of that row. */
  bytes: number;
  /** It changed since its last row, and its texts did. */
  isNoted: boolean;
  isWhole: boolean;
}

/** A block that was read back: its bytes, and the mails whose last whole row is in it. */
export interface ReadBlock {
  readonly seq: number;
  readonly bytes: number;
  readonly mails: readonly { readonly mail: OpenMail; readonly bytes: number }[];
}

export class MailJournal {
  private noted: OpenMail[] = [];
  private blocks: Block[] = [];
  private lastSeq = 0;
  private bytes = 0;
  private liveBytes = 0;
  private lines: string[] = [];
  private current: Block | undefined;

  /** A mail changed; `isWhole`: it is new, or its texts changed. */
  note(mail: OpenMail, isWhole: boolean): void {
    mail.kept ??= { block: undefined, bytes: 0, isNoted: false, isWhole: true };
    const { kept } = mail;
    if (isWhole) kept.isWhole = true;
    if (kept.isNoted) return;
    kept.isNoted = true;
    this.noted.push(mail);
  }

  /** Tells what changed since the last call. */
  changes(put: PutEntry): void {
    const { noted, lastSeq } = this;
    this.noted = [];
    for (const mail of noted) this.write(mail, put);
    const most = BLOCKS_MORE + 2 * (this.lastSeq - lastSeq);
    for (let given = 0; given < most && this.isEldestToGo(); given += 1) this.giveUpEldest(put);
    this.endBlock(put);
  }

  /** Takes back what was written before, in the order of the blocks. */
  restore(blocks: readonly ReadBlock[]): void {
    for (const { seq, bytes, mails } of blocks) {
      const block: Block = { seq, bytes, mails: mails.map(({ mail }) => mail), live: mails.length };
      for (const { mail, bytes: rowBytes } of mails) {
        mail.kept = { block, bytes: rowBytes, isNoted: false, isWhole: false };
        this.liveBytes += rowBytes;
      }
      this.blocks.push(block);
      this.bytes += bytes;
      this.lastSeq = seq;
    }
  }

  private write(mail: OpenMail, put: PutEntry): void {
    const { kept } = mail;
    if (kept === undefined) return;
    kept.isNoted = false;
    if (mail.forgotten && !(mail.changed && mail.event !== undefined)) {
      if (kept.block !== undefined) this.line(forgottenRow(mail.id), put);
      this.leave(kept);
      mail.kept = undefined;
      // Its block holds on to the mail for a while.
      mail.event = undefined;
    } else if (kept.isWhole) this.writeWhole(mail, kept, put);
    else this.line(numbersRow(mail), put);
  }

  private writeWhole(mail: OpenMail, kept: KeptMail, put: PutEntry): void {
    this.leave(kept);
    const row = wholeRow(mail);
    const bytes = Buffer.byteLength(row);
    const [first = row, ...others] = bytes > ROW_BYTES_MAX ? partRows(mail.id, row) : [row];
    const block = this.line(first, put);
    for (const other of others) this.line(other, put);
    block.mails.push(mail);
    block.live += 1;
    kept.block = block;
    kept.bytes = bytes;
    kept.isWhole = false;
    this.liveBytes += bytes;
  }

  /** The mail's last whole row no longer counts. */
  private leave(kept: KeptMail): void {
    if (kept.block === undefined) return;
    kept.block.live -= 1;
    this.liveBytes -= kept.bytes;
    kept.block = undefined;
    kept.bytes = 0;
  }

  /** Adds a line to the block at hand, or to a new one where it is full. */
  private line(text: string, put: PutEntry): Block {
    const bytes = Buffer.byteLength(text) + 1;
    if (this.current !== undefined && this.current.bytes + bytes > STATE_VALUE_BYTES_MAX) this.endBlock(put);
    const block = this.current ?? this.beginBlock();
    this.lines.push(text);
    block.bytes += bytes;
    this.bytes += bytes;
    return block;
  }

  private beginBlock(): Block {
    this.lastSeq += 1;
    this.current = { seq: this.lastSeq, bytes: BLOCK_HEAD.length, mails: [], live: 0 };
    this.bytes += BLOCK_HEAD.length;
    this.blocks.push(this.current);
    return this.current;
  }

  private endBlock(put: PutEntry): void {
    if (this.current === undefined) return;
    put(`${ROWS_PREFIX}${this.current.seq}`, Buffer.from(`${BLOCK_HEAD}${this.lines.join("\n")}\n`));
    this.lines = [];
    this.current = undefined;
  }

  private isEldestToGo(): boolean {
    const eldest = this.blocks[0];
    if (eldest === undefined || eldest === this.current) return false;
    const bytes = BYTES_SHARE * this.liveBytes;
    return (
      eldest.live === 0 || this.bytes > bytes + BYTES_FREE || this.blocks.length > bytes / BLOCK_BYTES + BLOCKS_FREE
    );
  }

  private giveUpEldest(put: PutEntry): void {
    const eldest = this.blocks.shift();
    if (eldest === undefined) return;
    for (const mail of eldest.mails) {
      if (mail.kept !== undefined && mail.kept.block === eldest) this.writeWhole(mail, mail.kept, put);
    }
    this.bytes -= eldest.bytes;
    put(`${ROWS_PREFIX}${eldest.seq}`, undefined);
  }
}
