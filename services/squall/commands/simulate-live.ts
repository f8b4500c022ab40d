// A simulation in the time of the wall clock: every line is written when its stamp comes.

import type { Simulation } from "../simulate/simulation.ts";

/** Where the lines go. */
interface LiveOutput {
  /** Resolves to false when there is nobody left to write for. */
  readonly write: (lines: Buffer) => Promise<boolean>;
}

interface LiveDependencies {
  /** Wall clock, ms since the epoch. */
  readonly nowMs: () => number;
  /** Resolves after a time, or when the signal is aborted. */
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Lines that are due within so long are written together. */
const TICK_MS = 5;
/** The wall clock may be set: it is looked at again after so long. */
const WAIT_MOST_MS = 1000;
const NOTHING = Buffer.alloc(0);

/** Resolves to true when all was written, to false when it was interrupted or the reader has gone. A machine that slept writes what it missed at once. */
export async function playLive(
  simulation: Pick<Simulation, "linesUntil" | "nextAt">,
  output: LiveOutput,
  { nowMs, wait, signal }: LiveDependencies,
): Promise<boolean> {
  // Whoever follows the log should find it, though nothing happens yet.
  if (!(await output.write(NOTHING))) return false;
  for (;;) {
    if (signal.aborted) return false;
    const lines = simulation.linesUntil(nowMs() * 1000);
    if (lines !== undefined) {
      if (!(await output.write(lines))) return false;
      continue;
    }
    const nextAt = simulation.nextAt();
    if (nextAt === Infinity) return true;
    await wait(Math.min(Math.max(nextAt / 1000 - nowMs(), TICK_MS), WAIT_MOST_MS));
  }
}
