// A delivery: one word of one storm on its way to one receiver; how a try ended, and what becomes of it. Closed sets of reasons,
// the same in logs, metrics and tests.

import type { StormAlert, StormAlertType } from "../../shared/domain/storm-alert.ts";

/** What the outbox knows of one alert, shared by its deliveries. */
export interface OutboxAlert {
  readonly stormKey: string;
  readonly alert: StormAlert;
  /** The alert as it is sent and kept: one JSON line. */
  readonly line: string;
  /** Deliveries that are not over. */
  holders: number;
}

export interface Delivery {
  readonly receiver: string;
  readonly stormKey: string;
  readonly revision: number;
  readonly type: StormAlertType;
  readonly content: OutboxAlert;
  /** Rises with each delivery, over restarts too: a clock may be set back. */
  readonly order: number;
  /** When the alert was decided, ms since the epoch. */
  readonly sinceMs: number;
  /** The receiver's first word of a storm that is on. */
  opens: boolean;
  /** Tries that have ended. */
  attempts: number;
  notBeforeMs: number;
  /** When the try that is out now began; undefined when none is. */
  startedAtMs: number | undefined;
  /** The flush that must have been written before it may be sent. */
  afterFlush: number;
  /** Heard, lost or overtaken. */
  isOver: boolean;
}

/** Why a try failed that is worth another. */
export const RETRY_REASONS = [
  "timeout",
  "unreachable",
  "name-not-found",
  "connection-broken",
  "tls",
  "forbidden-target",
  "no-answer",
  "aborted",
  "rate-limited",
  "redirect",
  "auth-error",
  "client-error",
  "server-error",
  "exit-code",
  "killed",
  "not-started",
] as const;
export type RetryReason = (typeof RETRY_REASONS)[number];

/** Why a delivery ended without having been heard. */
export const LOSS_REASONS = ["too-old", "body-refused", "outbox-full", "receiver-gone"] as const;
export type LossReason = (typeof LOSS_REASONS)[number];

/** Why a receiver was not to hear of an alert. */
export const UNHEARD_REASONS = [
  "below-severity",
  "updates-off",
  "nothing-to-resolve",
  "silenced",
  "overtaken",
  "told-already",
] as const;
export type UnheardReason = (typeof UNHEARD_REASONS)[number];

/** How one try ended. `detail` is for a person and holds no secret. */
export type AttemptOutcome =
  | { readonly kind: "delivered" }
  | {
      readonly kind: "retry";
      readonly reason: RetryReason;
      readonly detail: string;
      /** The receiver asked to be left alone for so long, ms. */
      readonly waitMs?: number;
      /** It meant all that goes to it, not this delivery alone. */
      readonly pausesReceiver?: boolean;
    }
  | { readonly kind: "refused"; readonly detail: string }
  /** The receiver wants nothing more, ever. */
  | { readonly kind: "gone"; readonly detail: string };
