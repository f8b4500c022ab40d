// Waits between tries, longer with each failure, until it is stopped.

import { retryDelayMs } from "../../shared/domain/retry-delay.ts";
import type { DelayBounds } from "../../shared/domain/retry-delay.ts";
import type { Clock } from "../../shared/runtime/clock.ts";

export interface BackoffOptions {
  readonly bounds: DelayBounds;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

export class Backoff {
  /** Tries that failed since the last that did not. */
  failuresInRow = 0;
  /** Since when they fail, ms since the epoch. */
  sinceMs: number | undefined;
  private readonly options: BackoffOptions;

  constructor(options: BackoffOptions) {
    this.options = options;
  }

  /** A try failed. Resolves when it is time for the next, or when the signal is aborted. */
  async wait(askedMs: number, signal: AbortSignal): Promise<void> {
    const { bounds, clock, random } = this.options;
    this.failuresInRow += 1;
    this.sinceMs ??= clock.nowMs();
    if (signal.aborted) return;
    const delayMs = askedMs + retryDelayMs(bounds, this.failuresInRow, random());
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = clock.after(delayMs, done);
      signal.addEventListener("abort", done);
    });
  }

  /** A try did not fail: how many did before it, and for how long. */
  succeeded(): { readonly failures: number; readonly forMs: number } {
    const ended = { failures: this.failuresInRow, forMs: this.options.clock.nowMs() - (this.sinceMs ?? 0) };
    this.failuresInRow = 0;
    this.sinceMs = undefined;
    return ended;
  }
}
