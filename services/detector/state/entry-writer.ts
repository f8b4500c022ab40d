// values under keys -> entries of at most 64 KiB. A value that is larger takes several: `KEY` holds "~", how many there are, a line
// feed and the first part, `KEY~1`, `KEY~2` ... hold the others. Nearly none is.

import { type PutEntry, STATE_VALUE_BYTES_MAX } from "../../../shared/domain/state-value.ts";
import { StateEntryError } from "./state-entry-error.ts";

const HEAD_BYTES = 16;
const SPLIT = 0x7e;
const LINE_FEED = 0x0a;

export class EntryWriter {
  /** Keys whose value took several entries, and how many. */
  private readonly split = new Map<string, number>();
  private put: PutEntry = () => undefined;

  /** Where the following entries go. */
  begin(put: PutEntry): void {
    this.put = put;
  }

  write(key: string, value: Buffer): void {
    const parts =
      value.length <= STATE_VALUE_BYTES_MAX ? 1 : Math.ceil(value.length / (STATE_VALUE_BYTES_MAX - HEAD_BYTES));
    this.noteParts(key, parts);
    if (parts === 1) {
      this.put(key, value);
      return;
    }
    const bytes = STATE_VALUE_BYTES_MAX - HEAD_BYTES;
    this.put(key, Buffer.concat([Buffer.from(`~${parts}\n`), value.subarray(0, bytes)]));
    for (let part = 1; part < parts; part += 1) {
      this.put(`${key}~${part}`, value.subarray(part * bytes, (part + 1) * bytes));
    }
  }

  forget(key: string): void {
    this.noteParts(key, 1);
    this.put(key, undefined);
  }

  /** After a start: a value was found in so many entries. */
  noteParts(key: string, parts: number): void {
    const before = this.split.get(key) ?? 1;
    for (let part = parts; part < before; part += 1) this.put(`${key}~${part}`, undefined);
    if (parts > 1) this.split.set(key, parts);
    else if (before > 1) this.split.delete(key);
  }
}

/** Puts values together again that took several entries. */
export class EntryJoiner {
  private readonly heads = new Map<string, { readonly parts: number; readonly first: Buffer }>();
  private readonly tails = new Map<string, Buffer>();

  /** The value, when it stands in one entry; else it is kept until `joined`. */
  take(key: string, value: Buffer): Buffer | undefined {
    if (key.includes("~")) {
      this.tails.set(key, value);
      return undefined;
    }
    if (value[0] !== SPLIT) return value;
    const end = value.indexOf(LINE_FEED);
    const parts = Number(value.toString("latin1", 1, Math.max(1, end)));
    if (!Number.isSafeInteger(parts) || parts < 2) throw new StateEntryError("damaged", key, "parts");
    this.heads.set(key, { parts, first: value.subarray(end + 1) });
    return undefined;
  }

  /** Every value that took several entries. */
  joined(visit: (key: string, value: Buffer, parts: number) => void): void {
    for (const [key, { parts, first }] of this.heads) {
      const buffers = [first];
      for (let part = 1; part < parts; part += 1) {
        const tail = this.tails.get(`${key}~${part}`);
        if (tail === undefined) throw new StateEntryError("missing-entry", key, `part ${part} of ${parts}`);
        buffers.push(tail);
        this.tails.delete(`${key}~${part}`);
      }
      visit(key, Buffer.concat(buffers), parts);
    }
    const [stray] = this.tails.keys();
    if (stray !== undefined) throw new StateEntryError("missing-entry", stray, "the value that it is a part of");
  }
}
