// Which faults of the log another try may mend, and trying again.

import { type Clock, passed } from "../clock.ts";
import { StateLogError } from "../state-log.ts";
import { LogError } from "../topic-log.ts";

/** A fault that another try may mend. */
export function isPassing(error: unknown): boolean {
  if (error instanceof LogError) return error.fault !== "refused";
  return error instanceof StateLogError && (error.fault === "failed" || error.fault === "held");
}

/** Another has it now: it is given time to go on, and us to hear that it is the other's. */
export function isFenced(error: unknown): boolean {
  return error instanceof StateLogError && error.fault === "held";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;

/** As long as what stands in the way may pass, and it is wanted. Rejects with what does not pass. */
export async function untilItWorks(
  attempt: () => Promise<void>,
  {
    isWanted,
    say,
    clock,
  }: { readonly isWanted: () => boolean; readonly say: (why: string) => void; readonly clock: Clock },
): Promise<void> {
  for (let waitMs = RETRY_MIN_MS; isWanted(); waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      say(messageOf(error));
    }
    await passed(clock, waitMs);
  }
}
