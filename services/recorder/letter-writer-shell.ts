// Dead letters -> their topics. Tries without end: what is not told there must not be passed over.

import { deadLetterTopic } from "../../shared/domain/topics.ts";
import { deadLetterRecord } from "../../shared/runtime/dead-letter-record.ts";
import type { PlainWriter } from "../../shared/runtime/topic-log.ts";
import { Backoff } from "./backoff-shell.ts";
import type { BackoffOptions } from "./backoff-shell.ts";
import type { DeadLetter } from "./batch/dead-letter.ts";
import { logAnswer } from "./log-answer-shell.ts";
import type { RecorderEvent } from "./recorder-event.ts";

export interface LetterWriterOptions extends BackoffOptions {
  readonly writer: PlainWriter;
  /** Of each dead letter topic. */
  readonly partitions: ReadonlyMap<string, number>;
  /** Of squall. */
  readonly version: string;
  readonly say: (event: RecorderEvent) => void;
}

export class LetterWriter {
  written = 0;
  private readonly options: LetterWriterOptions;
  private readonly backoff: Backoff;

  constructor(options: LetterWriterOptions) {
    this.options = options;
    this.backoff = new Backoff(options);
  }

  get failuresInRow(): number {
    return this.backoff.failuresInRow;
  }

  /** False: given up by the signal; any of them may be written. */
  async write(letters: readonly DeadLetter[], signal: AbortSignal): Promise<boolean> {
    if (letters.length === 0) return true;
    const { writer, partitions, version, say } = this.options;
    const records = letters.map(({ origin: { read: from, offset }, reason, detail, value }) => {
      const topic = deadLetterTopic(from.topic);
      const to = { topic, partition: from.partition % (partitions.get(topic) ?? 1) };
      return deadLetterRecord({ to, from, offset, reason, detail, value, version });
    });
    if (signal.aborted) return false;
    const isOver = (): boolean => signal.aborted;
    const options = { backoff: this.backoff, what: "dead-letters", signal, isOver, say } as const;
    if ((await logAnswer(() => writer.write(records), options)) === "given-up") return false;
    this.written += records.length;
    return true;
  }
}
