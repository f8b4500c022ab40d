// `squall simulate`: a scenario's raw log to a file, standard output, a syslog port or Kafka, at once or in the time of the clock; its ground truth beside it.

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
import type { LogFormat, SetUp } from "../simulate/set-up.ts";
import type { Terminal } from "../terminal.ts";
import type { KafkaOutputFlags } from "./simulate-kafka.ts";
import { playLive } from "./simulate-live.ts";

export interface SimulateFlags extends KafkaOutputFlags {
  readonly seed: number;
  readonly scale: number;
  readonly output: string;
  readonly truth?: string;
  readonly format: LogFormat;
  readonly setUp?: SetUp;
  readonly headers: boolean;
  readonly subjects?: "kept" | "changed";
  readonly until?: number;
  readonly live?: boolean;
  /** Times as fast, live. */
  readonly speed?: number;
  /** Into the raw topic of the configuration; the flags of that are without meaning elsewhere. */
  readonly kafka?: boolean;
}

export async function simulateCommand(
  scenario: ScenarioName,
  flags: SimulateFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { truth, kafka = false, live = false, output } = flags;
  if (kafka) {
    const { playIntoKafka } = await import("./simulate-kafka.ts");
    const deps = { terminal, wait: (ms: number) => waitFor(ms, terminal.signal) };
    // Begun when a broker answers: live stamps begin then.
    return playIntoKafka(flags, deps, (sink) => {
      const simulation = simulationOf(scenario, flags, terminal);
      const where = { sink, close: () => sink.close(), truthPath: truth };
      return live ? writeLive(simulation, where, terminal) : writeAtOnce(simulation, where, terminal);
    });
  }
  const simulation = simulationOf(scenario, flags, terminal);
  const truthPath = truth ?? truthBeside(output);
  if (live) return writeLive(simulation, { ...liveSink(simulation, output, terminal), truthPath }, terminal);
  const sink = output === "-" ? standardOutputSink() : fileSink(output);
  return writeAtOnce(simulation, { sink, close: sink.close, truthPath }, terminal);
}

function simulationOf(scenario: ScenarioName, flags: SimulateFlags, { nowMs }: Terminal): Simulation {
  const { seed, scale, format, setUp, stamp, headers, subjects, until, live = false, speed = 1 } = flags;
  return simulate({
    scenario,
    seed,
    scale,
    format,
    ...(setUp === undefined ? {} : { setUp }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(headers ? {} : { headers }),
    ...(subjects === undefined ? {} : { subjects }),
    ...(until === undefined ? {} : { until }),
    ...(live ? { times: { startsAt: nowMs() * 1000, speed } } : {}),
  });
}

interface Where extends OpenSink {
  readonly truthPath: string | undefined;
}

async function writeAtOnce(
  simulation: Simulation,
  { sink, close, truthPath }: Where,
  { signal }: Terminal,
): Promise<ExitCode> {
  const isWhole = await writeAll(simulation.chunks(), sink, signal);
  await close();
  if (!isWhole) return signal.aborted ? EXIT.interrupted : EXIT.done;
  if (truthPath !== undefined) writeTruth(truthPath, simulation.truth());
  return EXIT.done;
}

/** The truth is written however it ends: of what was played by then. */
async function writeLive(
  simulation: Simulation,
  { sink, close, truthPath }: Where,
  { nowMs, signal }: Terminal,
): Promise<ExitCode> {
  let isWhole = false;
  try {
    isWhole = await playLive(simulation, sink, { nowMs, signal, wait: (ms) => waitFor(ms, signal) });
  } finally {
    await close();
  }
  if (truthPath !== undefined) writeTruth(truthPath, simulation.truth(isWhole ? undefined : nowMs() * 1000));
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}

interface OpenSink {
  readonly sink: Pick<ByteSink, "write">;
  readonly close: () => Promise<void>;
}

function liveSink(simulation: Simulation, output: string, { nowMs, signal, err }: Terminal): OpenSink {
  const address = parseSyslogAddress(output);
  if (address !== undefined) {
    const wait = (ms: number): Promise<void> => waitFor(ms, signal);
    const sink = syslogSender(address, { signal, wait, onTrouble: (text) => err(`squall: ${text}\n`) });
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
async function writeAll(
  chunks: Iterable<Buffer>,
  sink: Pick<ByteSink, "write">,
  signal: AbortSignal,
): Promise<boolean> {
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
