// what is counted of a thread, a list or the site within one minute.

import type { WindowScope } from "../../shared/domain/thread-window.ts";
import { type Changes, type Tracked, tracked } from "./tracked.ts";

export interface WindowRow extends Tracked {
  readonly kind: "row";
  readonly scope: WindowScope;
  readonly key: string;
  list: string | undefined;
  readonly windowStart: number;
  replyAlls: number;
  /** Identities of the minute's repliers; undefined while there are none. */
  repliers: Set<string> | undefined;
  automatic: number;
  messages: number;
  recipients: number;
  deliveries: number;
  audience: number;
  score: number;
  changed: boolean;
}

export function createRow(
  scope: WindowScope,
  { key, windowStart }: { readonly key: string; readonly windowStart: number },
  changes: Changes | undefined,
): WindowRow {
  return {
    kind: "row",
    ...tracked(changes),
    scope,
    key,
    list: scope === "list" ? key : undefined,
    windowStart,
    replyAlls: 0,
    repliers: undefined,
    automatic: 0,
    messages: 0,
    recipients: 0,
    deliveries: 0,
    audience: 0,
    score: 0,
    changed: false,
  };
}

export function addReplier(row: WindowRow, identity: string): void {
  row.repliers ??= new Set();
  row.repliers.add(identity);
}
