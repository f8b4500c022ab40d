// The silences of the services, asked for by a command.

import { createKafkaTopicLog } from "../../../shared/adapters/kafka/kafka-topic-log.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import { loadKafkaConfiguration } from "../configuration.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import type { ServiceFlags } from "../service-flags.ts";
import { askOverKafka } from "../service/silences-on-kafka.ts";
import type { SilenceQuestion } from "../silence-control.ts";
import type { SilenceReply } from "../silence-question.ts";
import type { Terminal } from "../terminal.ts";

/** `where`: the topic. Throws ConfigError with all faults. */
export async function askServices(
  question: SilenceQuestion,
  { config, brokers, topicPrefix }: Pick<ServiceFlags, "config" | "brokers" | "topicPrefix">,
  terminal: Terminal,
): Promise<{ readonly where: string; readonly reply: SilenceReply }> {
  const kafka = await loadKafkaConfiguration({ config, brokers, topicPrefix }, terminal.env, "silence");
  // What the client says while it tries is in its last error.
  const log = createKafkaTopicLog(kafkaConnection(kafka, () => undefined));
  try {
    const { topics } = kafka;
    const reply = await askOverKafka(question, { log, topics, clock: systemClock });
    return { where: topics["storm-alerts"], reply };
  } finally {
    await log.close();
  }
}
