// `squall simulate`: a scenario's raw log to a file, standard output or a syslog port, at once or in the time of the clock; its ground truth beside it.

import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { appendFile } from "../../../shared/adapters/files/append-file.ts";
import type { ByteSink } from "../../../shared/adapters/files/byte-sink.ts";
import { fileSink, standardOutputSink } from "../../../shared/adapters/files/byte-sink.ts";
import { inWords } from "../../../shared/adapters/files/file-error.ts";
import { parseSyslogAddress } from "../../../shared/adapters/syslog/syslog-address.ts";
import { syslogSender } from "../../../shared/adapters/syslog/syslog-sender.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import type { ScenarioName } from "../simulate/scenarios.ts";
import type { Simulation } from "../simulate/simulation.ts";
import { simulate } from "../simulate/simulation.ts";
import type { LogFormat, SetUp, StampStyle } from "../simulate/set-up.ts";
import type { Terminal } from "../terminal.ts";
import type { LiveDependencies } from "./simulate-live.ts";
import { playLive } from "./simulate-live.ts";

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
  readonly live?: boolean;
  /** Times as fast, live. */
  readonly speed?: number;
}

export async function simulateCommand(
  scenario: ScenarioName,
  flags: SimulateFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { seed, scale, format, setUp, stamp, headers, subjects, until, live = false, speed = 1 } = flags;
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
    ...(live ? { times: { startsAt: terminal.nowMs() * 1000, speed } } : {}),
  });
  const truthPath = flags.truth ?? truthBeside(flags.output);
  if (live) return simulateLive(simulation, { output: flags.output, truthPath }, terminal);
  const sink = flags.output === "-" ? standardOutputSink() : fileSink(flags.output);
  const isWhole = await writeAll(simulation.chunks(), sink, terminal.signal);
  await sink.close();
  if (!isWhole) return terminal.signal.aborted ? EXIT.interrupted : EXIT.done;
  if (truthPath !== undefined) writeTruth(truthPath, simulation.truth());
  return EXIT.done;
}

/** The truth is written however it ends: of what was played by then. */
async function simulateLive(
  simulation: Simulation,
  where: { readonly output: string; readonly truthPath: string | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  const { nowMs, signal } = terminal;
  const deps = { nowMs, signal, wait: (ms: number) => waitFor(ms, signal) };
  const { sink, close } = liveSink(simulation, where.output, { ...deps, say: terminal.err });
  let isWhole = false;
  try {
    isWhole = await playLive(simulation, sink, deps);
  } finally {
    await close();
  }
  if (where.truthPath !== undefined)
    writeTruth(where.truthPath, simulation.truth(isWhole ? undefined : nowMs() * 1000));
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

interface LiveSink {
  readonly sink: ByteSink;
  readonly close: () => Promise<void>;
}

function liveSink(
  simulation: Simulation,
  output: string,
  { nowMs, signal, wait, say }: LiveDependencies & { readonly say: (text: string) => void },
): LiveSink {
  const address = parseSyslogAddress(output);
  if (address !== undefined) {
    const sink = syslogSender(address, { signal, wait, onTrouble: (text) => say(`squall: ${text}\n`) });
    return { sink, close: sink.close };
  }
  if (output === "-") {
    const sink = standardOutputSink();
    return { sink, close: sink.close };
  }
  const sink = appendFile(output, () => simulation.head(nowMs() * 1000));
  // As a server's syslog is told by logrotate.
  process.on("SIGHUP", sink.reopen);
  return {
    sink,
    async close() {
      process.off("SIGHUP", sink.reopen);
      await sink.close();
    },
  };
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // Interrupted: the caller looks at the signal.
  }
}

/** Beside a file; what goes elsewhere has none beside it. */
function truthBeside(output: string): string | undefined {
  return output === "-" || parseSyslogAddress(output) !== undefined ? undefined : `${output}.truth.json`;
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
