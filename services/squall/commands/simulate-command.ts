// `squall simulate`: a scenario's raw log to a file or standard output as a stream, its ground truth beside it.

import { writeFileSync } from "node:fs";
import type { ByteSink } from "../../../shared/adapters/files/byte-sink.ts";
import { fileSink, standardOutputSink } from "../../../shared/adapters/files/byte-sink.ts";
import { inWords } from "../../../shared/adapters/files/file-error.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import type { ScenarioName } from "../simulate/scenarios.ts";
import { simulate } from "../simulate/simulation.ts";
import type { LogFormat, SetUp, StampStyle } from "../simulate/set-up.ts";
import type { Terminal } from "../terminal.ts";

export interface SimulateFlags {
  readonly seed: number;
  readonly scale: number;
  readonly output: string;
  readonly truth?: string;
  readonly format: LogFormat;
  readonly setUp?: SetUp;
  readonly stamp?: StampStyle;
  readonly headers: boolean;
  readonly subjects?: "kept" | "changed";
  readonly until?: number;
}

export async function simulateCommand(
  scenario: ScenarioName,
  flags: SimulateFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { seed, scale, format, setUp, stamp, headers, subjects, until } = flags;
  const simulation = simulate({
    scenario,
    seed,
    scale,
    format,
    ...(setUp === undefined ? {} : { setUp }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(headers ? {} : { headers }),
    ...(subjects === undefined ? {} : { subjects }),
    ...(until === undefined ? {} : { until }),
  });
  const sink = flags.output === "-" ? standardOutputSink() : fileSink(flags.output);
  const isWhole = await writeAll(simulation.chunks(), sink, terminal.signal);
  await sink.close();
  if (!isWhole) return terminal.signal.aborted ? EXIT.interrupted : EXIT.done;
  const truthPath = flags.truth ?? (flags.output === "-" ? undefined : `${flags.output}.truth.json`);
  if (truthPath !== undefined) writeTruth(truthPath, simulation.truth());
  return EXIT.done;
}

/** False when it was interrupted, or the reader of a pipe had enough. */
async function writeAll(chunks: Iterable<Buffer>, sink: ByteSink, signal: AbortSignal): Promise<boolean> {
  for (const chunk of chunks) {
    if (signal.aborted || !(await sink.write(chunk))) return false;
  }
  return true;
}

function writeTruth(path: string, truth: unknown): void {
  try {
    writeFileSync(path, `${JSON.stringify(truth, undefined, 2)}\n`);
  } catch (error) {
    throw inWords(path, error, "writing");
  }
}
