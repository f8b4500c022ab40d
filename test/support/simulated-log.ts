// A simulated log whole and in memory, for small scales.

import type { GroundTruth } from "../../services/squall/simulate/ground-truth.ts";
import { simulate, type SimulationOptions } from "../../services/squall/simulate/simulation.ts";

export function collect(options: SimulationOptions): { log: Buffer; truth: GroundTruth } {
  const simulation = simulate(options);
  const log = Buffer.concat([...simulation.chunks()]);
  return { log, truth: simulation.truth() };
}
