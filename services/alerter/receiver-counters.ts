// What happened at one receiver, for metrics.

import type { LossReason, RetryReason, UnheardReason } from "./delivery.ts";
import { LOSS_REASONS, RETRY_REASONS, UNHEARD_REASONS } from "./delivery.ts";

export interface ReceiverCounters {
  delivered: number;
  /** Tries that failed and are worth another. */
  readonly failed: Map<RetryReason, number>;
  /** Deliveries that ended without having been heard. */
  readonly lost: Map<LossReason, number>;
  /** Alerts that the receiver was not to hear of. */
  readonly unheard: Map<UnheardReason, number>;
}

export function createReceiverCounters(): ReceiverCounters {
  return { delivered: 0, failed: zeros(RETRY_REASONS), lost: zeros(LOSS_REASONS), unheard: zeros(UNHEARD_REASONS) };
}

/** One receiver as it stands. Times in ms since the epoch. */
export interface ReceiverStatus extends Readonly<ReceiverCounters> {
  readonly name: string;
  /** Deliveries in its outbox, those being sent included. */
  readonly waiting: number;
  readonly inFlight: number;
  /** It answered 410: nothing is sent until a restart or a reload. */
  readonly isDisabled: boolean;
  /** Tries that failed since the last one that did not, in former runs too. */
  readonly failuresInRow: number;
  /** When the first of them failed; undefined when there is none. */
  readonly failingSinceMs: number | undefined;
  /** What the last of them came to, for a person; undefined: it was in a former run. */
  readonly failure: string | undefined;
  /** When the oldest alert that waits was decided. */
  readonly oldestSinceMs: number | undefined;
}

export function countOne<Word>(counts: Map<Word, number>, word: Word): void {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}

/** Every word is there from the beginning: a metric that appears with its first event cannot be watched. */
function zeros<const Word extends string>(words: readonly Word[]): Map<Word, number> {
  return new Map(words.map((word) => [word, 0]));
}
