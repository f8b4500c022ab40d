// An ordinary day of mail, of one seed -> the storms that squall opens in it: there should be none.
// The days are told over several test files so that they run side by side.

import { loadConfiguration } from "../../services/squall/configuration.ts";
import { simulate } from "../../services/squall/simulate/simulation.ts";
import { alertsOfChunks } from "./memory-input.ts";

/** Lists and their conversations are of full size at any scale; mail between persons, which can open nothing, is thinned out. */
const SCALE = 0.01;

/** One line a storm, with what one needs to look into it. */
export async function stormsOfDay(seed: number): Promise<string[]> {
  const day = simulate({ scenario: "ordinary-day", seed, scale: SCALE });
  const alerts = await alertsOfChunks(day.chunks(), await loadConfiguration({ emitWindows: false }, {}));
  return alerts
    .filter(({ type }) => type === "storm.opened")
    .map(({ list, subject, evidence, reasons, detectedAt }) => {
      const { replyAlls, distinctRepliers, audience, score } = evidence;
      const when = new Date(detectedAt).toISOString();
      return `seed ${seed}: "${subject ?? ""}" on ${list ?? "no list"} of ${audience} at ${when}: ${replyAlls} by ${distinctRepliers}, score ${score.toFixed(1)}, ${reasons.join(" ")}`;
    });
}

/** A hundred in the full run; in CI, which has little time, every file takes half of its own. */
const DAYS_OF_FILE = process.env["SQUALL_FULL"] === "1" ? 25 : 12;

/** Those of one file, from `first` on. */
export function seedsFrom(first: number): number[] {
  return Array.from({ length: DAYS_OF_FILE }, (_, n) => first + n);
}
