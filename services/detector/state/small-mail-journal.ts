// small mails that came, changed or went <-> `small/GENERATION/N`: what happened since it was last told is appended, and with a
// generation all its entries go. So a mail costs its bytes once, few of them for each time that it changes, and no entry of its own.
//
// The last entry is told again with what is new as long as it is small: mail that trickles in does not make an entry a flush.
// Where mails are told again so often that a generation takes several times what is live in it, it is told anew.

import type { MessageTable } from "../message-table.ts";
import { type SmallMailEntry, smallMailText } from "../small-mail.ts";
import { hashText } from "../text-hash.ts";
import type { EntryWriter } from "./entry-writer.ts";
import { JOURNAL_HEAD, RECORD_BYTES, recordOf, replayMails, revisedRecord } from "./small-mail-records.ts";
import type { StoredObjects } from "./stored-objects.ts";

/** An entry that is larger is not told again, and one that would be larger than the other is begun anew. */
const TAIL_BYTES_MAX = 4096;
const ENTRY_BYTES_MAX = 32_768;
/** A generation is told anew when it takes more than so many times what is live in it, and so much more. */
const DEAD_TIMES = 4;
const DEAD_BYTES = 1_048_576;

interface Destination {
  readonly writer: EntryWriter;
  readonly prefix: string;
}

interface ToldGeneration {
  /** Numbers of its entries: from, up to and without next. */
  first: number;
  next: number;
  bytes: number;
}

export class SmallMailJournal {
  private readonly told = new Map<number, ToldGeneration>();
  /** The last entry of a generation, while it is small. */
  private tail: { readonly generation: number; readonly value: Buffer } | undefined;
  /** Of the mails told of one generation, hashes of their texts. */
  private readonly texts = new Map<string, number>();
  private textsOf = 0;

  /** `prefix`: of the keys. */
  tell(table: MessageTable, writer: EntryWriter, prefix: string): void {
    const { news, generation } = table;
    if (news === undefined) return;
    for (const [number, told] of this.told) {
      if (number >= generation - 1) continue;
      for (let entry = told.first; entry < told.next; entry += 1) writer.forget(`${prefix}${number}/${entry}`);
      this.told.delete(number);
    }
    // What is gone matters only where it was told.
    const isTold = this.told.has(generation - 1);
    const old = [...news.old].filter(([, entry]) => isTold || entry !== undefined);
    const to = { writer, prefix };
    this.append(
      generation - 1,
      old.map(([key, entry]) => recordOf(key, entry)),
      to,
    );
    if (this.textsOf !== generation) this.texts.clear();
    this.textsOf = generation;
    if (this.isBloated(table)) this.tellAnew(table, to);
    else
      this.append(
        generation,
        [...news.young].map(([key, entry]) => this.youngRecord(key, entry)),
        to,
      );
    news.old.clear();
    news.young.clear();
  }

  /** Nearly every later word on a mail changes its numbers only. */
  private youngRecord(key: string, entry: SmallMailEntry | undefined): Buffer {
    if (entry === undefined) {
      this.texts.delete(key);
      return recordOf(key, undefined);
    }
    const text = smallMailText(entry.event, entry.key, entry.counts.more);
    const hash = textHash(text);
    if (this.texts.get(key) === hash) return revisedRecord(entry);
    this.texts.set(key, hash);
    return recordOf(key, entry, text);
  }

  /** After a start: an entry was found. */
  noteEntry(generation: number, entry: number, bytes: number): void {
    const told = this.toldOf(generation, entry);
    told.first = Math.min(told.first, entry);
    told.next = Math.max(told.next, entry + 1);
    told.bytes += bytes;
  }

  private toldOf(generation: number, first = 0): ToldGeneration {
    const known = this.told.get(generation);
    if (known !== undefined) return known;
    const told = { first, next: first, bytes: 0 };
    this.told.set(generation, told);
    return told;
  }

  private append(generation: number, records: readonly Buffer[], to: Destination): void {
    const [first] = records;
    if (first === undefined) return;
    const told = this.toldOf(generation);
    let parts: Buffer[] = [JOURNAL_HEAD];
    let bytes = 1;
    if (this.tail?.generation === generation && this.tail.value.length + first.length <= ENTRY_BYTES_MAX) {
      parts = [this.tail.value];
      bytes = this.tail.value.length;
      told.next -= 1;
      told.bytes -= bytes;
    }
    const end = (): void => {
      const value = Buffer.concat(parts);
      to.writer.write(`${to.prefix}${generation}/${told.next}`, value);
      told.next += 1;
      told.bytes += value.length;
      this.tail = value.length <= TAIL_BYTES_MAX ? { generation, value } : undefined;
    };
    for (const record of records) {
      if (bytes > 1 && bytes + record.length > ENTRY_BYTES_MAX) {
        end();
        parts = [JOURNAL_HEAD];
        bytes = 1;
      }
      parts.push(record);
      bytes += record.length;
    }
    end();
  }

  /** Packed mails are told twice at most. */
  private isBloated({ small, packed, generation }: MessageTable): boolean {
    const told = this.told.get(generation);
    if (told === undefined || packed.youngSize > 0) return false;
    const live = small.youngBytes + small.youngSize * RECORD_BYTES;
    return told.bytes > DEAD_TIMES * live + DEAD_BYTES;
  }

  private tellAnew({ small, generation }: MessageTable, to: Destination): void {
    const told = this.toldOf(generation);
    const before = { ...told };
    told.first = told.next;
    told.bytes = 0;
    this.tail = undefined;
    this.texts.clear();
    const records: Buffer[] = [];
    small.eachYoung((mail) =>
      records.push(this.youngRecord(mail.key, { event: mail, key: mail.key, hash: 0, counts: mail })),
    );
    this.append(generation, records, to);
    for (let entry = before.first; entry < before.next; entry += 1) {
      to.writer.forget(`${to.prefix}${generation}/${entry}`);
    }
  }
}

/** Plays the small mails of both generations back. */
export function restoreSmallMails(
  { small, generation, news }: MessageTable,
  stored: StoredObjects,
  journal: SmallMailJournal,
): void {
  replayMails(small, stored.smallMails.get(generation - 1) ?? []);
  small.rotate();
  replayMails(small, stored.smallMails.get(generation) ?? []);
  news?.young.clear();
  news?.old.clear();
  for (const [number, entries] of stored.smallMails) {
    for (const { chunk, value } of entries) journal.noteEntry(number, chunk, value.length);
  }
}

/** 53 bits of a text. */
function textHash(text: string): number {
  const { high, low } = hashText(text);
  return high * 2 ** 21 + (low >>> 11);
}
