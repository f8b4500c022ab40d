// "#Fields: a,b,c" and the rows behind it -> where the values that squall reads stand in a row. Comma-separated as Exchange writes
// it: a value that holds a comma is in quotes, and a quote in it is doubled. The order of columns is what #Fields says, never a
// fixed one: it differs by version.

import { lesser } from "../bytes.ts";

const COMMA = 44;
const QUOTE = 34;
const SPACE = 32;

/** Columns that are read, and their place in `TrackingRow`. */
const READ = [
  "date-time",
  "client-ip",
  "client-hostname",
  "server-hostname",
  "source-context",
  "source",
  "event-id",
  "message-id",
  "network-message-id",
  "recipient-address",
  "recipient-count",
  "related-recipient-address",
  "message-subject",
  "sender-address",
  "return-path",
  "directionality",
  "original-client-ip",
  "custom-data",
] as const;

export type TrackingField = (typeof READ)[number];

/** Without these it is another log, or of no use. */
const NEEDED: readonly TrackingField[] = [
  "date-time",
  "client-hostname",
  "server-hostname",
  "source",
  "event-id",
  "message-id",
  "recipient-address",
];

const PLACES: ReadonlyMap<string, number> = new Map(READ.map((name, place) => [name, place]));
const NOT_READ = -1;
/** Longest name of a column looked at, bytes. */
const NAME_BYTES_MAX = 64;
/** Longest value that is handed out, bytes. */
const VALUE_BYTES_MAX = 4096;
/** Columns there can be in the longest line. */
const COLUMNS_MAX = 33_554_432;

export function placeOfField(field: TrackingField): number {
  return READ.indexOf(field);
}

/** Reads rows in place. After `read` and `take`, `source`, `from` and `to` tell where a value stands. */
export class TrackingRow {
  source: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;
  /** Columns that #Fields names; 0: no such line yet. */
  columns = 0;
  /** Of the row read last. */
  columnsRead = 0;
  isDateFirst = false;
  private places: Int16Array = new Int16Array(0);
  /** Columns that are read. */
  private named = new Map<string, number>();
  private line: Buffer = this.source;
  private readonly starts = new Int32Array(READ.length);
  private readonly ends = new Int32Array(READ.length);
  private readonly isDoubled = new Uint8Array(READ.length);
  private readonly scratch = Buffer.alloc(VALUE_BYTES_MAX);

  /** What follows is in an order that is not known yet. */
  forgetFields(): void {
    this.columns = 0;
  }

  /** Takes the names behind "#Fields:"; false, and none known, when a needed one is missing. */
  readFields(bytes: Buffer, start: number, end: number): boolean {
    this.columns = 0;
    let columns = 1;
    for (let at = start; at < end; at += 1) if (bytes[at] === COMMA) columns += 1;
    const places = new Int16Array(columns).fill(NOT_READ);
    const named = new Map<string, number>();
    let from = start;
    for (let column = 0; column < columns; column += 1) {
      let to = from;
      while (to < end && bytes[to] !== COMMA) to += 1;
      const name = to - from > NAME_BYTES_MAX ? "" : bytes.toString("latin1", from, to).trim().toLowerCase();
      const place = PLACES.get(name);
      // Of two columns of one name the first counts.
      if (place !== undefined && !named.has(name)) {
        named.set(name, column);
        places[column] = place;
      }
      from = to + 1;
    }
    return this.takePlaces(places, named);
  }

  /** What #Fields says, as JSON can hold it. */
  fields(): unknown {
    const { columns, named } = this;
    return { columns, read: columns === 0 ? {} : Object.fromEntries(named) };
  }

  /** Takes that back; false when it is something else. */
  restoreFields(state: unknown): boolean {
    this.columns = 0;
    const columns = numberIn(state, "columns");
    const read = valueIn(state, "read");
    if (columns === undefined || columns > COLUMNS_MAX) return false;
    const places = new Int16Array(columns).fill(NOT_READ);
    const named = new Map<string, number>();
    for (const name of READ) {
      const column = numberIn(read, name);
      if (column === undefined || column >= columns) continue;
      named.set(name, column);
      places[column] = placeOfField(name);
    }
    return columns === 0 || this.takePlaces(places, named);
  }

  /** False when it has more or fewer columns than #Fields names, or a quote without its end. */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.line = bytes;
    this.starts.fill(0);
    this.ends.fill(0);
    this.columnsRead = 0;
    let at = start;
    for (;;) {
      at = bytes[at] === QUOTE && at < end ? this.readQuoted(bytes, at + 1, end) : this.readPlain(bytes, at, end);
      if (at < 0) return false;
      if (at >= end) return this.columnsRead === this.columns;
      at += 1;
    }
  }

  /** Finds a value of the row, its first `bytesMax` bytes; false when it is empty. Good until the next is taken. */
  take(place: number, bytesMax: number): boolean {
    const from = this.starts[place] ?? 0;
    const to = this.ends[place] ?? 0;
    if (this.isDoubled[place] === 1) return this.takeDoubled(from, to, bytesMax);
    this.source = this.line;
    this.from = from;
    this.to = lesser(to, from + bytesMax);
    return to > from;
  }

  /** Takes the value whole, if it is one of a list: how many there are in it, by ";". */
  count(place: number): number {
    const { line } = this;
    const to = this.ends[place] ?? 0;
    let items = 0;
    let isOpen = false;
    for (let at = this.starts[place] ?? 0; at < to; at += 1) {
      if (line[at] === 59) isOpen = false;
      else if (!isOpen && line[at] !== SPACE) {
        isOpen = true;
        items += 1;
      }
    }
    return items;
  }

  /** The value as text, as its bytes are. */
  text(place: number, bytesMax: number): string {
    return this.take(place, bytesMax) ? this.source.toString("latin1", this.from, this.to) : "";
  }

  private takePlaces(places: Int16Array, named: Map<string, number>): boolean {
    if (!NEEDED.every((name) => named.has(name))) return false;
    this.places = places;
    this.named = named;
    this.isDateFirst = places[0] === 0;
    this.columns = places.length;
    return true;
  }

  private readPlain(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] !== COMMA) at += 1;
    this.note(start, at, 0);
    return at;
  }

  /** Position behind the closing quote, where a comma or the end must be; -1. */
  private readQuoted(bytes: Buffer, start: number, end: number): number {
    let isDoubled = 0;
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== QUOTE) continue;
      if (at + 1 < end && bytes[at + 1] === QUOTE) {
        isDoubled = 1;
        at += 1;
        continue;
      }
      this.note(start, at, isDoubled);
      return at + 1 === end || bytes[at + 1] === COMMA ? at + 1 : -1;
    }
    return -1;
  }

  private note(start: number, end: number, isDoubled: number): void {
    const place = this.columnsRead < this.columns ? (this.places[this.columnsRead] ?? NOT_READ) : NOT_READ;
    this.columnsRead += 1;
    if (place === NOT_READ) return;
    this.starts[place] = start;
    this.ends[place] = end;
    this.isDoubled[place] = isDoubled;
  }

  private takeDoubled(from: number, to: number, bytesMax: number): boolean {
    const { line, scratch } = this;
    const limit = lesser(bytesMax, VALUE_BYTES_MAX);
    let length = 0;
    for (let at = from; at < to && length < limit; at += 1) {
      const byte = line[at] ?? 0;
      if (byte === QUOTE) at += 1;
      scratch[length] = byte;
      length += 1;
    }
    this.source = scratch;
    this.from = 0;
    this.to = length;
    return length > 0;
  }
}

function valueIn(object: unknown, key: string): unknown {
  return typeof object === "object" && object !== null
    ? Object.entries(object).find(([name]) => name === key)?.[1]
    : undefined;
}

/** A whole number from 0. */
function numberIn(object: unknown, key: string): number | undefined {
  const value = valueIn(object, key);
  return Number.isInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
