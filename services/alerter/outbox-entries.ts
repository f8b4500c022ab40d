// State entries of the outbox <-> what they say. An alert is kept once, whoever it goes to.
//
// | key                                       | value                                                        |
// | outbox/alert/<storm>/<revision>           | the StormAlert, one JSON line                                |
// | outbox/to/<receiver>/<storm>/<revision>   | {v, order, opens, since, attempts, notBefore}                |
// | outbox/storm/<storm>                      | {v, at, told: {<receiver>: {state, severity, heard}}}        |
// | outbox/failing/<receiver>                 | {v, since, failures}, while its tries fail                   |

import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { SEVERITIES } from "../../shared/domain/storm-alert.ts";
import type { Delivery } from "./delivery.ts";
import type { Failing } from "./receiver-queue.ts";
import type { Told } from "./routing.ts";

/** An entry that this version cannot read. */
export class OutboxEntryError extends Error {
  override readonly name = "OutboxEntryError";
}

export interface KeptDelivery {
  readonly receiver: string;
  readonly stormKey: string;
  readonly revision: number;
  readonly order: number;
  readonly opens: boolean;
  readonly sinceMs: number;
  readonly attempts: number;
  readonly notBeforeMs: number;
}

export type OutboxEntry =
  | { readonly kind: "alert"; readonly stormKey: string; readonly alert: StormAlert; readonly line: string }
  | { readonly kind: "delivery"; readonly delivery: KeptDelivery }
  | {
      readonly kind: "storm";
      readonly stormKey: string;
      readonly atMs: number;
      readonly told: ReadonlyMap<string, Told>;
    }
  | { readonly kind: "failing"; readonly receiver: string; readonly failing: Failing }
  /** A newer squall kept it. */
  | { readonly kind: "unknown" };

export function alertKey(stormKey: string, revision: number): string {
  return `outbox/alert/${stormKey}/${revision}`;
}

export function deliveryKey(delivery: Pick<Delivery, "receiver" | "stormKey" | "revision">): string {
  return `outbox/to/${delivery.receiver}/${delivery.stormKey}/${delivery.revision}`;
}

export function stormEntryKey(stormKey: string): string {
  return `outbox/storm/${stormKey}`;
}

export function deliveryValue({ order, opens, sinceMs, attempts, notBeforeMs }: Delivery): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, order, opens, since: sinceMs, attempts, notBefore: notBeforeMs }));
}

export function failingKey(receiver: string): string {
  return `outbox/failing/${receiver}`;
}

export function failingValue({ sinceMs, failures }: Failing): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, since: sinceMs, failures }));
}

/** Throws OutboxEntryError. */
export function readEntry(key: string, value: Buffer): OutboxEntry {
  const [part, kind, ...names] = key.split("/");
  if (part === "outbox" && kind === "alert") return readAlert(key, names, value);
  if (part === "outbox" && kind === "to") return { kind: "delivery", delivery: readDelivery(key, names, value) };
  if (part === "outbox" && kind === "storm") return readStorm(key, names, value);
  if (part === "outbox" && kind === "failing") return readFailing(key, names, value);
  return { kind: "unknown" };
}

function readAlert(key: string, [stormKey = ""]: string[], value: Buffer): OutboxEntry {
  const line = value.toString("utf8");
  const decoded = decodeStormAlert(line);
  if (decoded.ok) return { kind: "alert", stormKey, alert: decoded.alert, line };
  throw new OutboxEntryError(`state entry ${key}: ${decoded.reason} ${decoded.detail}`.trimEnd());
}

function readDelivery(key: string, names: string[], value: Buffer): KeptDelivery {
  const [receiver = "", stormKey = "", revision = ""] = names;
  const { order, opens, since, attempts, notBefore } = fieldsOf(key, value);
  const isWhole = names.length === 3 && /^\d{1,15}$/u.test(revision) && isCount(order) && isCount(since);
  if (!isWhole || !isCount(attempts) || !isCount(notBefore)) throw damaged(key);
  return {
    receiver,
    stormKey,
    revision: Number(revision),
    order,
    opens: opens === true,
    sinceMs: since,
    attempts,
    notBeforeMs: notBefore,
  };
}

function readStorm(key: string, [stormKey = ""]: string[], value: Buffer): OutboxEntry {
  const { at, told } = fieldsOf(key, value);
  if (!isCount(at) || !isFields(told)) throw damaged(key);
  const byReceiver = new Map<string, Told>();
  for (const [receiver, one] of Object.entries(told)) {
    if (!isFields(one)) throw damaged(key);
    const severity = SEVERITIES.find((word) => word === one["severity"]);
    const state = one["state"] === "open" || one["state"] === "resolved" ? one["state"] : undefined;
    const { heard } = one;
    if (severity === undefined || state === undefined || !isCount(heard)) throw damaged(key);
    byReceiver.set(receiver, { state, severity, heard });
  }
  return { kind: "storm", stormKey, atMs: at, told: byReceiver };
}

function readFailing(key: string, [receiver = ""]: string[], value: Buffer): OutboxEntry {
  const { since, failures } = fieldsOf(key, value);
  if (!isCount(since) || !isCount(failures)) throw damaged(key);
  return { kind: "failing", receiver, failing: { sinceMs: since, failures } };
}

function fieldsOf(key: string, value: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString("utf8"));
  } catch {
    throw damaged(key);
  }
  if (!isFields(parsed)) throw damaged(key);
  if (parsed["v"] !== 1) throw new OutboxEntryError(`state entry ${key}: written by another version of squall`);
  return parsed;
}

function damaged(key: string): OutboxEntryError {
  return new OutboxEntryError(`state entry ${key}: damaged`);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
