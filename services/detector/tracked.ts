// objects of the detector's state -> those that changed since they were last told. Whoever changes one notes it (`noteChange`); a
// detector whose state is not kept has nobody to note it with, and pays one look at a field.

import type { Client } from "./clients.ts";
import type { FanOut } from "./fan-out.ts";
import type { ListState } from "./list-table.ts";
import type { MessageGroup } from "./message-group.ts";
import type { LoginUse } from "./persons.ts";
import type { Storm } from "./storm.ts";
import type { Thread } from "./thread-table.ts";
import type { MinuteRows } from "./thread-windows.ts";
import type { WindowRow } from "./window-row.ts";

export type TrackedObject =
  | Client
  | FanOut
  | ListState
  | LoginUse
  | MessageGroup
  | MinuteRows
  | Storm
  | Thread
  | WindowRow;

/** Who keeps account of changes. */
export interface Changes {
  /** Small mails are kept too. */
  readonly keepsMails: boolean;
  readonly note: (object: TrackedObject) => void;
  /** It left its table. One that was never told is no longer to be. */
  readonly gone: (object: TrackedObject) => void;
}

export interface Tracked {
  /** Undefined when nobody asks what changed. */
  readonly changes: Changes | undefined;
  /** Its number in stored state, rising in the order in which objects were made; 0: not noted yet. */
  id: number;
  /** Changed since it was last told. */
  noted: boolean;
  /** It stands in stored state. */
  stored: boolean;
}

/** An object of which a part that may be large is told in chunks. */
export interface Chunked extends Tracked {
  /** Chunks that were told, and those that changed since. */
  chunksTold: number;
  chunksChanged: Set<number> | undefined;
}

export function tracked(changes: Changes | undefined): Tracked {
  return { changes, id: 0, noted: false, stored: false };
}

export function chunked(changes: Changes | undefined): Chunked {
  return { changes, id: 0, noted: false, stored: false, chunksTold: 0, chunksChanged: undefined };
}

export function noteChange(object: TrackedObject): void {
  if (object.changes !== undefined && !object.noted) object.changes.note(object);
}

/** Notes that an object left its table. */
export function noteGone(object: TrackedObject): void {
  if (object.changes !== undefined) object.changes.gone(object);
}

/** Notes that an object changed in one of its chunks. */
export function noteChunk(object: TrackedObject & Chunked, chunk: number): void {
  if (object.changes === undefined) return;
  (object.chunksChanged ??= new Set()).add(chunk);
  noteChange(object);
}
