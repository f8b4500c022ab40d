// small mails <-> records of an entry of their journal (small-mail-journal.ts).
//
// An entry: a byte for the version; then records: a byte for the kind, four for the length of the text, and for a mail that is kept or
// revised its numbers, nine doubles; then the text: of a mail as it is kept (small-mail.ts), or its key where it is gone or revised.
// Low end first.

import { keyHash } from "../../../shared/domain/packed/key-hash.ts";
import {
  readSmallMail,
  SMALL_MAIL_NUMBERS,
  type SmallMailEntry,
  smallMailText,
  writeSmallMailNumbers,
} from "../small-mail.ts";
import type { SmallMailStore } from "../small-mail-store.ts";
import { StateEntryError } from "./state-entry-error.ts";
import type { StoredBytes } from "./stored-objects.ts";

const VERSION = 1;
const GONE = 0;
const KEPT = 1;
const REVISED = 2;
const HEAD_BYTES = 5;
const NUMBERS_BYTES = SMALL_MAIL_NUMBERS * 8;

/** What an entry begins with. */
export const JOURNAL_HEAD = Buffer.of(VERSION);
/** Bytes of a record beside its text. */
export const RECORD_BYTES = HEAD_BYTES + NUMBERS_BYTES;

const numbers = new Float64Array(SMALL_MAIL_NUMBERS);

/** `entry`: what is kept under the key; undefined: it is gone. `text`: of the mail, where it is known already. */
export function recordOf(key: string, entry: SmallMailEntry | undefined, text?: string): Buffer {
  if (entry === undefined) return record(GONE, key, undefined);
  return record(KEPT, text ?? smallMailText(entry.event, entry.key, entry.counts.more), entry);
}

/** A mail that was told in the same generation, of which only numbers changed. */
export function revisedRecord(entry: SmallMailEntry): Buffer {
  return record(REVISED, entry.key, entry);
}

function record(kind: number, text: string, entry: SmallMailEntry | undefined): Buffer {
  const textAt = HEAD_BYTES + (entry === undefined ? 0 : NUMBERS_BYTES);
  const bytes = Buffer.allocUnsafe(textAt + Buffer.byteLength(text));
  bytes[0] = kind;
  bytes.writeUInt32LE(bytes.length - textAt, 1);
  if (entry !== undefined) {
    writeSmallMailNumbers(entry.event, entry.counts, numbers, 0);
    numbers.forEach((number, index) => bytes.writeDoubleLE(number, HEAD_BYTES + index * 8));
  }
  bytes.write(text, textAt, "utf8");
  return bytes;
}

interface Kept {
  readonly text: string;
  readonly numbers: Buffer;
}

/** Enters the mails of a generation as its entries leave them, into the young generation of the store. */
export function replayMails(store: SmallMailStore, entries: readonly StoredBytes[]): void {
  const mails = new Map<string, Kept>();
  for (const entry of entries.toSorted((one, other) => one.chunk - other.chunk)) replayEntry(mails, entry);
  for (const { text, numbers: stored } of mails.values()) {
    for (let index = 0; index < SMALL_MAIL_NUMBERS; index += 1) numbers[index] = stored.readDoubleLE(index * 8);
    const mail = readSmallMail(text, numbers, 0);
    store.put({ event: mail, key: mail.key, hash: keyHash(mail.key), counts: mail });
  }
}

function replayEntry(mails: Map<string, Kept>, { key, value }: StoredBytes): void {
  if (value[0] !== VERSION) throw new StateEntryError("unknown-version", key, `version ${value[0] ?? "none"}`);
  for (let at = 1; at < value.length;) {
    const kind = value[at];
    const textAt = at + HEAD_BYTES + (kind === GONE ? 0 : NUMBERS_BYTES);
    if (kind === undefined || kind > REVISED || textAt > value.length) {
      throw new StateEntryError("damaged", key, "record");
    }
    const end = textAt + value.readUInt32LE(at + 1);
    if (end > value.length) throw new StateEntryError("damaged", key, "length");
    const text = value.toString("utf8", textAt, end);
    const stored = value.subarray(at + HEAD_BYTES, textAt);
    if (kind === GONE) mails.delete(text);
    else if (kind === KEPT) mails.set(text.slice(0, text.indexOf("\0")), { text, numbers: stored });
    else {
      const known = mails.get(text);
      if (known === undefined) throw new StateEntryError("missing-entry", key, "a mail that it revises");
      mails.set(text, { text: known.text, numbers: stored });
    }
    at = end;
  }
}
