// Asking the log until it answers: its faults pass, and are told once a row of them.

import { LogError } from "../../shared/runtime/topic-log.ts";
import type { Backoff } from "./backoff-shell.ts";
import type { LogTask, RecorderEvent } from "./recorder-event.ts";

export interface LogAnswerOptions {
  readonly backoff: Backoff;
  /** What is asked for, in what is told. */
  readonly what: LogTask;
  /** Ends a wait. */
  readonly signal: AbortSignal;
  /** Nobody wants the answer any more; asked after each wait. */
  readonly isOver: () => boolean;
  readonly say: (event: RecorderEvent) => void;
}

/** Rejects with what is no LogError. */
export async function logAnswer<Answer>(
  ask: () => Promise<Answer>,
  { backoff, what, signal, isOver, say }: LogAnswerOptions,
): Promise<Answer | "given-up"> {
  for (;;) {
    try {
      const answer = await ask();
      const { failures } = backoff.succeeded();
      if (failures > 0) say({ event: "log-recovered", what, failures });
      return answer;
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      if (backoff.failuresInRow === 0) say({ event: "log-failing", what, fault: error.fault, detail: error.message });
    }
    await backoff.wait(0, signal);
    if (isOver()) return "given-up";
  }
}
