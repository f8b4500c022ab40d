// Chunks of an object that may be large (chunk-teller.ts) -> what they hold.

import type { RowReader } from "./entry-row.ts";
import { StateEntryError } from "./state-entry-error.ts";

/** Reads so many items from the chunks of `at`; throws where some are missing. */
export function readChunks<Item>(
  at: RowReader,
  { name, count, chunks }: { readonly name: string; readonly count: number; readonly chunks: readonly RowReader[] },
  read: (chunk: RowReader, place: number) => Item,
): Item[] {
  const items: Item[] = [];
  let next = 0;
  for (; items.length < count; next += 1) {
    const chunk = chunks[next];
    if (chunk === undefined) throw new StateEntryError("missing-entry", at.key, `${name} of chunk ${next}`);
    for (let left = chunk.count(name); left > 0; left -= 1) items.push(read(chunk, items.length));
    chunk.end();
  }
  if (items.length > count || next < chunks.length) throw at.refusal(`has more ${name} than it says`);
  return items;
}
