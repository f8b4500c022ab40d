// What is worth a line in the log about recording: changes of state, never a point.

import type { WaitReason } from "./wait-reason.ts";

export type RecorderEvent =
  /** The first try that failed since something was stored, and the first for another reason. */
  | { readonly event: "influx-failing"; readonly reason: WaitReason; readonly detail: string }
  | { readonly event: "influx-recovered"; readonly failures: number; readonly awayMs: number }
  /** The first of a batch. */
  | { readonly event: "points-refused"; readonly points: number; readonly detail: string }
  | { readonly event: "log-failing"; readonly what: LogTask; readonly fault: string; readonly detail: string }
  | { readonly event: "log-recovered"; readonly what: LogTask; readonly failures: number }
  | { readonly event: "stood-still"; readonly forMs: number };

export type LogTask = "dead-letters" | "positions";

const WAIT_WORDS: Readonly<Record<WaitReason, string>> = {
  "auth-error": "it does not take the token",
  "not-found": "it knows no such bucket",
  "rate-limited": "it asks for a pause",
  "server-error": "it failed",
  timeout: "no answer in time",
  unreachable: "no connection",
  unexpected: "an answer that was not expected",
  "refuses-all": "it takes no point at all",
  aborted: "given up",
};

/** One line for a person. Names no address, no secret. */
export function recorderEventInWords(event: RecorderEvent): string {
  switch (event.event) {
    case "influx-failing":
      return `nothing can be stored in InfluxDB: ${withDetail(WAIT_WORDS[event.reason], event.detail)}; squall goes on trying`;
    case "influx-recovered":
      return `InfluxDB stores again, after ${event.failures} tries that failed in ${Math.round(event.awayMs / 1000)} s`;
    case "points-refused":
      return `InfluxDB refuses ${event.points} of a batch, which are dead letters now: ${event.detail}`;
    case "log-failing":
      return `${LOG_WORDS[event.what]}: ${withDetail(event.fault, event.detail)}; squall goes on trying`;
    case "log-recovered":
      return `${LOG_WORDS[event.what]} no longer, after ${event.failures} tries that failed`;
    default:
      return `the process stood still for ${Math.round(event.forMs / 1000)} s: it reads again from before`;
  }
}

const LOG_WORDS: Readonly<Record<LogTask, string>> = {
  "dead-letters": "dead letters cannot be written",
  positions: "where to read on cannot be asked",
};

function withDetail(words: string, detail: string): string {
  return detail === "" ? words : `${words} (${detail})`;
}
