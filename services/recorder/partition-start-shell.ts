// A partition that was just given to this process -> where reading begins: 15 minutes before the committed offset, by the topic's
// own times (alerts: a day). Who had it before may have stood still with older windows in its hands and have written them since: they are
// written again as they are now.
//
//   committed 1,000  ->  reads from 998 for the time of a record, 10:30  ->  reads from the first record of 10:15 on
//
// Where nothing comes, since the topic is idle and its last records are gone, 10:30 is now.

import type { GroupMember, TopicLog } from "../../shared/runtime/topic-log.ts";
import { Backoff } from "./backoff-shell.ts";
import type { BackoffOptions } from "./backoff-shell.ts";
import type { PartitionRead } from "./batch/partition-read.ts";
import { logAnswer } from "./log-answer-shell.ts";
import type { RecorderEvent } from "./recorder-event.ts";

export interface PartitionStartOptions extends BackoffOptions {
  readonly log: Pick<TopicLog, "offsetAt">;
  readonly member: () => Promise<GroupMember>;
  readonly rewindMs: (topic: string) => number;
  readonly signal: AbortSignal;
  /** Reading may go on: not while too much waits. */
  readonly mayRead: () => boolean;
  readonly say: (event: RecorderEvent) => void;
}

/** The last offset of a transaction is its end, and no record. */
const BACK_TO_A_RECORD = 2;
const PROBE_MS = 5_000;

export class PartitionStart {
  private readonly options: PartitionStartOptions;

  constructor(options: PartitionStartOptions) {
    this.options = options;
  }

  /** Never rejects. */
  async begin(read: PartitionRead): Promise<void> {
    const member = await this.options.member();
    const committed = await this.asked(read, () => member.committed(read));
    if (committed === "given-up") return;
    read.floor = committed ?? 0;
    read.storedOffset = read.floor;
    read.nextOffset = read.floor;
    read.phase = read.floor === 0 ? "reading" : "probing";
    read.probedSinceMs = this.options.clock.nowMs();
    // Paused before, perhaps, in this process: it had it, lost it, and has it again.
    if (read.phase === "probing" || this.options.mayRead()) member.resume(read);
    else member.pause(read);
    member.seek(read, Math.max(0, read.floor - BACK_TO_A_RECORD));
  }

  /** A record near the committed offset is `timestampMs` old. Never rejects. */
  async rewind(read: PartitionRead, timestampMs: number): Promise<void> {
    read.phase = "finding";
    const member = await this.options.member();
    if (read.isLost) return;
    member.pause(read);
    const { log, rewindMs, mayRead } = this.options;
    const offset = await this.asked(read, () => log.offsetAt(read, timestampMs - rewindMs(read.topic)));
    if (offset === "given-up") return;
    read.nextOffset = Math.min(offset ?? read.floor, read.floor);
    read.phase = "reading";
    member.seek(read, read.nextOffset);
    if (mayRead()) member.resume(read);
  }

  /** To be called now and then. */
  async giveUpProbe(read: PartitionRead): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    if (read.phase === "probing" && nowMs - read.probedSinceMs >= PROBE_MS) await this.rewind(read, nowMs);
  }

  /** What the log answers, however often it must be asked. */
  private async asked<Answer>(read: PartitionRead, ask: () => Promise<Answer>): Promise<Answer | "given-up"> {
    const { signal, say } = this.options;
    const isOver = (): boolean => signal.aborted || read.isLost;
    const options = { backoff: new Backoff(this.options), what: "positions", signal, isOver, say } as const;
    const answer = await logAnswer(ask, options);
    return read.isLost ? "given-up" : answer;
  }
}
