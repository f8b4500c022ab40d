// What the services of a site said: its storms, its windows and its notifications, as they stand at the end, to be compared with those
// of a run in which nothing failed.

import { decodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { isProgressLine } from "../../../shared/domain/stream-progress.ts";
import { decodeThreadWindow } from "../../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { topicNames } from "../../../shared/domain/topics.ts";
import { type GroupMember, type TopicLog, type TopicPartition } from "../../../shared/runtime/topic-log.ts";
import { pollUntil } from "../poll.ts";
import type { HeardRequest } from "../scripted-receiver.ts";

const READ_MS = 30_000;
const MINUTE_MS = 60_000;

/** Reads all that comes of a site's windows and alerts, from the beginning on. */
export class SiteReader {
  /** Every line that was read, in order within its partition. */
  readonly alertLines: string[] = [];
  readonly alerts: StormAlert[] = [];
  readonly windows = new Map<string, ThreadWindow>();
  /** Lines that are no alert and no window. */
  readonly unreadable: string[] = [];
  private readonly next = new Map<string, number>();
  private member: GroupMember | undefined;

  private readonly topics: readonly string[];

  private constructor(topics: readonly string[]) {
    this.topics = topics;
  }

  static async open(log: TopicLog, prefix: string): Promise<SiteReader> {
    const topics = topicNames(prefix);
    const reader = new SiteReader([topics["storm-alerts"], topics["thread-windows"]]);
    const waiting: TopicPartition[] = [];
    const begin = (at: TopicPartition): void => {
      if (reader.member === undefined) waiting.push(at);
      else reader.member.seek(at, 0);
    };
    reader.member = await log.join({
      group: `${prefix}.reader`,
      topics: reader.topics,
      onAssigned: (partitions) => {
        for (const at of partitions) begin(at);
      },
      onLost: () => undefined,
      onBatch: ({ topic, partition, records, nextOffset }) => {
        reader.next.set(`${topic}/${partition}`, nextOffset);
        for (const { value } of records) {
          for (const line of value?.toString().split("\n") ?? []) {
            if (line === "") continue;
            if (topic === topics["storm-alerts"]) reader.takeAlert(line);
            else reader.takeWindow(line);
          }
        }
      },
      onDead: (error) => {
        throw error;
      },
    });
    for (const at of waiting.splice(0)) reader.member.seek(at, 0);
    return reader;
  }

  /** All that is there now has been read. */
  async readAll(log: TopicLog): Promise<void> {
    for (const topic of this.topics) {
      const ends = await log.endsOf(topic);
      const isRead = (): boolean =>
        ends.every(({ end }, partition) => (this.next.get(`${topic}/${partition}`) ?? 0) >= end);
      await pollUntil(isRead, { deadlineMs: READ_MS, what: `the end of ${topic}` });
    }
  }

  async close(): Promise<void> {
    await this.member?.leave();
  }

  /** The latest end of a final window of the site, ms; 0: none. */
  get finalUntilMs(): number {
    let latest = 0;
    for (const { scope, final, windowEnd } of this.windows.values()) {
      if (scope === "site" && final) latest = Math.max(latest, windowEnd);
    }
    return latest;
  }

  private takeAlert(line: string): void {
    if (isProgressLine(line)) return;
    this.alertLines.push(line);
    const decoded = decodeStormAlert(line);
    if (decoded.ok) this.alerts.push(decoded.alert);
    else this.unreadable.push(line);
  }

  private takeWindow(line: string): void {
    const decoded = decodeThreadWindow(line);
    if (!decoded.ok) {
      this.unreadable.push(line);
      return;
    }
    const { window } = decoded;
    this.windows.set(`${window.scope} ${window.key} ${new Date(window.windowStart).toISOString()}`, window);
  }
}

export interface SiteOutcome {
  /**
   * By list: how many storms were opened and resolved there, at how many reply-alls the first opened. Ids are not compared: which of
   * two scopes proposes a storm first may differ between two runs.
   */
  readonly storms: Readonly<
    Record<string, { readonly opened: number; readonly resolved: number; readonly at: number }>
  >;
  /** Threads of storms that were opened, and the minute of the first word on each: from there on their windows are recorded. */
  readonly threads: ReadonlyMap<string, number>;
  /** Final windows: what was counted, without the score. */
  readonly windows: Readonly<Record<string, string>>;
  /** (stormId, revision) that came twice with different content. */
  readonly contradictions: readonly string[];
}

export function outcomeOf({ alerts, alertLines, windows }: SiteReader): SiteOutcome {
  const storms: Record<string, { opened: number; resolved: number; at: number }> = {};
  const byRevision = new Map<string, string>();
  const contradictions: string[] = [];
  alerts.forEach((alert, index) => {
    const { stormId, revision, type, evidence, list } = alert;
    const line = alertLines[index] ?? "";
    const name = `${stormId}-${revision}`;
    if (byRevision.has(name) && byRevision.get(name) !== line) contradictions.push(name);
    byRevision.set(name, line);
    if (type === "storm.watch") return;
    const storm = (storms[list ?? alert.threadKey] ??= { opened: 0, resolved: 0, at: 0 });
    if (type === "storm.opened") {
      storm.opened += 1;
      if (storm.opened === 1) storm.at = evidence.replyAlls;
    }
    if (type === "storm.resolved") storm.resolved += 1;
  });
  return {
    threads: threadsOf(alerts),
    storms: Object.fromEntries(Object.entries(storms).filter(([, { opened }]) => opened > 0)),
    windows: Object.fromEntries(
      [...windows]
        .filter(([, window]) => window.final)
        .map(([name, window]) => [name, countsOf(window)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    contradictions,
  };
}

function threadsOf(alerts: readonly StormAlert[]): ReadonlyMap<string, number> {
  const opened = new Set(alerts.filter(({ type }) => type === "storm.opened").map(({ threadKey }) => threadKey));
  const since = new Map<string, number>();
  for (const { threadKey, detectedAt } of alerts) {
    const minute = Math.floor(detectedAt / MINUTE_MS) * MINUTE_MS;
    if (opened.has(threadKey)) since.set(threadKey, Math.min(since.get(threadKey) ?? minute, minute));
  }
  return since;
}

function countsOf({ replyAlls, distinctRepliers, automatic, messages, recipients, deliveries }: ThreadWindow): string {
  return `${replyAlls} reply-alls by ${distinctRepliers}, ${automatic} automatic, ${messages} messages to ${recipients}, ${deliveries} deliveries`;
}

/** Notifications beyond the first of each webhook id. */
export function repeatsOf(heard: readonly HeardRequest[]): number {
  const ids = heard.map(({ headers }) => String(headers["webhook-id"]));
  return ids.length - new Set(ids).size;
}
