// MailEvent of a mail with one queue id and few recipients <-> one flat object. Nearly every mail is one: it holds strings and
// numbers only, so that forgetting the event itself is cheap, and can be turned back when a second queue id arrives.

import type { AutomaticReason, ListSighting, MailEvent, ThreadHints } from "../../shared/domain/mail-event.ts";

export interface SmallMail {
  /** Message-ID, else the event id. */
  readonly key: string;
  readonly eventId: string;
  readonly site: string;
  readonly host: string;
  readonly queueId: string;
  readonly hop: string;
  readonly at: number;
  readonly messageId: string | undefined;
  revision: number;
  recipients: number;
  login: string | undefined;
  from: string | undefined;
  sender: string | undefined;
  senderDomain: string | undefined;
  authenticated: boolean;
  headersLogged: boolean;
  lists: readonly ListSighting[];
  hints: ThreadHints;
  subject: string | undefined;
  automatic: AutomaticReason | undefined;
  removedAt: number | undefined;
  lastAt: number;
  /** Deliveries counted so far (see CountedMinutes). */
  start: number;
  delivered: number;
  more: number[] | undefined;
  earlier: number;
}

const NO_LISTS: readonly ListSighting[] = [];
const NO_HINTS: ThreadHints = { references: [] };

export function createSmallMail(event: MailEvent, key: string): SmallMail {
  return {
    key,
    eventId: event.eventId,
    site: event.site,
    host: event.host,
    queueId: event.queueId,
    hop: event.hop,
    at: event.at,
    messageId: event.messageId,
    revision: event.revision,
    recipients: event.recipients,
    login: event.login,
    from: event.from,
    sender: event.sender,
    senderDomain: event.senderDomain,
    authenticated: event.authenticated,
    headersLogged: event.headersLogged,
    lists: event.lists.length === 0 ? NO_LISTS : event.lists,
    hints: hintsOf(event.hints),
    subject: event.subject,
    automatic: event.automatic,
    removedAt: event.removedAt,
    lastAt: event.at,
    start: 0,
    delivered: 0,
    more: undefined,
    earlier: 0,
  };
}

/** A later word takes the place of the earlier. */
export function reviseSmallMail(small: SmallMail, event: MailEvent): void {
  small.revision = event.revision;
  small.recipients = event.recipients;
  small.login = event.login;
  small.from = event.from;
  small.sender = event.sender;
  small.senderDomain = event.senderDomain;
  small.authenticated = event.authenticated;
  small.headersLogged = event.headersLogged;
  small.lists = event.lists.length === 0 ? NO_LISTS : event.lists;
  small.hints = hintsOf(event.hints);
  small.subject = event.subject;
  small.automatic = event.automatic;
  small.removedAt = event.removedAt;
}

/** The event again, without its minutes: these are counted. */
export function eventOfSmallMail(small: SmallMail): MailEvent {
  return {
    eventId: small.eventId,
    revision: small.revision,
    site: small.site,
    host: small.host,
    queueId: small.queueId,
    hop: small.hop,
    at: small.at,
    authenticated: small.authenticated,
    recipients: small.recipients,
    lists: small.lists,
    hints: small.hints,
    headersLogged: small.headersLogged,
    minutes: [],
    ...(small.messageId === undefined ? {} : { messageId: small.messageId }),
    ...(small.login === undefined ? {} : { login: small.login }),
    ...(small.from === undefined ? {} : { from: small.from }),
    ...(small.sender === undefined ? {} : { sender: small.sender }),
    ...(small.senderDomain === undefined ? {} : { senderDomain: small.senderDomain }),
    ...(small.subject === undefined ? {} : { subject: small.subject }),
    ...(small.automatic === undefined ? {} : { automatic: small.automatic }),
    ...(small.removedAt === undefined ? {} : { removedAt: small.removedAt }),
  };
}

function hintsOf(hints: ThreadHints): ThreadHints {
  const { references, inReplyTo, threadIndex, subjectKey } = hints;
  const some =
    references.length > 0 || inReplyTo !== undefined || threadIndex !== undefined || subjectKey !== undefined;
  return some ? hints : NO_HINTS;
}
