// The clock and the timers of a shell, behind an interface: a test moves them by hand.

export interface Clock {
  /** ms since the epoch. */
  nowMs(): number;
  /** Calls `act` once, after the delay in ms. Returns how to call it off. */
  after(delayMs: number, act: () => void): () => void;
}

/** Longer timers would fire at once. */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, act) {
    const timer = setTimeout(act, Math.min(Math.max(0, delayMs), TIMER_MS_MAX));
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many ms. */
export function passed(clock: Clock, durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(durationMs, resolve);
  });
}
