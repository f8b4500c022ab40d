// A simulated log read as `squall replay` reads a file -> what opened, held against what the ground truth expects.

import { loadConfiguration } from "../../services/squall/configuration.ts";
import type { ExpectedOutcome } from "../../services/squall/simulate/expected-outcome.ts";
import type { GroundTruth, StormTruth } from "../../services/squall/simulate/ground-truth.ts";
import { simulate, type SimulationOptions } from "../../services/squall/simulate/simulation.ts";
import type { ListRule } from "../../shared/domain/detector-settings.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { alertsOfChunks } from "./memory-input.ts";

/** From the mail to the alert's event time. A list manager does one mail after the other, local(8) waits for its turn, and what they send on counts then. */
const LATE_MS = 2000;
const LATE_WHERE_SENT_ON_MS = 30_000;

export interface Played {
  readonly truth: GroundTruth;
  readonly alerts: readonly StormAlert[];
  readonly opened: readonly StormAlert[];
}

/** Default settings, but for the price gate of the lists that are given one. */
export async function play(options: SimulationOptions, listRules: readonly ListRule[] = []): Promise<Played> {
  const simulation = simulate(options);
  const config = await loadConfiguration({ emitWindows: false }, {});
  const alerts = await alertsOfChunks(simulation.chunks(), { ...config, detector: { ...config.detector, listRules } });
  return { truth: simulation.truth(), alerts, opened: alerts.filter(({ type }) => type === "storm.opened") };
}

/** What is wrong with the openings, in words; empty when they are as expected. */
export function faultsOf({ truth, opened }: Played, gate: "defaultGate" | "gateOf1000"): string[] {
  const faults: string[] = [];
  const isExpandedAtOnce = truth.setUp === "virtual-alias" || truth.setUp === "downstream";
  const lateMs = isExpandedAtOnce ? LATE_MS : LATE_WHERE_SENT_ON_MS;
  const ours = (storm: StormTruth): StormAlert[] =>
    opened.filter(({ list }) => storm.lists.some(({ address }) => address === list));
  for (const storm of truth.storms) {
    const { expected } = storm;
    faults.push(...faultsOfStorm(storm, ours(storm), expected[gate], lateMs));
    if (ours(storm).length > expected.stormsMost)
      faults.push(`${ours(storm).length} storms, ${expected.stormsMost} at most`);
  }
  const known = new Set([
    ...truth.storms.flatMap(ours),
    ...opened.filter(({ list }) =>
      truth.discussions.some((each) => each.list === list && each.knownWeakness !== undefined),
    ),
  ]);
  faults.push(...opened.filter((alert) => !known.has(alert)).map(({ list }) => `a storm on ${list ?? "no list"}`));
  return faults;
}

function faultsOfStorm(
  storm: StormTruth,
  openings: readonly StormAlert[],
  outcome: ExpectedOutcome,
  lateMs: number,
): string[] {
  const { verdict, replyAll = 0 } = outcome;
  const [first] = openings;
  if (verdict === "silent") return openings.map(() => "a storm although the price is never reached");
  const at = Date.parse(storm.replyAllTimes[replyAll - 1] ?? "");
  if (verdict === "may-open")
    return first === undefined || first.detectedAt >= at ? [] : [`opened before reply-all ${replyAll}`];
  if (first === undefined) return [`nothing opened; expected at reply-all ${replyAll}`];
  const faults: string[] = [];
  const late = first.detectedAt - at;
  if (late > lateMs) faults.push(`opened ${late / 1000} s after reply-all ${replyAll}`);
  if (!storm.automatic && first.evidence.replyAlls > replyAll)
    faults.push(`opened at reply-all ${first.evidence.replyAlls}, not ${replyAll}`);
  if (first.reasons.includes("automatic") !== storm.automatic)
    faults.push(`for the reasons ${first.reasons.join(" ")}`);
  return faults;
}
