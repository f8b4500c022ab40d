// Short rows -> the account of a storm and its alerts: what the tests of the incident report write their cases in.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { StormAccount, StormMessage } from "../../shared/domain/storm-account.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { stormAlert } from "./storm-alert.ts";

const START_AT = Date.UTC(2026, 10, 23, 8, 29);
export const LIST = "all@example.org";

export interface MessageRow extends Partial<Omit<StormMessage, "at" | "minutes">> {
  /** Minutes after START_AT. */
  readonly minute: number;
  /** Deliveries by minutes after START_AT. */
  readonly delivered?: Readonly<Record<number, number>>;
}

export const at = (minute: number): number => START_AT + minute * MINUTE_MS;

/** The first is the first mail, every other a reply-all by another person, unless it says otherwise. */
export function messages(rows: readonly MessageRow[]): StormMessage[] {
  return rows.map(({ minute, delivered = {}, ...fields }, index) => ({
    at: at(minute),
    threadKey: "1@example.org",
    role: index === 0 ? "first" : "reply-all",
    answersThread: index > 0,
    person: `person${index}@example.org`,
    recipients: 2500,
    lists: [LIST],
    minutes: Object.entries(delivered).map(([start, count]) => ({ start: at(Number(start)), delivered: count })),
    ...fields,
  }));
}

export function account(rows: readonly MessageRow[], change: Partial<StormAccount> = {}): StormAccount {
  return {
    stormId: "a23d9e6284d71437",
    site: "site",
    opened: true,
    threadKey: "1@example.org",
    list: LIST,
    subject: "Test",
    starter: "person0@example.org",
    startedAt: START_AT,
    calmAt: at(60),
    heldUntil: at(180),
    audience: 2500,
    lists: [{ address: LIST, audience: 2500 }],
    messages: messages(rows),
    ...change,
  };
}

/** The alert that opened it, at a minute. */
export function opening(minute: number, change: Partial<StormAlert> = {}): StormAlert {
  return stormAlert({ list: LIST, startedAt: START_AT, detectedAt: at(minute), ...change });
}
