// The lines of a made-up log -> a raw topic, before anything reads it. Lines go to the partitions in turns of so many, as a shipper's
// client fills one partition's batch before the next; a record holds one line or many of a turn.

import { defaultPartitions, topicPlan } from "../../../shared/domain/topic-plan.ts";
import type { NewRecord, TopicLog } from "../../../shared/runtime/topic-log.ts";
import type { RealKafka } from "../../support/real-kafka.ts";
import { mailLog, START_AT, stampOf, type MailLogSettings } from "../mail-log.ts";

const LINES_A_TURN = 500;
const RECORDS_A_WRITE = 4000;
const MINUTE_MS = 60_000;
const TAIL_LINES = 20;

export interface Backlog {
  readonly topic: string;
  readonly partitions: number;
  readonly lines: number;
  /** Bytes of all lines. */
  readonly bytes: number;
  /** End of the last whole minute of its event time, ms since the epoch. */
  readonly endMs: number;
}

export interface BacklogOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly settings: MailLogSettings;
  readonly linesPerRecord: number;
}

/** Makes the topic and fills it. Behind the log a word of ten minutes later stands in each partition: all before it is over. */
export async function fillBacklog(kafka: RealKafka, log: TopicLog, options: BacklogOptions): Promise<Backlog> {
  const { topic, partitions, settings } = options;
  const plan = topicPlan({
    prefix: topic,
    mailLogs: topic,
    replication: 1,
    partitions: { ...defaultPartitions, "mail-logs": partitions },
  }).filter((one) => one.topic === topic);
  await kafka.createTopics(
    plan.map((one) => ({
      topic,
      partitions,
      settings: Object.fromEntries(one.settings.map(({ name, value }) => [name, value])),
    })),
  );
  const filler = new Filler(log, options);
  await filler.open();
  for (const line of mailLog(settings)) await filler.add(line.slice(0, -1));
  const logEndMs = START_AT + (filler.lines / settings.linesPerSecond) * 1000;
  const lines = filler.lines;
  const bytes = filler.bytes;
  await filler.end(tailLine(logEndMs + 10 * MINUTE_MS));
  return { topic, partitions, lines, bytes, endMs: Math.floor(logEndMs / MINUTE_MS) * MINUTE_MS };
}

function tailLine(ms: number): string {
  return `${stampOf(ms)} mx1 postfix/qmgr[1101]: 4ZZZZZZZZZz1: removed`;
}

class Filler {
  lines = 0;
  bytes = 0;
  private readonly options: BacklogOptions;
  private readonly log: TopicLog;
  private writer: Awaited<ReturnType<TopicLog["openPlainWriter"]>> | undefined;
  private waiting: string[] = [];
  private records: NewRecord[] = [];

  constructor(log: TopicLog, options: BacklogOptions) {
    this.log = log;
    this.options = options;
  }

  async open(): Promise<void> {
    this.writer = await this.log.openPlainWriter();
  }

  async add(line: string): Promise<void> {
    const { linesPerRecord, partitions } = this.options;
    const partition = Math.floor(this.lines / LINES_A_TURN) % partitions;
    this.lines += 1;
    this.bytes += line.length + 1;
    this.waiting.push(line);
    if (this.waiting.length < linesPerRecord) return;
    this.close(partition);
    if (this.records.length * linesPerRecord >= RECORDS_A_WRITE) await this.write();
  }

  async end(tail: string): Promise<void> {
    const { partitions } = this.options;
    if (this.waiting.length > 0) this.close(Math.floor((this.lines - 1) / LINES_A_TURN) % partitions);
    for (let line = 0; line < TAIL_LINES * partitions; line += 1) {
      this.waiting.push(tail);
      this.close(line % partitions);
    }
    await this.write();
    await this.writer?.close();
  }

  private close(partition: number): void {
    const value = Buffer.from(this.waiting.join("\n"), "latin1");
    this.records.push({ topic: this.options.topic, partition, key: undefined, value });
    this.waiting = [];
  }

  private async write(): Promise<void> {
    await this.writer?.write(this.records);
    this.records = [];
  }
}
