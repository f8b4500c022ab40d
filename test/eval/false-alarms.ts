// the messages of real lists -> the alarms that squall and Microsoft's rule raise in them. No storm is known in them, so that each
// is, until shown otherwise, a false one. squall reads them through the whole of `squall replay`.

import type { SquallConfig } from "../../services/squall/squall-defaults.ts";
import type { StormAlert, StormReason, StormScope } from "../../shared/domain/storm-alert.ts";
import { replayChunks } from "../e2e/memory-input.ts";
import { type MicrosoftMessage, microsoftDefaults, MicrosoftRule } from "../../services/report/microsoft-rule.ts";
import { type ListPopulation, populations } from "./population.ts";
import type { ListMessage } from "./real-threads.ts";
import { mailOf, type MailOptions, messageIdOf, threadName } from "./thread-mail.ts";

const NEWCOMER_MS = 3_600_000;

export interface Writer {
  readonly person: number;
  /** Seconds after the alarm's first message. */
  readonly seconds: number;
  /** Had not written to this list before, or only within the last hour. */
  readonly isNewcomer: boolean;
}

export interface Alarm {
  readonly list: number;
  /** Ordinal within the list of the thread in which it began, and all that its messages belong to. */
  readonly thread: number;
  readonly threads: readonly number[];
  /** Event time, ms. */
  readonly startedAt: number;
  readonly detectedAt: number;
  readonly scope: StormScope;
  readonly reasons: readonly StormReason[];
  readonly replyAlls: number;
  readonly distinctRepliers: number;
  readonly score: number;
  /** First message of each who wrote up to then. */
  readonly writers: readonly Writer[];
}

/** Where an alarm stands: all that is needed to count it. */
export type Place = Pick<Alarm, "list" | "thread" | "startedAt">;

export interface FalseAlarms {
  readonly options: MailOptions;
  readonly lists: readonly ListPopulation[];
  /** Threads as squall resolved them. */
  readonly threadsResolved: number;
  /** Storms opened. */
  readonly alarms: readonly Alarm[];
  /** Watches that became no storm: they page nobody. */
  readonly watches: number;
  /** Threads that trip Microsoft's rule, each once. */
  readonly microsoft: { readonly starterLeftOut: readonly Place[]; readonly starterCounted: readonly Place[] };
}

/** `messages` in order of time. Throws when not every one of them came to the detector. */
export async function countFalseAlarms(
  messages: readonly ListMessage[],
  options: MailOptions,
  config: SquallConfig,
): Promise<FalseAlarms> {
  const { alerts, result } = await replayChunks(mailOf(messages, options), config);
  const arrived = result.survey.headerShare.total;
  if (arrived !== messages.length) throw new Error(`${arrived} of ${messages.length} messages came to the detector`);
  const opened = alerts.filter(({ type }) => type === "storm.opened");
  const openedIds = new Set(opened.map(({ stormId }) => stormId));
  const watches = new Set(alerts.map(({ stormId }) => stormId)).size - openedIds.size;
  const byId = new Map(messages.map((message) => [messageIdOf(message), message]));
  const firstPosts = firstPostsOf(messages);
  return {
    options,
    lists: populations(messages),
    threadsResolved: result.survey.threads,
    alarms: opened.map((alert) => alarmOf(alert, byId, firstPosts)),
    watches,
    microsoft: {
      starterLeftOut: microsoftTrips(messages, options.audience, false),
      starterCounted: microsoftTrips(messages, options.audience, true),
    },
  };
}

function alarmOf(
  alert: StormAlert,
  byId: ReadonlyMap<string, ListMessage>,
  firstPosts: ReadonlyMap<string, number>,
): Alarm {
  const { evidence, startedAt, detectedAt, scope, reasons } = alert;
  const first = byId.get(evidence.firstMessageId);
  if (first === undefined) throw new Error(`no message ${evidence.firstMessageId}`);
  // Alerts name the last 50 messages: in a long thread the first is not among them.
  const found = [...new Set([first, ...evidence.messageIds.flatMap((id) => byId.get(id) ?? [])])];
  const writers = new Map<number, Writer>();
  for (const { list, person, at } of found) {
    if (writers.has(person)) continue;
    const isNewcomer = at - (firstPosts.get(`${list}/${person}`) ?? at) < NEWCOMER_MS;
    writers.set(person, { person, seconds: (at - startedAt) / 1000, isNewcomer });
  }
  return {
    list: first.list,
    thread: first.thread,
    threads: [...new Set(found.map(({ thread }) => thread))],
    startedAt,
    detectedAt,
    scope,
    reasons,
    replyAlls: evidence.replyAlls,
    distinctRepliers: evidence.distinctRepliers,
    score: evidence.score,
    writers: [...writers.values()],
  };
}

function firstPostsOf(messages: readonly ListMessage[]): ReadonlyMap<string, number> {
  const firstPosts = new Map<string, number>();
  for (const { list, person, at } of messages) {
    const writer = `${list}/${person}`;
    if (!firstPosts.has(writer)) firstPosts.set(writer, at);
  }
  return firstPosts;
}

function microsoftTrips(messages: readonly ListMessage[], audience: number, starterCounts: boolean): Place[] {
  const rule = new MicrosoftRule({ ...microsoftDefaults, starterCounts });
  return messages.flatMap((message): Place[] => {
    const { list, thread } = message;
    const trip = rule.see(microsoftMessage(message, audience));
    return trip?.tripOfThread === 1 ? [{ list, thread, startedAt: trip.startedAtMs }] : [];
  });
}

/** Every message of these lists went to the whole list, and none was sent by a machine that said so. */
export function microsoftMessage(message: ListMessage, audience: number): MicrosoftMessage {
  return {
    atMs: message.at,
    thread: threadName(message),
    sender: `${message.list}/${message.person}`,
    recipients: audience,
    isReply: !message.isFirst,
    isAutomatic: false,
  };
}
