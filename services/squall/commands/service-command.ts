// `squall ingest|assembler|detector|recorder|alerter`: one service on Kafka, from its settings to its end.

import { createHttpClient, defaultHttpClientOptions } from "../../../shared/adapters/http/http-client.ts";
import { proxyOf } from "../../../shared/adapters/http/proxy-settings.ts";
import { createKafkaTopicLog } from "../../../shared/adapters/kafka/kafka-topic-log.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import { listenAddressText } from "../../../shared/runtime/listen-address.ts";
import { StateLogError } from "../../../shared/runtime/state-log.ts";
import { LogError, type TopicLog } from "../../../shared/runtime/topic-log.ts";
import { loadServiceConfiguration } from "../configuration.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import { type RunningService, startPatiently } from "../service/running-service.ts";
import { openServiceStatus, type ServiceStatus } from "../service/service-status.ts";
import { RecorderService } from "../service/recorder-service.ts";
import { StageService } from "../service/stage-service.ts";
import type { ServiceFlags } from "../service-flags.ts";
import type { ServiceConfig, ServiceRole } from "../service-settings.ts";
import { Messengers } from "../standalone/messengers.ts";
import { whatCannotBeUsed } from "../standalone/start-faults.ts";
import type { Terminal } from "../terminal.ts";

/** Of the 10 s in which a process is to end: on a busy machine its own clock is late. */
const END_MS = 8_000;

export interface ServiceCommandDeps {
  readonly terminal: Terminal;
  /** Of squall. */
  readonly version: string;
}

/** Throws ConfigError and ListenError. */
export async function serviceCommand(
  role: ServiceRole,
  flags: ServiceFlags,
  { terminal, version }: ServiceCommandDeps,
): Promise<ExitCode> {
  const say = (line: string): void => terminal.err(`squall ${role}: ${line}\n`);
  // It would end the process at once, and whoever knows standalone sends it for new settings.
  process.on("SIGHUP", () => say("settings are read at the start only: restart it to have new ones"));
  const config = await loadServiceConfiguration(flags, terminal.env, role);
  endInTime(terminal.signal, say);
  const closing: (() => Promise<void> | void)[] = [];
  const onClose = (close: () => Promise<void> | void): void => void closing.push(close);
  try {
    const status = await openServiceStatus(config, version);
    onClose(() => status.close());
    if (status.address !== undefined) say(`metrics and health on http://${listenAddressText(status.address)}`);
    return await run({ config, terminal, version, say, status, onClose });
  } catch (error) {
    const words = faultInWords(error, role);
    if (words === undefined) throw error;
    say(words);
    return error instanceof LogError && error.fault === "unreachable" ? EXIT.unavailable : EXIT.failed;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

interface RunOptions extends ServiceCommandDeps {
  readonly config: ServiceConfig;
  readonly say: (line: string) => void;
  readonly status: ServiceStatus;
  readonly onClose: (close: () => Promise<void> | void) => void;
}

async function run(options: RunOptions): Promise<ExitCode> {
  const { config, terminal, say, status, onClose } = options;
  const { signal } = terminal;
  const log = createKafkaTopicLog(kafkaConnection(config.kafka, say));
  onClose(() => log.close());
  const make = serviceMaker(options, log);
  const service = await startPatiently(make, { signal, say, clock: systemClock });
  if (service !== undefined) {
    status.running(service);
    const stop = (): void => {
      status.stopping();
      say("stopping");
      void service.stop();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    await service.run();
  }
  return exitAfter(signal);
}

function exitAfter({ reason }: AbortSignal): ExitCode {
  return reason === "SIGINT" ? EXIT.interrupted : EXIT.done;
}

/**
 * Told to end, the process ends, whatever hangs: without a broker a last flush can wait for long. What is not flushed is as if it had not
 * been read.
 */
function endInTime(signal: AbortSignal, say: (line: string) => void): void {
  const late = (): void => {
    say("not everything could be flushed: who reads on reads it again");
    process.exit(exitAfter(signal));
  };
  // Holds up no end that comes before.
  const end = (): void => void setTimeout(late, END_MS).unref();
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
}

function serviceMaker(options: RunOptions, log: TopicLog): () => Promise<RunningService> {
  const { config, version, say, status } = options;
  const common = { config, log, version, clock: systemClock, monotonicMs: () => performance.now(), say };
  if (config.role === "recorder") {
    return () => {
      const service = new RecorderService(common);
      status.count(service);
      return Promise.resolve(service);
    };
  }
  const messengers = messengersOf(options);
  return async () => {
    const service = await StageService.create({
      ...common,
      createTelling: (links) => messengers.telling({ ...links, onTold: status.told }),
    });
    status.count(service);
    return service;
  };
}

/** Whoever is told; of the alerter alone there is anybody. */
function messengersOf({ config, terminal, version, say, status, onClose }: RunOptions): Messengers {
  const http = createHttpClient({ ...defaultHttpClientOptions, proxy: proxyOf(terminal.env) });
  onClose(() => http.close());
  const messengers = new Messengers({ config, version, env: terminal.env, http, say });
  const heartbeat = messengers.heartbeat(() => status.isWell);
  if (heartbeat !== undefined) status.beats(heartbeat);
  heartbeat?.start();
  onClose(() => heartbeat?.stop());
  return messengers;
}

/** Undefined: a bug of ours. */
function faultInWords(error: unknown, role: ServiceRole): string | undefined {
  if (error instanceof LogError || error instanceof StateLogError) return error.message;
  return whatCannotBeUsed(error, `the state of squall ${role}`);
}
