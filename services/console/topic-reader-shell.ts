// The windows and alerts of all sites, as Kafka has them, for a page: every console reads all of them, from some time ago on, in a group
// of its own; and the whole state of the alerter, which knows what is silenced. It commits nothing and writes nothing.

import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { decodeStreamProgress, isProgressLine, type StreamProgress } from "../../shared/domain/stream-progress.ts";
import { isSilenceLine } from "../../shared/domain/silence-line.ts";
import { decodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import type { GroupMember, LogBatch, TopicLog, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { LogError } from "../../shared/runtime/topic-log.ts";

const MINUTE_MS = 60_000;
/** What the page shows of windows is an hour, and these may be told again. */
const WINDOWS_BACK_MS = 75 * MINUTE_MS;
/** Storms that are open, and what was told. */
const ALERTS_BACK_MS = 24 * 60 * MINUTE_MS;

export interface TopicReaderOptions {
  readonly log: TopicLog;
  readonly group: string;
  readonly windowsTopic: string;
  readonly alertsTopic: string;
  /** Compacted: entries of the alerter's state. */
  readonly stateTopic: string;
  readonly nowMs: () => number;
  readonly onWindow: (window: ThreadWindow) => void;
  readonly onAlert: (alert: StormAlert) => void;
  readonly onProgress: (progress: StreamProgress) => void;
  /** `value` undefined: it is no more. */
  readonly onState: (key: string, value: Buffer | undefined) => void;
  /** It reads no more: end the process. */
  readonly onDead: (error: LogError) => void;
}

interface Place {
  readonly at: TopicPartition;
  /** Undefined: it is not known yet where to begin. */
  next: number | undefined;
  end: number;
  hasCaughtUp: boolean;
}

export class TopicReader {
  /** By topic. */
  readonly records = new Map<string, number>();
  /** Lines that are neither windows nor alerts: who records or tells them puts them aside. */
  unreadable = 0;
  /** How often partitions were given or taken. */
  rebalances = 0;
  /** When something was last read, ms; undefined: nothing was. */
  readAtMs: number | undefined;
  private readonly options: TopicReaderOptions;
  private readonly places = new Map<string, Place>();
  private member: GroupMember | undefined;
  private hasJoined = false;
  private isOver = false;

  constructor(options: TopicReaderOptions) {
    this.options = options;
    for (const topic of this.topics) this.records.set(topic, 0);
  }

  /** Rejects with LogError. */
  async start(): Promise<void> {
    const { log, group, onDead } = this.options;
    const { topics } = this;
    for (const topic of topics) {
      if ((await log.partitionsOf(topic)) === undefined) throw new LogError("refused", `there is no topic ${topic}`);
    }
    this.member = await log.join({
      group,
      topics,
      onAssigned: (partitions) => {
        this.hasJoined = true;
        this.rebalances += 1;
        for (const at of partitions) void this.begin(at);
      },
      onLost: (partitions) => {
        this.rebalances += 1;
        for (const at of partitions) this.places.delete(nameOf(at));
      },
      onBatch: (batch) => {
        this.take(batch);
      },
      onDead,
    });
    // Some may have been assigned, and found their place, before there was a member to tell it.
    for (const { at, next } of this.places.values()) if (next !== undefined) this.member.seek(at, next);
  }

  /** All that was there when it began has been read. */
  get isCaughtUp(): boolean {
    return this.hasJoined && [...this.places.values()].every(({ hasCaughtUp }) => hasCaughtUp);
  }

  /** How long ago the last read began of which all was given, ms. */
  get sinceReadMs(): number {
    return this.member?.sinceReadMs() ?? Number.POSITIVE_INFINITY;
  }

  get lag(): readonly (TopicPartition & { readonly records: number })[] {
    return Array.from(this.places.values(), ({ at, next, end }) => {
      return { ...at, records: next === undefined ? 0 : Math.max(0, end - next) };
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.member?.leave();
  }

  private get topics(): string[] {
    const { windowsTopic, alertsTopic, stateTopic } = this.options;
    return [windowsTopic, alertsTopic, stateTopic];
  }

  /** Records before it tell of nothing that is shown, ms since the epoch. */
  private beginsAt(topic: string): number {
    const { alertsTopic, stateTopic, nowMs } = this.options;
    if (topic === stateTopic) return 0;
    return nowMs() - (topic === alertsTopic ? ALERTS_BACK_MS : WINDOWS_BACK_MS);
  }

  private async begin(at: TopicPartition): Promise<void> {
    const { log, onDead } = this.options;
    const place: Place = { at, next: undefined, end: 0, hasCaughtUp: false };
    this.places.set(nameOf(at), place);
    try {
      const [ends, from] = [await log.endsOf(at.topic), await log.offsetAt(at, this.beginsAt(at.topic))];
      const { first = 0, end = 0 } = ends[at.partition] ?? {};
      if (this.isOver || this.places.get(nameOf(at)) !== place) return;
      place.end = end;
      place.next = Math.max(first, from ?? first);
      place.hasCaughtUp = place.next >= end;
      this.member?.seek(at, place.next);
    } catch (error) {
      if (!this.isOver) onDead(error instanceof LogError ? error : new LogError("unknown", String(error)));
    }
  }

  private take({ topic, partition, records, nextOffset, endOffset }: LogBatch): void {
    const place = this.places.get(nameOf({ topic, partition }));
    if (place === undefined) return;
    this.readAtMs = this.options.nowMs();
    place.next = nextOffset;
    place.end = Math.max(place.end, endOffset);
    place.hasCaughtUp ||= nextOffset >= place.end;
    this.records.set(topic, (this.records.get(topic) ?? 0) + records.length);
    const { windowsTopic, stateTopic, onState } = this.options;
    if (topic === stateTopic) {
      for (const { key, value } of records) if (key !== undefined) onState(key.toString(), value);
      return;
    }
    const read = topic === windowsTopic ? this.readWindow : this.readAlert;
    for (const { value } of records) {
      for (const line of value?.toString().split("\n") ?? []) if (line !== "" && !read(line)) this.unreadable += 1;
    }
  }

  private readonly readWindow = (line: string): boolean => {
    if (isProgressLine(line)) return true;
    const decoded = decodeThreadWindow(line);
    if (decoded.ok) this.options.onWindow(decoded.window);
    return decoded.ok;
  };

  private readonly readAlert = (line: string): boolean => {
    if (isSilenceLine(line)) return true;
    if (isProgressLine(line)) {
      const said = decodeStreamProgress(line);
      if (said.ok) this.options.onProgress(said.progress);
      return said.ok;
    }
    const decoded = decodeStormAlert(line);
    if (decoded.ok) this.options.onAlert(decoded.alert);
    return decoded.ok;
  };
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
