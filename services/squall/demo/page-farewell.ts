// The demo is over, and its live page with it: but whoever looks at the page just then may go on looking.

import type { Clock } from "../../../shared/runtime/clock.ts";

/** Nobody looks at it for longer; a browser that was forgotten must not keep a process. */
const STAYS_MS = 15 * 60_000;
const LOOKS_EVERY_MS = 500;
/** A page that is loaded anew is away for a moment. */
const GONE_AFTER_MS = 5_000;

export interface FarewellOptions {
  readonly url: string;
  /** Browsers that have the page open now. */
  readonly pages: () => number;
  /** Somebody sits before the terminal: who runs the demo in a script is not kept waiting. */
  readonly isAttended: boolean;
  readonly clock: Clock;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  readonly out: (text: string) => void;
}

/** Resolves when the page may be closed. */
export async function sayFarewell(options: FarewellOptions): Promise<void> {
  const { url, pages, isAttended, signal, out } = options;
  if (signal.aborted) return;
  if (!isAttended || pages() === 0) {
    out("\nThe live page ends with the demo.\n");
    return;
  }
  const minutes = STAYS_MS / 60_000;
  out(`\nThe live page stays until you close it or press Ctrl-C, ${minutes} minutes at most: ${url}\n`);
  out(`${await whyOver(options)}\n`);
}

async function whyOver({ pages, clock, signal }: FarewellOptions): Promise<string> {
  const endsAtMs = clock.nowMs() + STAYS_MS;
  let seenAtMs = clock.nowMs();
  while (!signal.aborted) {
    const nowMs = clock.nowMs();
    if (pages() > 0) seenAtMs = nowMs;
    if (nowMs - seenAtMs >= GONE_AFTER_MS) return "The live page was closed.";
    if (nowMs >= endsAtMs) break;
    await waited(clock, signal);
  }
  return "The live page ends.";
}

/** Until it is time to look again, or Ctrl-C. */
function waited(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(LOOKS_EVERY_MS, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
