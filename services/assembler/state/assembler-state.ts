// The assembler's memory <-> entries of the state: the open mails ("mail/rows/N") and its numbers ("mail/table"). Of live running only:
// there nothing waits for its turn between two turns, and no mail is kept packed.

import type { Reading } from "../../../shared/domain/decode-fault.ts";
import { decodedState, type PutEntry, StateValueError, UnknownEntries } from "../../../shared/domain/state-value.ts";
import { integerOf, requiredInteger } from "../../../shared/domain/wire-fields.ts";
import { decodeLine, type WireObject } from "../../../shared/domain/wire-object.ts";
import type { MailTable, MailTableCounters, MailTableState } from "../mail-table.ts";
import type { OpenMail } from "../open-mail.ts";
import { BLOCK_HEAD, MailJournal, type ReadBlock, ROWS_PREFIX } from "./mail-journal.ts";
import { mailOfRow, type MailRow, readRow } from "./mail-row-reader.ts";

const TABLE_KEY = "mail/table";

/** What the assembler knows beside its mails. */
export interface AssemblerNumbers {
  /** -Infinity: no time has been told yet. */
  readonly nowMs: number;
  readonly accepted: number;
  readonly expiredFragments: number;
  readonly releasedEarly: number;
}

/** Where it stands; `mails`: all that were read back, forgotten ones too. */
export interface AssemblerAccess {
  readonly numbers: () => AssemblerNumbers;
  readonly restore: (numbers: AssemblerNumbers, mails: readonly OpenMail[]) => void;
}

interface WholeRow {
  readonly row: MailRow & { readonly kind: "m" };
  readonly seq: number;
  readonly bytes: number;
}

const COUNTERS = [
  "accepted",
  "expiredFragments",
  "releasedEarly",
  "incomplete",
  "evictedForRoom",
  "evictedForSilence",
  "reusedQueueIds",
  "lastId",
  "removals",
  "nextLook",
] as const;
const COUNTS = { min: 0, max: Number.MAX_SAFE_INTEGER };
const TIMES = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

type TableEntry = AssemblerNumbers & MailTableCounters & MailTableState;

export class AssemblerState {
  private readonly table: MailTable;
  private readonly access: AssemblerAccess;
  private readonly site: string;
  private readonly journal = new MailJournal();
  private readonly unknown = new UnknownEntries();
  private told = "";
  private read: TableEntry | undefined;
  private readonly blocks = new Map<number, Buffer>();

  /** From now on changes are noted. */
  constructor(table: MailTable, access: AssemblerAccess, site: string) {
    this.table = table;
    this.access = access;
    this.site = site;
    table.journal = this.journal;
  }

  /** Tells every entry that changed since the last call, each once. */
  changes(put: PutEntry): void {
    this.unknown.changes(put);
    this.journal.changes(put);
    const { nowMs, ...own } = this.access.numbers();
    const numbers = { ...own, ...this.table.counters, ...this.table.state() };
    const text = JSON.stringify({ v: 1, nowMs: Number.isFinite(nowMs) ? nowMs : undefined, ...numbers });
    if (text === this.told) return;
    this.told = text;
    put(TABLE_KEY, Buffer.from(text));
  }

  /** Takes an entry back, before `restored`. Throws StateValueError for a value of another version, or a damaged one. */
  restore(key: string, value: Buffer): void {
    if (key === TABLE_KEY) {
      this.told = value.toString("utf8");
      this.read = decodedState(key, decodeLine(this.told, readTable));
      return;
    }
    const seq = key.startsWith(ROWS_PREFIX) ? Number(key.slice(ROWS_PREFIX.length)) : Number.NaN;
    if (!Number.isSafeInteger(seq) || seq < 1) {
      this.unknown.add(key);
      return;
    }
    // The buffer may be used again.
    this.blocks.set(seq, Buffer.from(value));
  }

  /** All entries were given. Throws StateValueError. */
  restored(): void {
    const seqs = [...this.blocks.keys()].toSorted((a, b) => a - b);
    if (this.read === undefined) {
      if (seqs.length === 0) return;
      throw new StateValueError(TABLE_KEY, { reason: "missing-field", detail: "" });
    }
    // Blocks are given up from the eldest on, so none is missing between two.
    const gap = seqs.find((seq, index) => index > 0 && seq !== (seqs[index - 1] ?? 0) + 1);
    if (gap !== undefined)
      throw new StateValueError(`${ROWS_PREFIX}${gap - 1}`, { reason: "missing-field", detail: "" });
    const whole = this.readBlocks(seqs);
    const { mails, kept } = this.openMails(whole);
    this.journal.restore(
      seqs.map((seq): ReadBlock => ({
        seq,
        bytes: this.blocks.get(seq)?.length ?? 0,
        mails: kept.get(seq) ?? [],
      })),
    );
    this.blocks.clear();
    const { incomplete, evictedForRoom, evictedForSilence, reusedQueueIds, ...numbers } = this.read;
    Object.assign(this.table.counters, { incomplete, evictedForRoom, evictedForSilence, reusedQueueIds });
    this.table.restore(
      mails.filter(({ forgotten }) => !forgotten),
      numbers,
    );
    this.access.restore(numbers, mails);
  }

  /** The last whole row of each mail, with what came behind it. */
  private readBlocks(seqs: readonly number[]): Map<number, WholeRow> {
    const whole = new Map<number, WholeRow>();
    const parts = new Map<number, { readonly seq: number; readonly pieces: string[] }>();
    for (const seq of seqs) {
      const key = `${ROWS_PREFIX}${seq}`;
      const reading: Reading = { fault: undefined };
      const text = (this.blocks.get(seq) ?? Buffer.alloc(0)).toString("utf8");
      if (!text.startsWith(BLOCK_HEAD)) throw new StateValueError(key, headFault(text));
      if (!text.endsWith("\n")) throw new StateValueError(key, { reason: "not-json", detail: "" });
      for (const line of text.slice(BLOCK_HEAD.length, -1).split("\n")) {
        const row = readRow(line, reading);
        if (row?.kind === "p") takePart(row, { seq, parts, whole, reading });
        else takeRow(row, whole, { seq, bytes: Buffer.byteLength(line) });
      }
      if (reading.fault !== undefined) throw new StateValueError(key, reading.fault);
    }
    return whole;
  }

  private openMails(whole: ReadonlyMap<number, WholeRow>): {
    mails: OpenMail[];
    kept: Map<number, { mail: OpenMail; bytes: number }[]>;
  } {
    const byId = new Map<number, OpenMail>();
    const kept = new Map<number, { mail: OpenMail; bytes: number }[]>();
    for (const [id, { row, seq, bytes }] of [...whole].toSorted(([a], [b]) => a - b)) {
      const mail = mailOfRow(row, this.site);
      byId.set(id, mail);
      const block = kept.get(seq);
      if (block === undefined) kept.set(seq, [{ mail, bytes }]);
      else block.push({ mail, bytes });
    }
    for (const [id, { row }] of whole) {
      const mail = byId.get(id);
      const previous = byId.get(row.previous);
      if (mail !== undefined && previous?.forgotten === false) mail.previous = previous;
    }
    return { mails: [...byId.values()], kept };
  }
}

interface PartsAtHand {
  readonly seq: number;
  readonly parts: Map<number, { readonly seq: number; readonly pieces: string[] }>;
  readonly whole: Map<number, WholeRow>;
  readonly reading: Reading;
}

function takePart(row: MailRow & { readonly kind: "p" }, { seq, parts, whole, reading }: PartsAtHand): void {
  if (row.part === 0) parts.set(row.id, { seq, pieces: [] });
  const known = parts.get(row.id);
  // Of a row whose beginning was given up: another came in its place.
  if (known?.pieces.length !== row.part) return;
  known.pieces.push(row.piece);
  if (known.pieces.length < row.parts) return;
  parts.delete(row.id);
  const text = known.pieces.join("");
  const joined = readRow(text, reading);
  takeRow(joined, whole, { seq: known.seq, bytes: Buffer.byteLength(text) });
}

function takeRow(
  row: MailRow | undefined,
  whole: Map<number, WholeRow>,
  place: { readonly seq: number; readonly bytes: number },
): void {
  if (row?.kind === "f") whole.delete(row.id);
  else if (row?.kind === "m") whole.set(row.id, { row, ...place });
  else if (row?.kind === "n") {
    // Where its whole row was given up another came behind it, or the mail is forgotten.
    const known = whole.get(row.id);
    const { numbers, minutes, told } = row;
    if (known !== undefined) whole.set(row.id, { ...known, row: { ...known.row, numbers, minutes, told } });
  }
}

function headFault(text: string): { reason: "unknown-version" | "not-json"; detail: string } {
  const head = text.slice(0, 64).split("\n", 1)[0] ?? "";
  return /^\{"v":\d+\}$/.test(head) ? { reason: "unknown-version", detail: "v" } : { reason: "not-json", detail: "" };
}

function readTable(object: WireObject): TableEntry {
  const count = (key: (typeof COUNTERS)[number]): number => requiredInteger(object, key, COUNTS);
  return {
    nowMs: integerOf(object, "nowMs", TIMES) ?? Number.NEGATIVE_INFINITY,
    accepted: count("accepted"),
    expiredFragments: count("expiredFragments"),
    releasedEarly: count("releasedEarly"),
    incomplete: count("incomplete"),
    evictedForRoom: count("evictedForRoom"),
    evictedForSilence: count("evictedForSilence"),
    reusedQueueIds: count("reusedQueueIds"),
    lastId: count("lastId"),
    removals: count("removals"),
    nextLook: count("nextLook"),
  };
}
