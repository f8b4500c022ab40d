// Runs a command on one core; takes its wall time and, from /usr/bin/time, its peak memory. The start of taskset and time
// (a few ms) is in the wall time and falls out of every slope.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Run {
  readonly wallSeconds: number;
  readonly peakMiB: number;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const CORE = "0";
const OUTPUT_BYTES_MAX = 256 << 20;

/**
 * Throws with the end of the command's standard error when it does not exit with 0. `output`: where it goes. A pipe by default: writing
 * to /dev/null, grep would stop at its first match; what inflates a log writes more than a pipe's reader should keep.
 */
export function measure(command: readonly string[], output: "pipe" | "ignore" = "pipe"): Run {
  const folder = mkdtempSync(join(tmpdir(), "squall-bench-"));
  try {
    const report = join(folder, "time");
    const limits = ["-c", CORE, "/usr/bin/time", "-f", "%M", "-o", report];
    const startedAt = performance.now();
    const run = spawnSync("taskset", [...limits, ...command], {
      stdio: ["ignore", output, "pipe"],
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    const wallSeconds = (performance.now() - startedAt) / 1000;
    if (run.error !== undefined) throw run.error;
    if (run.status !== 0) throw new Error(`${command.join(" ")}: exit ${run.status}\n${run.stderr.slice(-2000)}`);
    return { wallSeconds, peakMiB: Number(readFileSync(report, "utf8")) / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  return { median, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}
