// A stored value whose fields stand in a fixed order and without names, for the kinds of which there are as many entries as mails
// and threads: a takeover waits until all of them are read. A text that stood before in the same entry is written as its number
// there, a time as its distance from the first.
//
//   [2, 1479112140000, "anna@corp.example", 0, 60000, ...]: version, a time, a text, the same text again, a minute later

import { StateEntryError } from "./state-entry-error.ts";

/** 1 were named fields. */
const VERSION = 2;
const NO_TEXTS: readonly never[] = [];

/** Takes fields in the order in which a RowReader is asked for them. */
export class RowWriter {
  private readonly fields: (number | string | null)[] = [VERSION];
  private readonly texts = new Map<string, number>();
  private firstTime: number | undefined;

  value(): Buffer {
    return Buffer.from(JSON.stringify(this.fields));
  }

  number(value: number): void {
    this.fields.push(value);
  }

  flag(value: boolean): void {
    this.fields.push(value ? 1 : 0);
  }

  /** Milliseconds, or infinite: which infinity it was its reader knows. */
  time(value: number): void {
    if (!Number.isSafeInteger(value)) {
      // A distance of fractions could be another when it is added again.
      this.fields.push(Number.isFinite(value) ? String(value) : null);
      return;
    }
    this.fields.push(this.firstTime === undefined ? value : value - this.firstTime);
    this.firstTime ??= value;
  }

  text(value: string): void {
    const known = this.texts.get(value);
    this.fields.push(known ?? value);
    if (known === undefined) this.texts.set(value, this.texts.size);
  }

  textOrNone(value: string | undefined): void {
    if (value === undefined) this.fields.push(null);
    else this.text(value);
  }

  /** Their number, then each. */
  list<Item>(items: readonly Item[], write: (item: Item) => void): void {
    this.fields.push(items.length);
    items.forEach(write);
  }

  textList(texts: readonly string[]): void {
    this.list(texts, (text) => this.text(text));
  }
}

/** The value that these fields make. */
export function rowValue(write: (row: RowWriter) => void): Buffer {
  const row = new RowWriter();
  write(row);
  return row.value();
}

/** Gives the fields of a value in their order, each with its type; `name` is for the StateEntryError where it is another. */
export class RowReader {
  readonly key: string;
  private readonly fields: readonly unknown[];
  private next = 1;
  private readonly texts: string[] = [];
  private firstTime: number | undefined;

  /** Throws StateEntryError where `value` is no row of version 2. */
  constructor(key: string, value: Buffer) {
    this.key = key;
    this.fields = parsedRow(key, value);
    const [version] = this.fields;
    if (version !== VERSION) throw new StateEntryError("unknown-version", key, `version ${String(version)}`);
  }

  number(name: string): number {
    const field = this.fields[this.next];
    this.next += 1;
    return typeof field === "number" ? field : this.refuse(name, "is no number");
  }

  flag(name: string): boolean {
    const field = this.number(name);
    return field === 1 || (field !== 0 && this.refuse(name, "is no flag"));
  }

  /** `infinite`: what an infinite time was. */
  time(name: string, infinite?: number): number {
    const field = this.fields[this.next];
    this.next += 1;
    if (typeof field === "number") {
      if (this.firstTime !== undefined) return this.firstTime + field;
      this.firstTime = field;
      return field;
    }
    if (field === null && infinite !== undefined) return infinite;
    const fraction = typeof field === "string" ? Number(field) : Number.NaN;
    return Number.isFinite(fraction) ? fraction : this.refuse(name, "is no time");
  }

  text(name: string): string {
    const field = this.fields[this.next];
    this.next += 1;
    if (typeof field === "string") {
      this.texts.push(field);
      return field;
    }
    const known = typeof field === "number" ? this.texts[field] : undefined;
    return known ?? this.refuse(name, "is no text");
  }

  textOrNone(name: string): string | undefined {
    if (this.fields[this.next] !== null) return this.text(name);
    this.next += 1;
    return undefined;
  }

  /** Some text of a closed set. */
  word<const Word extends string>(name: string, words: readonly Word[]): Word {
    const text = this.text(name);
    return words.find((word) => word === text) ?? this.refuse(name, "is not known");
  }

  wordOrNone<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    if (this.fields[this.next] !== null) return this.word(name, words);
    this.next += 1;
    return undefined;
  }

  /** So many items follow. */
  count(name: string): number {
    const count = this.number(name);
    const isPossible = Number.isSafeInteger(count) && count >= 0 && count <= this.fields.length;
    return isPossible ? count : this.refuse(name, "is no number of items");
  }

  list<Item>(name: string, read: (index: number) => Item): Item[] {
    const count = this.count(name);
    // An array that is pushed to has room for 16 more, and most of the lists of a message have one item.
    if (count === 0) return [];
    if (count === 1) return [read(0)];
    if (count === 2) return [read(0), read(1)];
    return Array.from({ length: count }, (_, index) => read(index));
  }

  textList(name: string): readonly string[] {
    const count = this.count(name);
    return count === 0 ? NO_TEXTS : Array.from({ length: count }, () => this.text(name));
  }

  /** Throws StateEntryError where more stands there than was asked for. */
  end(): void {
    if (this.next !== this.fields.length) throw this.refusal(`has ${this.fields.length} fields, read ${this.next}`);
  }

  /** What is wrong with the whole of it. */
  refusal(what: string): StateEntryError {
    return new StateEntryError("damaged", this.key, what);
  }

  /** Throws StateEntryError: what is wrong with a field. */
  refuse(name: string, what: string): never {
    throw this.refusal(`${name} ${what}`);
  }
}

function parsedRow(key: string, value: Buffer): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString("utf8"));
  } catch {
    throw new StateEntryError("damaged", key, "not JSON");
  }
  if (Array.isArray(parsed)) return parsed;
  if (typeof parsed === "object" && parsed !== null && "v" in parsed) {
    throw new StateEntryError("unknown-version", key, `version ${String(parsed.v)}`);
  }
  throw new StateEntryError("damaged", key, "is no row");
}
