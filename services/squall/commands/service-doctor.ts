// `squall doctor --for SERVICE`: all that a service on Kafka needs.

import { openInflux } from "../../../shared/adapters/influx/influx-connection.ts";
import { probeBroker } from "../../../shared/adapters/kafka/broker-probe.ts";
import { isLoginRefused } from "../../../shared/adapters/kafka/kafka-error.ts";
import { createKafkaTopicAdmin } from "../../../shared/adapters/kafka/kafka-topic-admin.ts";
import { createKafkaTopicTrials } from "../../../shared/adapters/kafka/kafka-topic-trials.ts";
import { loadConsoleConfiguration, loadServiceConfiguration } from "../configuration.ts";
import type { KafkaPorts } from "../doctor/kafka-check.ts";
import { consoleFindings, serviceFindings } from "../doctor/service-doctor.ts";
import type { ExitCode } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import { serviceFlagsOf } from "../service-flags.ts";
import type { KafkaReader, KafkaSettings } from "../service-settings.ts";
import type { DoctorCall } from "./doctor-context.ts";
import { circumstances, printFindings, receiverPorts } from "./doctor-context.ts";

/** Of each step of a connection to a broker. */
const PROBE_MS = 5_000;

/** Throws ConfigError with all faults. */
export async function serviceDoctor(role: KafkaReader, call: DoctorCall): Promise<ExitCode> {
  const { paths, flags, http, context } = call;
  const { terminal } = context;
  const secretFiles: string[] = [];
  const onSecretFile = (path: string): void => void secretFiles.push(path);
  const { sendTest: _, console: page, ...given } = flags;
  const about = { ...circumstances(flags, terminal), secretFiles };
  if (role === "console") {
    const config = await loadConsoleConfiguration(
      { ...serviceFlagsOf(role, paths, given), console: page },
      terminal.env,
      onSecretFile,
    );
    return withKafka(config, (ports) => printFindings(consoleFindings({ ...about, config, ports }), terminal));
  }
  const own = serviceFlagsOf(role, paths, { ...given, ...(page === undefined ? {} : { console: page }) });
  const config = await loadServiceConfiguration(own, terminal.env, role, onSecretFile);
  const receivers = receiverPorts(config, http, context);
  return withKafka(config, (kafka) => {
    const ports = { ...receivers, ...kafka, openInflux };
    return printFindings(serviceFindings({ ...about, config, ports }), terminal);
  });
}

async function withKafka(
  { kafka }: { readonly kafka: KafkaSettings },
  look: (ports: KafkaPorts) => Promise<ExitCode>,
): Promise<ExitCode> {
  // What the client says while it tries is in its last error.
  const connection = kafkaConnection(kafka, () => undefined);
  const admin = createKafkaTopicAdmin(connection);
  const trials = createKafkaTopicTrials(connection);
  const probe = (broker: string) => probeBroker(broker, connection.tls, PROBE_MS);
  try {
    return await look({ probeBroker: probe, admin, trials, isLoginRefused });
  } finally {
    await Promise.all([admin.close(), trials.close()]);
  }
}
