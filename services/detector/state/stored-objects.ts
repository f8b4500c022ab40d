// Entries as they were read back, by kind and number, until all of them are there. Those of whole objects stay bytes until they
// are made objects of: what is parsed and dropped at once costs the collector nothing, and a takeover waits for it.

import { StateEntryError } from "./state-entry-error.ts";
import { type Fields, fieldsOf } from "./entry-fields.ts";
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
  /** Rows of chunks: queue ids of messages, ids of threads. */
  private readonly slots = new Map<number, Fields[]>();
  private readonly ids = new Map<number, Fields[]>();
  /** Slices of list memories, by list; entries of small mails, by generation. */
  readonly memories = new Map<number, StoredBytes[]>();
  readonly smallMails = new Map<number, StoredBytes[]>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** `value` is kept. */
  add(key: string, place: StateKey, value: Buffer): void {
    if (place.kind === "small") {
      addTo(this.smallMails, place.id, { key, chunk: place.chunk, value });
      return;
    }
    const values = this.kinds.get(place.kind);
    if (values === undefined) throw new StateEntryError("unknown-key", key, "");
    this.lastId = Math.max(this.lastId, place.id);
    if (place.chunk < 0) values.set(place.id, value);
    else this.addChunk(key, place, value);
  }

  /** Of one object; parsed at each call. */
  fields(kind: Kind, id: number): Fields | undefined {
    const value = this.kinds.get(kind)?.get(id);
    return value === undefined ? undefined : fieldsOf(this.keyOf(kind, id), value);
  }

  keyOf(kind: Kind, id: number): string {
    // What there is once has no number.
    return id === 0 ? `${this.prefix}${kind}` : `${this.prefix}${kind}/${id}`;
  }

  /** In the order of their numbers: the order in which they were made. Each is parsed when its turn comes. */
  *inOrder(kind: Kind): Generator<readonly [id: number, fields: Fields]> {
    const values = this.kinds.get(kind);
    const ids = Float64Array.from(values?.keys() ?? []).sort();
    for (const id of ids) {
      const fields = this.fields(kind, id);
      if (fields !== undefined) yield [id, fields];
    }
  }

  /** Queue ids of a message that has so many; throws where some are missing. */
  slotsOf(at: Fields, id: number, count: number): readonly Fields[] {
    return this.rowsOf(this.slots.get(id) ?? [], "slots", { at, count });
  }

  idsOf(at: Fields, id: number, count: number): readonly Fields[] {
    return this.rowsOf(this.ids.get(id) ?? [], "ids", { at, count });
  }

  slotChunks(id: number): number {
    return this.slots.get(id)?.length ?? 0;
  }

  idChunks(id: number): number {
    return this.ids.get(id)?.length ?? 0;
  }

  private rowsOf(
    chunks: readonly Fields[],
    name: string,
    whose: { readonly at: Fields; readonly count: number },
  ): readonly Fields[] {
    const rows: Fields[] = [];
    for (let chunk = 0; rows.length < whose.count; chunk += 1) {
      const fields = chunks[chunk];
      if (fields === undefined) throw new StateEntryError("missing-entry", whose.at.key, `${name} of chunk ${chunk}`);
      rows.push(...fields.objects(name));
    }
    if (rows.length > whose.count) throw whose.at.refusal(`has more ${name} than it says`);
    return rows;
  }

  private addChunk(key: string, { kind, id, chunk }: StateKey, value: Buffer): void {
    if (kind === "list") addTo(this.memories, id, { key, chunk, value });
    else if (kind === "fan-out") setIn(this.slots, id, { chunk, fields: fieldsOf(key, value) });
    else if (kind === "thread") setIn(this.ids, id, { chunk, fields: fieldsOf(key, value) });
    else throw new StateEntryError("unknown-key", key, "");
  }
}

function addTo(map: Map<number, StoredBytes[]>, id: number, bytes: StoredBytes): void {
  const known = map.get(id);
  if (known === undefined) map.set(id, [bytes]);
  else known.push(bytes);
}

function setIn(
  map: Map<number, Fields[]>,
  id: number,
  { chunk, fields }: { readonly chunk: number; readonly fields: Fields },
): void {
  let known = map.get(id);
  if (known === undefined) map.set(id, (known = []));
  known[chunk] = fields;
}
