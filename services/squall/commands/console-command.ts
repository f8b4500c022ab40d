// `squall console`: the live page of all sites on Kafka, from its settings to its end.

import { createKafkaTopicLog } from "../../../shared/adapters/kafka/kafka-topic-log.ts";
import { listenAddressText } from "../../../shared/runtime/listen-address.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../../shared/runtime/status-server.ts";
import { loadConsoleConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import { METRICS_MEND } from "../port-mends.ts";
import { addConsoleMetrics } from "../service/console-metrics.ts";
import { ConsolePage, ConsoleService } from "../service/console-service.ts";
import { ALIVE, readiness } from "../service/running-service.ts";
import type { ConsoleFlags } from "../service-flags.ts";
import type { ConsoleServiceConfig } from "../service-settings.ts";
import type { Terminal } from "../terminal.ts";
import { runFramed, runPatiently, type ServiceFrame } from "./service-frame.ts";

/** `version`: of squall. Throws ConfigError and ListenError. */
export function consoleCommand(
  flags: ConsoleFlags,
  deps: { readonly terminal: Terminal; readonly version: string },
): Promise<ExitCode> {
  const { terminal } = deps;
  return runFramed("console", terminal, {
    load: () => loadConsoleConfiguration(flags, terminal.env),
    lateWords: "a broker does not let go of it: it ends without a farewell",
    faultInWords: (error) => (error instanceof LogError ? error.message : undefined),
    run: (config, frame) => run({ config, ...deps, ...frame }),
  });
}

interface RunOptions extends ServiceFrame {
  readonly config: ConsoleServiceConfig;
  readonly terminal: Terminal;
  readonly version: string;
}

async function run(options: RunOptions): Promise<ExitCode> {
  const { config, say, onClose, terminal } = options;
  const { signal, nowMs } = terminal;
  const page = await ConsolePage.open({ config, nowMs, say });
  onClose(() => page.console.close());
  say(`live page on http://${listenAddressText(page.console.address)}/`);
  const status = await openStatus(options, page);
  const log = createKafkaTopicLog(kafkaConnection(config.kafka, say));
  onClose(() => log.close());
  const make = (): Promise<ConsoleService> => Promise.resolve(new ConsoleService({ config, log, nowMs, say }, page));
  return runPatiently(make, {
    signal,
    say,
    onRunning: (service) => void (status.running = service),
    onStopping: () => undefined,
  });
}

/** Like the services' port it must be had: probes ask it. */
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
