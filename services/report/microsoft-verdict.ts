// messages of a storm -> what Microsoft 365's default rule would have done, each thread being a conversation.

import type { StormMessage } from "../../shared/domain/storm-account.ts";
import type { MicrosoftVerdict } from "./incident.ts";
import { microsoftDefaults, type MicrosoftMessage, MicrosoftRule, type MicrosoftTrip } from "./microsoft-rule.ts";
import { stopAt } from "./stop.ts";

const TOGETHER = "the whole storm";

/** `messages` in order of time. */
export function microsoftVerdict(messages: readonly StormMessage[]): MicrosoftVerdict {
  const trip = firstTrip(messages.map((message) => asSeen(message, message.threadKey, message.answersThread)));
  if (trip !== undefined) return { kind: "acts", stop: stopAt(messages, trip.atMs), replyAll: trip.replyAlls };
  const together = firstTrip(messages.map((message) => asSeen(message, TOGETHER, message.role === "reply-all")));
  return {
    kind: "never",
    mostInAnHour: mostInAnHour(messages),
    togetherAt: together?.atMs,
  };
}

function asSeen(message: StormMessage, thread: string, isReply: boolean): MicrosoftMessage {
  const { at, person = "", recipients, role } = message;
  return { atMs: at, thread, sender: person, recipients, isReply, isAutomatic: role === "automatic" };
}

function firstTrip(messages: readonly MicrosoftMessage[]): MicrosoftTrip | undefined {
  const rule = new MicrosoftRule();
  const begun = new Set<string>();
  for (const message of messages) {
    // The rule takes what it sees first of a conversation for its beginning; that may lie before the storm.
    const isBegun = begun.has(message.thread);
    begun.add(message.thread);
    if (!isBegun && message.isReply) rule.see({ ...message, sender: "somebody before", isReply: false });
    const trip = rule.see(message);
    if (trip !== undefined) return trip;
  }
  return undefined;
}

/** Most reply-alls to one thread that the rule counts within its 60 minutes. */
function mostInAnHour(messages: readonly StormMessage[]): number {
  const { recipientsMin, windowMs } = microsoftDefaults;
  const recent = new Map<string, number[]>();
  let most = 0;
  for (const { at, threadKey, answersThread, recipients, role } of messages) {
    if (!answersThread || role === "automatic" || recipients < recipientsMin) continue;
    const times = [...(recent.get(threadKey) ?? []), at].filter((time) => time > at - windowMs);
    recent.set(threadKey, times);
    most = Math.max(most, times.length);
  }
  return most;
}
