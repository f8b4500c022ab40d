// a message that has reached many, and what the newest event changed of it -> thread, lists, replies, storms.
// Runs at every event of such a message, since reach, lists and person may become known one after the other;
// each decision is taken as soon as it can be and then kept.

import { soleClient } from "./clients.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { createFanOut, type FanOut } from "./fan-out.ts";
import { showInList, showInThread, showReach, showReplyAll } from "./fan-out-windows.ts";
import { judgeLists, postToLists } from "./list-posts.ts";
import { noteReach, useList } from "./list-table.ts";
import { type MailMessage, type MessageList, messageTime, NONE } from "./mail-message.ts";
import { personOf } from "./persons.ts";
import type { SiteState } from "./site-state.ts";
import type { Storm } from "./storm.ts";
import { addMember, countMember } from "./storm-members.ts";
import { keepStorm } from "./storm-tide.ts";
import { judgeFirstMail, judgeReplies } from "./thread-judgement.ts";
import { countReplyAll, noteStarter, settleAgain, takeFirstPlace } from "./thread-replies.ts";
import { enterSubject, resolveThread } from "./thread-resolution.ts";
import { keepInThread, type Thread } from "./thread-table.ts";
import { noteChange } from "./tracked.ts";

/** `reach` counts a configured audience where the expansion cannot be seen. */
export function stepFanOut(site: SiteState, message: MailMessage, event: MailEvent, reach: number): void {
  const known = message.fanOut;
  const fanOut = known ?? reachedMany(site, message);
  if (fanOut === undefined) return;
  noteChange(fanOut);
  const strangerBefore = fanOut.person === undefined;
  learnClient(site, fanOut);
  fanOut.person ??= personOf(site.persons, message, fanOut.at, site.settings);
  countNameless(site, fanOut);
  const growth = reach - fanOut.reach;
  fanOut.reach = reach;
  if (growth !== 0 && known !== undefined) showReach(site, fanOut, growth);
  const audienceGrew = learnLists(site, fanOut, growth !== 0);
  const thread = threadOf(site, fanOut);
  noteChange(thread);
  const reachGrew = reach > thread.reach;
  thread.reach = Math.max(thread.reach, reach);
  if (strangerBefore && fanOut.person !== undefined && thread.first === fanOut) noteStarter(thread, site.settings);
  const atLeast = known === undefined ? fanOut.at : Math.max(fanOut.at, event.at);
  keepStorm(site, fanOut);
  const posted = postToLists(site, fanOut);
  const changedFrom = settleReplies(site, thread, fanOut);
  // A larger audience may let a rule through the price gate that it held back before.
  if (changedFrom >= 0) judgeReplies(site, thread, changedFrom, fanOut.at);
  else if (audienceGrew || reachGrew) judgeReplies(site, thread, thread.replies.posts.length - 1, atLeast);
  judgeLists(site, fanOut, { posted, audienceGrew, atLeast });
  judgeFirstMail(site, fanOut);
  joinStorm(site, fanOut);
}

/** Makes the fan-out once; undefined when the message's time is expired. */
function reachedMany(site: SiteState, message: MailMessage): FanOut | undefined {
  const at = messageTime(message, site.settings.replyAllReach);
  if (at < site.watermark - site.settings.expiredAfterMs) {
    site.counters.eventsExpired += 1;
    return undefined;
  }
  const fanOut = createFanOut(message, at, site.changes);
  message.fanOut = fanOut;
  site.totals.fanOuts += 1;
  if (message.headersLogged) site.totals.headersLogged += 1;
  if (message.tied || message.threadIndex !== undefined) site.totals.threadHeaders += 1;
  return fanOut;
}

/** A hop that is told late may be the first one, where the mail came in. */
function learnClient(site: SiteState, fanOut: FanOut): void {
  const { message } = fanOut;
  if (fanOut.hopsJudged === message.hops.length) return;
  fanOut.hopsJudged = message.hops.length;
  const client = soleClient(site.clients, message, fanOut.at, site.settings);
  if (client === fanOut.soleClient) return;
  fanOut.soleClient = client;
  settleAgain(fanOut, site.settings);
}

/** People's messages whose writer is not known, each once; one that is named later is taken back. */
function countNameless(site: SiteState, fanOut: FanOut): void {
  const nameless = fanOut.person === undefined && fanOut.message.automatic === undefined;
  if (nameless === fanOut.nameless) return;
  fanOut.nameless = nameless;
  site.counters.fanOutsWithoutPerson += nameless ? 1 : -1;
}

/** Takes lists in that are now believed, and raises audiences. True when an audience changed. */
function learnLists(site: SiteState, fanOut: FanOut, grew: boolean): boolean {
  let changed = false;
  let added = false;
  for (const sighting of fanOut.message.lists) {
    if (fanOut.lists.some(({ list }) => list.address === sighting.address)) continue;
    if (!isBelieved(site, sighting, fanOut)) continue;
    const seen = { address: sighting.address, via: sighting.via, at: fanOut.at };
    const list = useList(site.lists, seen, site.settings, site.counters);
    list.messages += 1;
    fanOut.lists.push({ list, via: sighting.via, remembered: false, newcomer: false, posted: false, post: undefined });
    showInList(site, fanOut, list);
    enterSubject(site.threads, fanOut, list.address, site.settings);
    added = true;
  }
  if (!grew && !added) return false;
  const alone = fanOut.lists.length === 1;
  for (const { list } of fanOut.lists) {
    // What is configured is no measurement: it would outlive the setting.
    const seen = { at: fanOut.at, reach: fanOut.message.reach, alone };
    if (noteReach(list, seen, site.settings.audienceDays)) changed = true;
  }
  return changed;
}

/**
 * `expanded` only where the mail grew from there, and, of several addresses handed on together, only a known list: the others
 * may be people behind the same filter. An address in a header only if it is known as a list.
 */
function isBelieved(site: SiteState, sighting: MessageList, fanOut: FanOut): boolean {
  if (sighting.via !== "expanded" && sighting.via !== "header") return true;
  if (isKnownList(site, sighting.address)) return sighting.via === "header" || sighting.recipients * 2 <= fanOut.reach;
  if (sighting.via === "header") return false;
  const handedOn = fanOut.message.lists.filter(({ via }) => via === "expanded");
  return handedOn.length === 1 && sighting.recipients * 2 <= fanOut.reach;
}

function isKnownList(site: SiteState, address: string): boolean {
  return site.lists.lists.has(address) || site.rulesOf(address).named;
}

function threadOf(site: SiteState, fanOut: FanOut): Thread {
  if (fanOut.thread !== undefined) return fanOut.thread;
  const { thread, hint } = resolveThread(site.threads, fanOut, site.settings, site.counters);
  fanOut.thread = thread;
  fanOut.hint = hint;
  thread.lastAt = Math.max(thread.lastAt, fanOut.at);
  fanOut.message.references = NONE;
  if (hint === "new") site.totals.threads += 1;
  keepInThread(site.threads, thread, fanOut, site);
  showInThread(site, fanOut, thread);
  if (thread.first === fanOut) noteStarter(thread, site.settings);
  return thread;
}

/** Who began the thread and which messages are reply-alls, as known now. Returns the first reply that changed, or -1. */
function settleReplies(site: SiteState, thread: Thread, fanOut: FanOut): number {
  let changedFrom = -1;
  const candidates = [fanOut];
  if (isEarlier(fanOut, thread)) {
    const former = takeFirstPlace(thread, fanOut, site.settings);
    if (thread.storm?.first === former) {
      thread.storm.first = fanOut;
      thread.storm.recount = true;
      noteChange(thread.storm);
    }
    candidates.push(former);
    changedFrom = 0;
  }
  // A list that becomes the thread's makes reply-alls of messages that went to it before.
  if (takeThreadLists(thread, fanOut)) candidates.push(...thread.messages);
  for (const candidate of candidates) {
    const wasReplyAll = candidate.replyAll;
    const index = countReplyAll(site, thread, candidate);
    if (!candidate.replyAll || wasReplyAll) continue;
    showReplyAll(site, candidate);
    if (candidate.storm !== undefined) countMember(candidate.storm, candidate);
    takeThreadLists(thread, candidate);
    if (index < 0) continue;
    changedFrom = changedFrom < 0 ? index : Math.min(changedFrom, index);
  }
  return changedFrom;
}

/** Earlier than the thread's first message; at the same moment the one that others refer to is. */
function isEarlier(fanOut: FanOut, thread: Thread): boolean {
  if (fanOut === thread.first || fanOut.replyAll) return false;
  if (fanOut.at !== thread.first.at) return fanOut.at < thread.first.at;
  return fanOut.message.messageId === thread.key && thread.first.message.messageId !== thread.key;
}

/** A thread's lists are those of its first message and of its reply-alls. */
function takeThreadLists(thread: Thread, fanOut: FanOut): boolean {
  if (fanOut !== thread.first && !fanOut.replyAll) return false;
  let grew = false;
  for (const { list } of fanOut.lists) {
    if (thread.lists.includes(list) || thread.lists.length >= LISTS_PER_THREAD_MAX) continue;
    thread.lists.push(list);
    grew = true;
  }
  return grew;
}

const LISTS_PER_THREAD_MAX = 8;

/** A message of a thread or list with a storm belongs to it; of two watches to the one that has it, the thread's first. */
function joinStorm(site: SiteState, fanOut: FanOut): void {
  join(site, fanOut.thread?.storm, fanOut);
  for (const { list } of fanOut.lists) {
    if (list.storm !== undefined && fanOut.at >= list.storm.listSince) join(site, list.storm, fanOut);
  }
}

function join(site: SiteState, storm: Storm | undefined, fanOut: FanOut): void {
  if (storm !== undefined && (storm.opened || fanOut.storm === undefined)) addMember(site, storm, fanOut);
}
