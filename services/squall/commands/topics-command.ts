// `squall topics [--create]`: compares the topics on the brokers with the plan, and makes those that are missing.

import { isLoginRefused } from "../../../shared/adapters/kafka/kafka-error.ts";
import { createKafkaTopicAdmin } from "../../../shared/adapters/kafka/kafka-topic-admin.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import { loadKafkaConfiguration } from "../configuration.ts";
import type { Finding } from "../doctor/finding.ts";
import { countText, exitOf, findingText } from "../doctor/finding.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import type { ServiceFlags } from "../service-flags.ts";
import type { Terminal } from "../terminal.ts";
import type { TopicCheckOptions } from "../topics/topic-check.ts";
import { checkTopics } from "../topics/topic-check.ts";
import { plannedTopics, toolContext } from "../topics/planned-topics.ts";

export interface TopicsFlags extends Pick<ServiceFlags, "config" | "brokers" | "topicPrefix"> {
  readonly create?: boolean;
}

/** Throws ConfigError with all faults. */
export async function topicsCommand(flags: TopicsFlags, terminal: Terminal): Promise<ExitCode> {
  const { create = false, ...sources } = flags;
  const kafka = await loadKafkaConfiguration(sources, terminal.env, "topics");
  // What the client says while it tries is in its last error.
  const admin = createKafkaTopicAdmin(kafkaConnection(kafka, () => undefined));
  const plan = plannedTopics(kafka);
  try {
    return await printTopics(
      { plan, admin, create, mustSeeSettings: true, tools: toolContext(kafka), user: kafka.sasl?.username },
      terminal,
    );
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    terminal.err(`squall: ${kafka.brokers.join(", ")}: ${error.message}\n`);
    terminal.err("squall: squall doctor --for ingest looks at brokers, certificates and login one by one\n");
    return isLoginRefused(error) ? EXIT.failed : EXIT.unavailable;
  } finally {
    await admin.close();
  }
}

/** Rejects with LogError when the brokers cannot be asked. */
async function printTopics(options: TopicCheckOptions, terminal: Terminal): Promise<ExitCode> {
  const findings: Finding[] = [];
  for await (const checked of checkTopics(options)) {
    for (const finding of checked.findings) terminal.out(findingText(finding, terminal.color));
    findings.push(...checked.findings);
    if (terminal.signal.aborted) return EXIT.interrupted;
  }
  terminal.out(`\n${countText(findings)}\n`);
  return exitOf(findings);
}
