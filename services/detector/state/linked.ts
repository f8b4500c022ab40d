// How stored objects name one another: by their numbers.

import type { FanOut } from "../fan-out.ts";
import type { ListState } from "../list-table.ts";
import type { Storm } from "../storm.ts";
import type { Thread } from "../thread-table.ts";
import type { TrackedObject } from "../tracked.ts";

/** The number of an object, given to it when it has none yet. */
export type IdOf = (object: TrackedObject) => number;

/** Where an object is named. */
export interface At {
  readonly key: string;
}

/** Objects by their numbers. Each throws StateEntryError where there is none. */
export interface Linked {
  readonly fanOut: (at: At, id: number) => FanOut;
  readonly list: (at: At, id: number) => ListState;
  readonly thread: (at: At, id: number) => Thread;
  readonly storm: (at: At, id: number) => Storm;
}

/** The object as it stands in stored state. */
export function numbered<Object extends TrackedObject>(object: Object, id: number): Object {
  object.id = id;
  object.noted = false;
  object.stored = true;
  return object;
}
