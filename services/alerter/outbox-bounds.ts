// How much the outbox holds, and when a receiver counts as slow.

export interface OutboxBounds {
  /** Deliveries that wait for one receiver. What must go when there are more: see ReceiverQueue. */
  readonly deliveriesMax: number;
  /**
   * While an answer is awaited nobody knows whether the word was heard, and a kill in that time repeats it. So the next request
   * to a receiver waits for the answer to the last one, but no longer than this, ms: then others go out beside it.
   */
  readonly slowAfterMs: number;
  /** Storms of which it is known what was told. */
  readonly stormsMax: number;
  /** A storm without a further word is forgotten after this, ms. */
  readonly stormKeepMs: number;
}

export const defaultOutboxBounds: OutboxBounds = {
  deliveriesMax: 1_000,
  slowAfterMs: 2_000,
  stormsMax: 10_000,
  stormKeepMs: 7 * 24 * 3_600_000,
};
