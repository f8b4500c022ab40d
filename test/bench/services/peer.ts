// kcat reading the same topic to nothing: what reading alone costs.

import { spawnSync } from "node:child_process";
import type { RealKafka } from "../../support/real-kafka.ts";
import { findRealPart } from "../../support/real-part.ts";

/** Wall time from its start to its end, seconds. */
export function kcatSeconds(kafka: RealKafka, topic: string): number {
  const program = findRealPart("kcat");
  if (program === undefined) throw new Error("kcat is not installed here");
  const startedMs = performance.now();
  const args = ["-C", "-b", kafka.brokers.join(","), "-t", topic, "-o", "beginning", "-e", "-q"];
  const run = spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (run.status !== 0) throw new Error(`kcat: exit ${run.status}\n${run.stderr.slice(-2000)}`);
  return (performance.now() - startedMs) / 1000;
}
