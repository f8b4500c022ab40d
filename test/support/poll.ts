// Waits for a condition of the outside world: asks again and again until a deadline, never sleeps a fixed time and hopes.

import { setTimeout as pause } from "node:timers/promises";

export interface PollOptions {
  readonly deadlineMs: number;
  /** What is waited for, for the error: "the log to say removed". */
  readonly what: string;
  /** Between two looks; for those that cost something. */
  readonly pauseMs?: number;
}

const PAUSE_MS = 20;

export async function pollUntil(condition: () => boolean | Promise<boolean>, options: PollOptions): Promise<void> {
  const end = performance.now() + options.deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${options.deadlineMs} ms for ${options.what}`);
    await pause(options.pauseMs ?? PAUSE_MS);
  }
}
