// A configuration of a service on Kafka -> findings on all that it needs, told one by one as they are made.

import { tryTcpPort } from "../../../shared/adapters/net/port-trial.ts";
import type { ServiceConfig } from "../service-settings.ts";
import type { DoctorOptions, DoctorPorts } from "./doctor.ts";
import { receiverFindings, startFindings } from "./doctor.ts";
import type { Finding } from "./finding.ts";
import type { KafkaPorts } from "./kafka-check.ts";
import { kafkaFindings } from "./kafka-check.ts";
import { portFinding } from "./port-check.ts";

export interface ServiceDoctorOptions extends Pick<
  DoctorOptions,
  "secretFiles" | "sendTest" | "nodeVersion" | "searchPath" | "nowMs"
> {
  readonly config: ServiceConfig;
  readonly ports: KafkaPorts & Pick<DoctorPorts, "probe" | "isPublic" | "sendTest">;
}

export async function* serviceFindings(options: ServiceDoctorOptions): AsyncGenerator<Finding> {
  const { config } = options;
  yield* startFindings(options);
  yield* kafkaFindings(options);
  if (config.role === "alerter") yield* receiverFindings(options);
  yield await metricsFinding(config);
}

async function metricsFinding({ role, metrics: { address } }: ServiceConfig): Promise<Finding> {
  const subject = "metrics";
  if (address === undefined) return { level: "ok", subject, text: "off" };
  const mend = 'set another with --metrics, SQUALL_METRICS_ADDRESS or metrics: {address: …}; "off" for none';
  return portFinding({ subject, address, tryPort: tryTcpPort, holder: undefined, perhaps: `squall ${role}`, mend });
}
