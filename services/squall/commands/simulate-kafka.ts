// `squall simulate --kafka`: the raw topic of the configuration as a place for lines, and what is said of it.

import { createKafkaTopicLog } from "../../../shared/adapters/kafka/kafka-topic-log.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import { loadKafkaConfiguration } from "../configuration.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { kafkaConnection } from "../kafka-connection.ts";
import type { ServiceFlags } from "../service-flags.ts";
import type { KafkaSettings } from "../service-settings.ts";
import type { StampStyle } from "../simulate/set-up.ts";
import type { Terminal } from "../terminal.ts";
import { KafkaLines } from "./kafka-lines.ts";

export interface KafkaOutputFlags extends Pick<ServiceFlags, "config" | "brokers" | "topicPrefix"> {
  readonly linesPerRecord?: number;
  readonly stamp?: StampStyle;
}

export interface KafkaOutputDeps {
  readonly terminal: Terminal;
  readonly wait: (ms: number) => Promise<void>;
}

const monotonicMs = (): number => performance.now();

/** `play` is called when a broker answers. Throws ConfigError. */
export async function playIntoKafka(
  { linesPerRecord = 1, stamp = "rfc3339", ...sources }: KafkaOutputFlags,
  { terminal, wait }: KafkaOutputDeps,
  play: (lines: KafkaLines) => Promise<ExitCode>,
): Promise<ExitCode> {
  const kafka = await loadKafkaConfiguration(sources, terminal.env, "simulate");
  const say = (line: string): void => terminal.err(`squall: ${line}\n`);
  const log = createKafkaTopicLog(kafkaConnection(kafka, say));
  const { signal } = terminal;
  const topic = kafka.topics["mail-logs"];
  const lines = new KafkaLines({ log, topic, linesPerRecord, stamp, signal, wait, monotonicMs, say });
  try {
    return await playOpened(lines, { kafka, say, play });
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    say(`${kafka.brokers.join(", ")}: ${error.message}`);
    return error.fault === "refused" ? EXIT.failed : EXIT.unavailable;
  } finally {
    await log.close();
  }
}

interface Playing {
  readonly kafka: KafkaSettings;
  readonly say: (line: string) => void;
  readonly play: (lines: KafkaLines) => Promise<ExitCode>;
}

/** What was written is said however it ends. */
async function playOpened(lines: KafkaLines, { kafka, say, play }: Playing): Promise<ExitCode> {
  const topic = kafka.topics["mail-logs"];
  if (!(await lines.open())) return EXIT.interrupted;
  say(`writing to ${topic} at ${kafka.brokers.join(", ")}`);
  try {
    return await play(lines);
  } finally {
    await lines.close();
    const again = lines.linesSentAgain === 0 ? "" : `; ${lines.linesSentAgain} may stand there twice`;
    say(`wrote ${lines.lines} lines in ${lines.records} records to ${topic}${again}`);
  }
}
