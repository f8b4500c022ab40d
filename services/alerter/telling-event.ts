// What is worth a line in the log about telling: every notification, and every change of a receiver's state.

import type { StormAlertType } from "../../shared/domain/storm-alert.ts";
import { encodeWireTime } from "../../shared/domain/wire-time.ts";
import type { LossReason, RetryReason } from "./delivery.ts";

interface Notification {
  readonly receiver: string;
  /** The webhook id. */
  readonly id: string;
  readonly type: StormAlertType;
  /** Tries that it took, or that were made. */
  readonly attempts: number;
}

export type TellingEvent =
  | (Notification & { readonly event: "delivered"; /** From the decision of the alert. */ readonly latencyMs: number })
  | (Notification & { readonly event: "lost"; readonly reason: LossReason; readonly detail: string })
  /** The first try that failed since the receiver last heard something, or since the start. */
  | { readonly event: "failing"; readonly receiver: string; readonly reason: RetryReason; readonly detail: string }
  /** At the start: what a former run could not tell. */
  | {
      readonly event: "failing-still";
      readonly receiver: string;
      readonly waiting: number;
      /** When the first try failed, ms since the epoch. */
      readonly sinceMs: number;
    }
  | { readonly event: "recovered"; readonly receiver: string; readonly failures: number }
  /** It answered 410: nothing more is sent to it until a restart or a reload. */
  | { readonly event: "disabled"; readonly receiver: string; readonly detail: string }
  | { readonly event: "heartbeat-failing"; readonly reason: string; readonly detail: string }
  | { readonly event: "heartbeat-recovered"; readonly failures: number }
  /** squall itself is not well, so it keeps silent. */
  | { readonly event: "heartbeat-withheld" }
  | { readonly event: "heartbeat-resumed" };

const LOSS_WORDS: Readonly<Record<LossReason, string>> = {
  "too-old": "given up after a day of tries",
  "body-refused": "given up: the receiver refuses what it says",
  "outbox-full": "given up: too many alerts wait for this receiver",
  "receiver-gone": "given up: the receiver is no longer configured",
};

/** One line for a person, without line break. Names no address, no secret. */
export function tellingEventInWords(event: TellingEvent): string {
  switch (event.event) {
    case "delivered":
      return `${event.receiver} was told ${event.type} ${event.id}${event.attempts > 1 ? `, at try ${event.attempts}` : ""}`;
    case "lost": {
      const why = event.detail === "" ? "" : ` (${event.detail})`;
      return `${event.receiver} was NOT told ${event.type} ${event.id}: ${LOSS_WORDS[event.reason]}${why}`;
    }
    case "failing":
      return `${event.receiver} cannot be told: ${withDetail(event.reason, event.detail)}; squall goes on trying`;
    case "failing-still": {
      const what = event.waiting === 1 ? "1 notification is" : `${event.waiting} notifications are`;
      const since = encodeWireTime(event.sinceMs);
      return `${what} to be told to ${event.receiver}, where tries have failed since ${since}: it is tried again now`;
    }
    case "recovered":
      return `${event.receiver} can be told again, after ${event.failures} tries that failed`;
    case "disabled":
      return `${event.receiver} wants nothing more (${event.detail}): it is told nothing until a restart or a reload`;
    case "heartbeat-failing":
      return `the heartbeat address does not answer as it should: ${withDetail(event.reason, event.detail)}`;
    case "heartbeat-recovered":
      return `the heartbeat address answers again, after ${event.failures} calls that failed`;
    case "heartbeat-withheld":
      return "the heartbeat is withheld: squall is not well";
    default:
      return "the heartbeat goes on";
  }
}

function withDetail(reason: string, detail: string): string {
  return detail === "" ? reason : `${reason} (${detail})`;
}
