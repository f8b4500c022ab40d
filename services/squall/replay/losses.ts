// Counters of what was dropped or only summed -> lines of the summary; what every run does (forgetting what is over) is no loss.

import { wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import type { DetectorCounters } from "../../detector/detector-counters.ts";
import type { ReplayResult } from "./replay.ts";

/** Undefined: ordinary, not told. */
const DETECTOR_WORDS: Readonly<Record<keyof DetectorCounters, string | undefined>> = {
  events: undefined,
  eventsRepeated: undefined,
  eventsExpired: "mails came more than 2 h late and were dropped",
  deliveriesExpired: "deliveries lay in minutes more than 2 h back and stand in no window",
  sitesDropped: "mails were of more mail systems than the limit and were dropped",
  messagesForgotten: undefined,
  messagesEvicted: "messages were forgotten early for want of room",
  fanOutsEvicted: "messages to many were forgotten early for want of room",
  variantsDropped: "mails bore a Message-ID that too many senders had used and were dropped",
  hopsDropped: "mails came through more servers than are told apart for one message",
  queueIdsSummed: "queue ids were only summed, for want of room: one seen twice counts twice",
  messagesSealed: "large messages were only summed from then on, for want of room",
  fanOutsWithoutPerson:
    "messages to many name no writer (no login, From or envelope sender) and are nobody's reply-all",
  hintsDropped: "mails named more lists or earlier messages than are looked at",
  threadsEvicted: "threads were forgotten early for want of room",
  threadIdsDropped: "message ids were not kept, for want of room: an answer to them may begin a thread of its own",
  threadMessagesDropped: "messages of long threads were only counted",
  repliesTrimmed: undefined,
  repliesTooLate: "replies came too late to be put in their place",
  listsEvicted: "lists were forgotten early for want of room and have no history again",
  listPostsDropped: "messages to lists were no longer looked back at, for want of room",
  personsNotRemembered: "writers were not remembered, for want of room: they pass for newcomers again",
  loginsEvicted: "logins were forgotten for want of room",
  clientsEvicted: "machines that hand mail over were forgotten for want of room",
  stormsEvicted: "storms were forgotten for want of room",
  stormMessagesDropped: "messages of large storms were only counted",
  stormThreadsDropped: "threads were let go by storms of very many threads",
  windowsLate: undefined,
  windowsDropped: "windows were dropped for want of room",
};

export function lossLines({ assembler, survey }: Pick<ReplayResult, "assembler" | "survey">): string[] {
  const losses: string[] = [];
  const note = (count: number, words: string): void => {
    if (count > 0) losses.push(`${losses.length === 0 ? "dropped    " : "           "}${wholeNumber(count)} ${words}`);
  };
  note(
    assembler.incomplete,
    "queue ids were never seen to be accepted (refused mail, or mail from before the log begins)",
  );
  note(
    assembler.expiredFragments,
    "pieces of mails lay more than 2 h behind the log around them and were dropped: give files of different hosts or days as separate arguments",
  );
  note(
    assembler.evictedForRoom + assembler.releasedEarly,
    "mails were let go early for want of room (more queued at once than the limit)",
  );
  for (const [name, words] of Object.entries(DETECTOR_WORDS)) {
    if (words !== undefined) note(countOf(survey.counters, name), words);
  }
  return losses;
}

function countOf(counters: Readonly<DetectorCounters>, name: string): number {
  return Object.entries(counters).find(([known]) => known === name)?.[1] ?? 0;
}
