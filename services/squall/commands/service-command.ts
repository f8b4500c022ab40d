// `squall ingest|assembler|detector|recorder|alerter`: one service on Kafka, from its settings to its end.

import { createHttpClient, defaultHttpClientOptions } from "../../../shared/adapters/http/http-client.ts";
import { proxyOf } from "../../../shared/adapters/http/proxy-settings.ts";
import { createKafkaTopicLog } from "../../../shared/adapters/kafka/kafka-topic-log.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import { listenAddressText } from "../../../shared/runtime/listen-address.ts";
import { StateLogError } from "../../../shared/runtime/state-log.ts";
import { LogError, type TopicLog } from "../../../shared/runtime/topic-log.ts";
import { loadServiceConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import type { RunningService } from "../service/running-service.ts";
import { openServiceStatus, type ServiceStatus } from "../service/service-status.ts";
import { RecorderService } from "../service/recorder-service.ts";
import { StageService } from "../service/stage-service.ts";
import type { ServiceFlags } from "../service-flags.ts";
import type { ServiceConfig, ServiceRole } from "../service-settings.ts";
import { Messengers } from "../standalone/messengers.ts";
import { whatCannotBeUsed } from "../standalone/start-faults.ts";
import type { Terminal } from "../terminal.ts";
import { runFramed, runPatiently, type ServiceFrame } from "./service-frame.ts";

/** What is not flushed is as if it had not been read. */
const LATE_WORDS = "not everything could be flushed: who reads on reads it again";

export interface ServiceCommandDeps {
  readonly terminal: Terminal;
  /** Of squall. */
  readonly version: string;
}

/** Throws ConfigError and ListenError. */
export function serviceCommand(role: ServiceRole, flags: ServiceFlags, deps: ServiceCommandDeps): Promise<ExitCode> {
  const { terminal, version } = deps;
  return runFramed(role, terminal, {
    load: () => loadServiceConfiguration(flags, terminal.env, role),
    lateWords: LATE_WORDS,
    faultInWords: (error) => faultInWords(error, role),
    async run(config, { say, onClose }) {
      const status = await openServiceStatus(config, version);
      onClose(() => status.close());
      if (status.address !== undefined) say(`metrics and health on http://${listenAddressText(status.address)}`);
      return run({ config, ...deps, say, status, onClose });
    },
  });
}

interface RunOptions extends ServiceCommandDeps, ServiceFrame {
  readonly config: ServiceConfig;
  readonly status: ServiceStatus;
}

function run(options: RunOptions): Promise<ExitCode> {
  const { config, terminal, say, status, onClose } = options;
  const log = createKafkaTopicLog(kafkaConnection(config.kafka, say));
  onClose(() => log.close());
  return runPatiently(serviceMaker(options, log), {
    signal: terminal.signal,
    say,
    onRunning: status.running,
    onStopping: status.stopping,
  });
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
