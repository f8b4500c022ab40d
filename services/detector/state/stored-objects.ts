// Entries as they were read back, by kind and number, until all of them are there.

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
  private readonly kinds = new Map<Kind, Map<number, Fields>>(KINDS.map((kind) => [kind, new Map()]));
  /** Rows of chunks: queue ids of messages, ids of threads. */
  private readonly slots = new Map<number, Fields[]>();
  private readonly ids = new Map<number, Fields[]>();
  /** Slices of list memories, by list; entries of small mails, by generation. */
  readonly memories = new Map<number, StoredBytes[]>();
  readonly smallMails = new Map<number, StoredBytes[]>();

  /** `value` may be used again for other entries. */
  add(key: string, { kind, id, chunk }: StateKey, value: Buffer): void {
    const known = KINDS.find((each) => each === kind);
    if (kind === "small") addTo(this.smallMails, id, { key, chunk, value: Buffer.from(value) });
    else if (known === undefined) throw new StateEntryError("unknown-key", key, "");
    else this.addObject(key, { kind: known, id, chunk }, value);
  }

  fields(kind: Kind, id: number): Fields | undefined {
    return this.kinds.get(kind)?.get(id);
  }

  /** In the order of their numbers: the order in which they were made. */
  inOrder(kind: Kind): (readonly [id: number, fields: Fields])[] {
    return [...(this.kinds.get(kind) ?? [])].sort(([one], [other]) => one - other);
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

  private addObject(
    key: string,
    place: { readonly kind: Kind } & Omit<StateKey, "site" | "kind">,
    value: Buffer,
  ): void {
    const { kind, id, chunk } = place;
    this.lastId = Math.max(this.lastId, id);
    if (chunk < 0) this.kinds.get(kind)?.set(id, fieldsOf(key, value));
    else if (kind === "list") addTo(this.memories, id, { key, chunk, value: Buffer.from(value) });
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
