// `squall doctor --for SERVICE`: all that a service on Kafka needs.

import { openInflux } from "../../../shared/adapters/influx/influx-connection.ts";
import { probeBroker } from "../../../shared/adapters/kafka/broker-probe.ts";
import { isLoginRefused } from "../../../shared/adapters/kafka/kafka-error.ts";
import { createKafkaTopicAdmin } from "../../../shared/adapters/kafka/kafka-topic-admin.ts";
import { createKafkaTopicTrials } from "../../../shared/adapters/kafka/kafka-topic-trials.ts";
import { loadServiceConfiguration } from "../configuration.ts";
import { serviceFindings } from "../doctor/service-doctor.ts";
import type { ExitCode } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import { serviceFlagsOf } from "../service-flags.ts";
import type { ServiceRole } from "../service-settings.ts";
import type { DoctorCall } from "./doctor-context.ts";
import { circumstances, printFindings, receiverPorts } from "./doctor-context.ts";

/** Of each step of a connection to a broker. */
const PROBE_MS = 5_000;

/** Throws ConfigError with all faults. */
export async function serviceDoctor(role: ServiceRole, { paths, flags, http, context }: DoctorCall): Promise<ExitCode> {
  const { terminal } = context;
  const secretFiles: string[] = [];
  const onSecretFile = (path: string): void => void secretFiles.push(path);
  const { sendTest: _, ...given } = flags;
  const config = await loadServiceConfiguration(serviceFlagsOf(role, paths, given), terminal.env, role, onSecretFile);
  // What the client says while it tries is in its last error.
  const connection = kafkaConnection(config.kafka, () => undefined);
  const admin = createKafkaTopicAdmin(connection);
  const trials = createKafkaTopicTrials(connection);
  const ports = {
    ...receiverPorts(config, http, context),
    probeBroker: (broker: string) => probeBroker(broker, connection.tls, PROBE_MS),
    admin,
    trials,
    isLoginRefused,
    openInflux,
  };
  try {
    return await printFindings(
      serviceFindings({ ...circumstances(flags, terminal), config, secretFiles, ports }),
      terminal,
    );
  } finally {
    await Promise.all([admin.close(), trials.close()]);
  }
}
