// `squall console`: the live page of all sites on Kafka, from its settings to its end.

import { createKafkaTopicLog } from "../../../shared/adapters/kafka/kafka-topic-log.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import { listenAddressText } from "../../../shared/runtime/listen-address.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../../shared/runtime/status-server.ts";
import { loadConsoleConfiguration } from "../configuration.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import { addConsoleMetrics } from "../service/console-metrics.ts";
import { ConsolePage, ConsoleService } from "../service/console-service.ts";
import { ALIVE, readiness, startPatiently } from "../service/running-service.ts";
import type { ConsoleFlags } from "../service-flags.ts";
import type { ConsoleServiceConfig } from "../service-settings.ts";
import type { Terminal } from "../terminal.ts";

const METRICS_MEND = 'set another with --metrics, SQUALL_METRICS_ADDRESS or metrics: {address: …}; "off" for none';
/** Of the 10 s in which a process is to end. */
const END_MS = 8_000;

/** `version`: of squall. Throws ConfigError and ListenError. */
export async function consoleCommand(
  flags: ConsoleFlags,
  { terminal, version }: { readonly terminal: Terminal; readonly version: string },
): Promise<ExitCode> {
  const { signal } = terminal;
  const say = (line: string): void => terminal.err(`squall console: ${line}\n`);
  const config = await loadConsoleConfiguration(flags, terminal.env);
  signal.addEventListener("abort", () => void setTimeout(() => process.exit(exitAfter(signal)), END_MS).unref());
  const closing: (() => Promise<void> | void)[] = [];
  try {
    return await run({ config, terminal, version, say, onClose: (close) => void closing.push(close) });
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    say(error.message);
    return error.fault === "unreachable" ? EXIT.unavailable : EXIT.failed;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

interface RunOptions {
  readonly config: ConsoleServiceConfig;
  readonly terminal: Terminal;
  readonly version: string;
  readonly say: (line: string) => void;
  /** What is to be closed at the end, last first. */
  readonly onClose: (close: () => Promise<void> | void) => void;
}

async function run(options: RunOptions): Promise<ExitCode> {
  const { config, say, onClose, terminal } = options;
  const { signal, nowMs } = terminal;
  const page = await ConsolePage.open(config, nowMs);
  onClose(() => page.console.close());
  say(`live page on http://${listenAddressText(page.console.address)}/`);
  const status = await openStatus(options, page);
  const log = createKafkaTopicLog(kafkaConnection(config.kafka, say));
  onClose(() => log.close());
  const make = (): Promise<ConsoleService> => Promise.resolve(new ConsoleService({ config, log, nowMs, say }, page));
  const service = await startPatiently(make, { signal, say, clock: systemClock });
  if (service === undefined) return exitAfter(signal);
  status.running = service;
  const stop = (): void => void service.stop();
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  await service.run();
  return exitAfter(signal);
}

async function openStatus(
  { config, terminal, version, say, onClose }: RunOptions,
  page: ConsolePage,
): Promise<{ running: ConsoleService | undefined }> {
  const status: { running: ConsoleService | undefined } = { running: undefined };
  const { address } = config.metrics;
  if (address === undefined) return status;
  const metrics = createMetrics({ service: "console", version, nodeVersion: process.versions.node, ofProcess: true });
  addConsoleMetrics(metrics, page);
  const ready = () => readiness(status.running, terminal.signal.aborted);
  const server = await openStatusServer({
    address,
    metrics,
    health: { alive: () => ALIVE, ready },
    mend: METRICS_MEND,
  });
  onClose(() => server.close());
  say(`metrics and health on http://${listenAddressText(server.address)}`);
  return status;
}

function exitAfter({ reason }: AbortSignal): ExitCode {
  return reason === "SIGINT" ? EXIT.interrupted : EXIT.done;
}
