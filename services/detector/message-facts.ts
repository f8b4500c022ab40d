// what any queue id of a message knows of it -> the message: people, thread hints, lists, whether a machine sent it.

import { LIST_EVIDENCE, type ListSighting, type MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailMessage, MessageList } from "./mail-message.ts";

/** What an event knows of its message beyond numbers; the first word on each fact stays. */
export function learnFacts(message: MailMessage, event: MailEvent): void {
  message.from ??= event.from;
  message.login ??= event.login;
  message.sender ??= event.sender;
  message.senderDomain ??= event.senderDomain;
  message.authenticated ||= event.authenticated;
  message.subject ??= event.subject;
  const { references, inReplyTo } = event.hints;
  // Once the thread is decided they have told all they can.
  if (message.references.length === 0 && message.fanOut?.thread === undefined) message.references = references;
  message.tied ||= references.length > 0 || inReplyTo !== undefined;
  message.inReplyTo ??= inReplyTo;
  message.threadIndex ??= event.hints.threadIndex;
  // "Re:" alone ties nothing together.
  if (event.hints.subjectKey !== "") message.subjectKey ??= event.hints.subjectKey;
  message.replySubject ||= event.hints.replySubject === true;
  learnAutomatic(message, event);
}

/** A list manager marks people's mail as bulk on its way out: the earliest hop with header lines has the word. */
function learnAutomatic(message: MailMessage, event: MailEvent): void {
  if (event.headersLogged && event.at <= message.headersAt) {
    message.headersLogged = true;
    message.headersAt = event.at;
    message.automatic = event.automatic;
  } else if (!message.headersLogged) {
    message.automatic ??= event.automatic;
  }
}

/** As many lists as are kept of a message; where there are more, a surer one takes the place of a doubtful one. */
export function learnLists(message: MailMessage, event: MailEvent, listsMax: number): void {
  for (const sighting of event.lists) {
    const known = message.lists.find((list) => list.address === sighting.address);
    if (known !== undefined) {
      learnAgain(known, sighting, event);
      continue;
    }
    const list = { address: sighting.address, via: sighting.via, recipients: event.recipients, at: event.at };
    if (message.lists.length < listsMax) message.lists.push(list);
    else replaceDoubtful(message.lists, list);
  }
}

/** Of equally doubtful ones the last by address goes, whatever came first. */
function replaceDoubtful(lists: MessageList[], list: MessageList): void {
  let victim = 0;
  for (const [index, other] of lists.entries()) {
    const worst = lists[victim];
    if (worst === undefined || isSurer(worst, other)) victim = index;
    else if (worst.via === other.via && other.address > worst.address) victim = index;
  }
  const worst = lists[victim];
  if (worst !== undefined && isSurer(list, worst)) lists[victim] = list;
}

function isSurer(one: ListSighting, other: ListSighting): boolean {
  return LIST_EVIDENCE.indexOf(one.via) < LIST_EVIDENCE.indexOf(other.via);
}

function learnAgain(known: MessageList, sighting: ListSighting, event: MailEvent): void {
  if (isSurer(sighting, known)) known.via = sighting.via;
  known.recipients = Math.min(known.recipients, event.recipients);
  known.at = Math.min(known.at, event.at);
}
