// A configuration of a service on Kafka -> findings on all that it needs, told one by one as they are made.

import type { InfluxOptions, openInflux } from "../../../shared/adapters/influx/influx-connection.ts";
import type { ConsoleServiceConfig, InfluxSettings, ServiceConfig } from "../service-settings.ts";
import type { DoctorOptions, DoctorPorts } from "./doctor.ts";
import { receiverFindings, startFindings } from "./doctor.ts";
import type { Finding } from "./finding.ts";
import { influxFindings } from "./influx-check.ts";
import type { KafkaPorts } from "./kafka-check.ts";
import { kafkaFindings } from "./kafka-check.ts";
import { metricsFinding, pageFinding } from "./own-ports-check.ts";

export interface ServiceDoctorPorts extends KafkaPorts, Pick<DoctorPorts, "probe" | "isPublic" | "sendTest"> {
  readonly openInflux: typeof openInflux;
}

export interface ServiceDoctorOptions extends Pick<
  DoctorOptions,
  "secretFiles" | "sendTest" | "nodeVersion" | "searchPath" | "nowMs"
> {
  readonly config: ServiceConfig;
  readonly ports: ServiceDoctorPorts;
}

export async function* serviceFindings(options: ServiceDoctorOptions): AsyncGenerator<Finding> {
  const { config } = options;
  yield* startFindings(options);
  yield* kafkaFindings(options);
  if (config.influx !== undefined) yield* await influxChecked(config.influx, options);
  if (config.role === "alerter") yield* receiverFindings(options, "stand in the topic alone");
  yield await metricsFinding(config.metrics.address, { holder: undefined, perhaps: `squall ${config.role}` });
}

export interface ConsoleDoctorOptions extends Omit<
  ServiceDoctorOptions,
  "config" | "ports" | "sendTest" | "searchPath"
> {
  readonly config: ConsoleServiceConfig;
  readonly ports: KafkaPorts;
}

/** Of `squall console`. */
export async function* consoleFindings(options: ConsoleDoctorOptions): AsyncGenerator<Finding> {
  const { kafka, console: page, metrics } = options.config;
  const holders = { holder: undefined, perhaps: "squall console" };
  yield* startFindings(options);
  yield* kafkaFindings({ ...options, config: { role: "console", kafka } });
  yield await pageFinding(page.address, holders);
  yield await metricsFinding(metrics.address, holders);
}

async function influxChecked(settings: InfluxSettings, { ports, nowMs }: ServiceDoctorOptions): Promise<Finding[]> {
  const connection = ports.openInflux(influxOptions(settings));
  try {
    return await influxFindings(settings, { send: (request) => connection.send(request), nowMs });
  } finally {
    connection.close();
  }
}

/** The one place where the token is taken out of its wrapping. */
function influxOptions({ url, token, org, bucket, timeoutMs, ca }: InfluxSettings): InfluxOptions {
  return { url, token: token?.reveal() ?? "", org, bucket, timeoutMs, ca };
}
