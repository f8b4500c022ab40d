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

export function learnLists(message: MailMessage, event: MailEvent, listsMax: number): void {
  for (const sighting of event.lists) {
    const known = message.lists.find((list) => list.address === sighting.address);
    if (known !== undefined) surer(known, sighting, event);
    else if (message.lists.length < listsMax) {
      message.lists.push({ address: sighting.address, via: sighting.via, recipients: event.recipients, at: event.at });
    }
  }
}

function surer(known: MessageList, sighting: ListSighting, event: MailEvent): void {
  if (LIST_EVIDENCE.indexOf(sighting.via) < LIST_EVIDENCE.indexOf(known.via)) known.via = sighting.via;
  known.recipients = Math.min(known.recipients, event.recipients);
  known.at = Math.min(known.at, event.at);
}
