// Lines into the raw topic, as a shipper sends them: what could not be written is written again, in order, so a line may stand there twice.

import type { ByteSink } from "../../../shared/adapters/files/byte-sink.ts";
import { LogError, type NewRecord, type PlainWriter, type TopicLog } from "../../../shared/runtime/topic-log.ts";
import type { StampStyle } from "../simulate/set-up.ts";
import { LogRecords } from "./log-records.ts";

export interface KafkaLinesOptions {
  /** Not closed by close(). */
  readonly log: Pick<TopicLog, "openPlainWriter" | "partitionsOf">;
  readonly topic: string;
  readonly linesPerRecord: number;
  readonly stamp: StampStyle;
  readonly signal: AbortSignal;
  /** Resolves after a time, or when the signal is aborted. */
  readonly wait: (ms: number) => Promise<void>;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

/** Nobody waits longer for a broker; a client that is at it may take some seconds more. */
const GIVE_UP_MS = 60_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 5_000;

export class KafkaLines implements ByteSink {
  /** Acknowledged. */
  lines = 0;
  records = 0;
  /** Of these, how many were sent more than once. */
  linesSentAgain = 0;
  private readonly options: KafkaLinesOptions;
  private shape: LogRecords | undefined;
  private writer: PlainWriter | undefined;

  constructor(options: KafkaLinesOptions) {
    this.options = options;
  }

  /** Waits for a broker. False: interrupted. Rejects with LogError: `refused` where the topic is missing, `unreachable` after a minute. */
  async open(): Promise<boolean> {
    const { log, topic, linesPerRecord, stamp } = this.options;
    const tries = await this.patiently(async () => {
      const partitions = await log.partitionsOf(topic);
      if (partitions === undefined) {
        throw new LogError("refused", `no such topic: ${topic}. squall topics --create makes it`);
      }
      this.writer = await log.openPlainWriter();
      this.shape = new LogRecords({ topic, partitions, linesPerRecord, stamp });
    });
    return tries > 0;
  }

  /** Resolves when all is acknowledged; to false when it was interrupted before. Rejects with LogError. */
  async write(bytes: Buffer): Promise<boolean> {
    const { records, lines } = this.shape?.of(bytes) ?? { records: [], lines: 0 };
    if (lines === 0) return true;
    const tries = await this.patiently(() => this.writeOnce(records));
    if (tries === 0) return false;
    this.lines += lines;
    this.records += records.length;
    if (tries > 1) this.linesSentAgain += lines;
    return true;
  }

  async close(): Promise<void> {
    const { writer } = this;
    this.writer = undefined;
    await writer?.close();
  }

  private async writeOnce(records: readonly NewRecord[]): Promise<void> {
    this.writer ??= await this.options.log.openPlainWriter();
    await this.writer.write(records);
  }

  /** How many tries it took; 0: interrupted. */
  private async patiently(act: () => Promise<void>): Promise<number> {
    const { signal, wait, monotonicMs, say } = this.options;
    const sinceMs = monotonicMs();
    let waitMs = RETRY_MIN_MS;
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        await act();
        if (tries > 1) say("the brokers answer again");
        return tries;
      } catch (error) {
        if (!(error instanceof LogError) || error.fault === "refused") throw error;
        // What its writer makes of the numbers of what it could not write is its own matter: a new one begins anew.
        await this.close();
        if (monotonicMs() - sinceMs >= GIVE_UP_MS) throw error;
        if (tries === 1) say(`no broker takes it, tried again for a minute: ${error.message}`);
      }
      await wait(waitMs);
      waitMs = Math.min(2 * waitMs, RETRY_MAX_MS);
    }
    return 0;
  }
}
