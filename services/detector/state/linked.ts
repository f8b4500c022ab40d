// How stored objects name one another: by their numbers.

import type { FanOut } from "../fan-out.ts";
import type { ListState } from "../list-table.ts";
import type { Storm } from "../storm.ts";
import type { Thread } from "../thread-table.ts";
import type { TrackedObject } from "../tracked.ts";
import type { Fields } from "./entry-fields.ts";

/** The number of an object, given to it when it has none yet. */
export type IdOf = (object: TrackedObject) => number;

/** Objects by their numbers. Each throws StateEntryError where there is none; `at`: the fields that name it. */
export interface Linked {
  readonly fanOut: (at: Fields, id: number) => FanOut;
  readonly list: (at: Fields, id: number) => ListState;
  readonly thread: (at: Fields, id: number) => Thread;
  readonly storm: (at: Fields, id: number) => Storm;
}
