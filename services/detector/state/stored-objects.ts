// Entries as they were read back, by kind and number, until all of them are there. Those of whole objects stay bytes until they
// are made objects of: what is parsed and dropped at once costs the collector nothing, and a takeover waits for it.

import { type Fields, fieldsOf } from "./entry-fields.ts";
import { RowReader } from "./entry-row.ts";
import type { StateKey } from "./state-key.ts";

const KINDS = [
  "fan-out",
  "thread",
  "thread-replies",
  "list",
  "list-now",
  "list-posts",
  "storm",
  "group",
  "row",
  "minute",
  "login",
  "client",
  "clients",
  "site",
] as const;
type Kind = (typeof KINDS)[number];

export interface StoredBytes {
  readonly key: string;
  readonly chunk: number;
  readonly value: Buffer;
}

export class StoredObjects {
  /** The largest number seen. */
  lastId = 0;
  /** What the keys begin with. */
  private readonly prefix: string;
  private readonly kinds = new Map<string, Map<number, Buffer>>(KINDS.map((kind) => [kind, new Map()]));
  /** Chunks of queue ids of messages, and of ids of threads. */
  private readonly slots = new Map<number, RowReader[]>();
  private readonly ids = new Map<number, RowReader[]>();
  /** Slices of list memories, by list; entries of small mails, by generation. */
  readonly memories = new Map<number, StoredBytes[]>();
  readonly smallMails = new Map<number, StoredBytes[]>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** `value` is kept. False: this version has no such kind. */
  add(key: string, place: StateKey, value: Buffer): boolean {
    if (place.kind === "small") {
      addTo(this.smallMails, place.id, { key, chunk: place.chunk, value });
      return true;
    }
    // Of a kind that is not known too: its number is somebody's.
    this.lastId = Math.max(this.lastId, place.id);
    const values = this.kinds.get(place.kind);
    if (values === undefined) return false;
    if (place.chunk >= 0) return this.addChunk(key, place, value);
    values.set(place.id, value);
    return true;
  }

  /** Of one object whose fields have names; parsed at each call. */
  fields(kind: Kind, id: number): Fields | undefined {
    const value = this.kinds.get(kind)?.get(id);
    return value === undefined ? undefined : fieldsOf(this.keyOf(kind, id), value);
  }

  /** Of one object that is a row; parsed at each call. */
  row(kind: Kind, id: number): RowReader | undefined {
    const value = this.kinds.get(kind)?.get(id);
    return value === undefined ? undefined : new RowReader(this.keyOf(kind, id), value);
  }

  keyOf(kind: Kind, id: number): string {
    // What there is once has no number.
    return id === 0 ? `${this.prefix}${kind}` : `${this.prefix}${kind}/${id}`;
  }

  /** In the order of their numbers: the order in which they were made. Each is parsed when its turn comes. */
  *inOrder(kind: Kind): Generator<readonly [id: number, fields: Fields]> {
    for (const id of this.idsInOrder(kind)) {
      const fields = this.fields(kind, id);
      if (fields !== undefined) yield [id, fields];
    }
  }

  /** The same of a kind that is rows. Throws StateEntryError where one was not read to its end. */
  *rowsInOrder(kind: Kind): Generator<readonly [id: number, row: RowReader]> {
    for (const id of this.idsInOrder(kind)) {
      const row = this.row(kind, id);
      if (row === undefined) continue;
      yield [id, row];
      row.end();
    }
  }

  slotChunks(id: number): readonly RowReader[] {
    return this.slots.get(id) ?? [];
  }

  idChunks(id: number): readonly RowReader[] {
    return this.ids.get(id) ?? [];
  }

  private idsInOrder(kind: Kind): Float64Array {
    return Float64Array.from(this.kinds.get(kind)?.keys() ?? []).sort();
  }

  private addChunk(key: string, { kind, id, chunk }: StateKey, value: Buffer): boolean {
    if (kind === "list") addTo(this.memories, id, { key, chunk, value });
    else if (kind === "fan-out") setIn(this.slots, id, { chunk, row: new RowReader(key, value) });
    else if (kind === "thread") setIn(this.ids, id, { chunk, row: new RowReader(key, value) });
    else return false;
    return true;
  }
}

function addTo(map: Map<number, StoredBytes[]>, id: number, bytes: StoredBytes): void {
  const known = map.get(id);
  if (known === undefined) map.set(id, [bytes]);
  else known.push(bytes);
}

function setIn(
  map: Map<number, RowReader[]>,
  id: number,
  { chunk, row }: { readonly chunk: number; readonly row: RowReader },
): void {
  let known = map.get(id);
  if (known === undefined) map.set(id, (known = []));
  known[chunk] = row;
}
