// What changed of one site since it was last told, and which of its objects stand in stored state.

import type { FanOut } from "../fan-out.ts";
import type { ListState } from "../list-table.ts";
import type { Storm } from "../storm.ts";
import type { Thread } from "../thread-table.ts";
import type { Changes, TrackedObject } from "../tracked.ts";

/** Objects that others name: they are forgotten once nothing that is kept leads to them any more. */
export type NamedObject = FanOut | ListState | Storm | Thread;

export function isNamed(object: TrackedObject): object is NamedObject {
  const { kind } = object;
  return kind === "fan-out" || kind === "thread" || kind === "list" || kind === "storm";
}

/** `learned`: only what is known for good of lists, logins and machines. */
export type ChangesKept = "all" | "learned";

const LEARNED: ReadonlySet<TrackedObject["kind"]> = new Set(["list", "login", "client"]);

/** Not a list that came and went: messages of old may still name it, but none of them is told. */
function isLearned(object: TrackedObject): boolean {
  return LEARNED.has(object.kind) && (object.kind !== "list" || object.stored || !object.forgotten);
}

export class SiteChanges implements Changes {
  readonly kept: ChangesKept;
  readonly keepsMails: boolean;
  nextId = 1;
  /** In the order in which they were noted; grows while it is told. */
  changed = new Set<TrackedObject>();
  readonly stored = new Set<NamedObject>();
  /** Of these, how many were left when it was last looked which can go, and the age of small mails then. */
  sweptSize = 0;
  sweptSince = Number.NEGATIVE_INFINITY;
  /** Values that are told whole, as they were last. */
  readonly lastTold = new Map<string, Buffer>();

  constructor(kept: ChangesKept) {
    this.kept = kept;
    this.keepsMails = kept === "all";
  }

  readonly note = (object: TrackedObject): void => {
    if (this.kept === "learned" && !isLearned(object)) return;
    this.number(object);
    object.noted = true;
    this.changed.add(object);
  };

  /** What others may name goes by itself, once none does; where nothing but lists is kept nobody names them. */
  readonly gone = (object: TrackedObject): void => {
    if (object.stored || (isNamed(object) && this.kept === "all")) {
      this.note(object);
      return;
    }
    object.noted = false;
    this.changed.delete(object);
  };

  /** Its number in stored state. One that has none yet is going to be told. */
  readonly idOf = (object: TrackedObject): number => {
    if (object.id === 0) this.note(object);
    return object.id;
  };

  /**
   * The objects that stand in stored state were made again, the last of them under `lastId`, by a site that is `youngSince` old. What can go
   * is not looked for now: the first word after a takeover is waited for.
   */
  restored(lastId: number, youngSince: number): void {
    this.nextId = lastId + 1;
    this.changed.clear();
    this.sweptSize = this.stored.size;
    this.sweptSince = youngSince;
  }

  private number(object: TrackedObject): void {
    if (object.id !== 0) return;
    object.id = this.nextId;
    this.nextId += 1;
  }
}
