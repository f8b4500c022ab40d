// OpenMail -> MailEvent: the last word on one queue id, as the detector reads it.

import type { DeliveryMinute, DeliveryTotals } from "../../shared/domain/delivery-minutes.ts";
import { mailEventId } from "../../shared/domain/mail-event-id.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { Headers, MailFragment } from "../../shared/domain/mail-fragment.ts";
import { registrableDomain } from "../../shared/domain/registrable-domain.ts";
import { automaticReason } from "./automatic.ts";
import { digestOf } from "./event-digest.ts";
import { listSightings } from "./list-sightings.ts";
import { type OpenMail, takenInAt, type ToldBefore } from "./open-mail.ts";
import { addressOfHeader, domainOf, personOfSender } from "./person.ts";
import { recipientsOf } from "./recipients.ts";
import { threadHints } from "./thread-hints.ts";

export interface People {
  /** Address or login -> what stands for the person from here on: itself, or a keyed pseudonym. */
  readonly name: (address: string) => string;
  readonly allowSubject: boolean;
}

/** Addresses by which a mail server talks to itself. */
function isLoopback(client: string): boolean {
  return client.startsWith("127.") || client === "::1" || client === "local";
}

function isHandedOn({ said, attempts }: OpenMail): boolean {
  return (said.handedOn ?? 0) * 2 > attempts;
}

type HandOver = Pick<MailFragment, "client" | "login" | "host"> & {
  /** Most of its recipients went to the host itself once more. */
  readonly goesOn: boolean;
};

/**
 * What the host takes from itself and hands on to itself once more (a local or webmail submission before a filter, a list
 * manager's chunks before one) is a hop before its own: at one hop the two would be added up, and every reader counted twice.
 */
export function hopOf({ client, login, host, goesOn }: HandOver): string {
  if (client !== undefined && !isLoopback(client)) return client;
  if (!goesOn) return host;
  return client === "local" || login !== undefined ? `${host} local` : `${host} loopback`;
}

/** The writer by the headers: From, or Reply-To where the list put its own address into From. */
function writerOf(headers: Headers | undefined, lists: MailEvent["lists"]): string | undefined {
  if (headers === undefined) return undefined;
  const from = addressOfHeader(headers.from);
  const isList = (address: string | undefined): boolean =>
    address !== undefined && lists.some((list) => list.address === address && list.via !== "header");
  if (!isList(from)) return from;
  const replyTo = addressOfHeader(headers["reply-to"]);
  return isList(replyTo) ? undefined : replyTo;
}

const NO_MINUTES: readonly DeliveryMinute[] = [];

/** Minutes that began before `untilMs`. Delivered counts never exceed the recipients: a log read twice says everything twice. */
function toldMinutes(mail: OpenMail, untilMs: number, recipients: number): readonly DeliveryMinute[] {
  const { minutes } = mail.said;
  if (minutes === undefined) return NO_MINUTES;
  // The usual case: nothing to cut, so the list is handed out as it is.
  if (mail.attempts <= recipients && (minutes.at(-1)?.start ?? untilMs) < untilMs) {
    mail.minutesShared = true;
    return minutes;
  }
  let left = recipients;
  const told: DeliveryMinute[] = [];
  for (const { start, delivered, deferred, bounced } of minutes) {
    if (start >= untilMs) break;
    const capped = delivered < left ? delivered : left;
    left -= capped;
    told.push({ start, delivered: capped, deferred, bounced });
  }
  return told;
}

function cappedTotals(totals: DeliveryTotals | undefined, recipients: number): DeliveryTotals | undefined {
  return totals === undefined ? undefined : { ...totals, delivered: Math.min(totals.delivered, recipients) };
}

/**
 * What is known of a mail, deliveries of minutes that began before `untilMs`.
 * Undefined as long as message id or recipient count are not known: then it has not been accepted, as far as the log tells.
 */
export function mailEventFromMail(mail: OpenMail, untilMs: number, people: People): MailEvent | undefined {
  const { said, event: before } = mail;
  const { messageId, headers } = said;
  const takenIn = takenInAt(mail);
  if (messageId === undefined || said.nrcpt === undefined || takenIn === undefined) return undefined;
  const recipients = recipientsOf(said);
  const lists = listSightings(said, mail.attempts);
  const { hints, subject } = threadHints(headers);
  const from = writerOf(headers, lists);
  const sender = personOfSender(said.sender);
  const domain = domainOf(from ?? sender ?? said.login ?? "");
  const at = before?.at ?? takenIn;
  const { site, host, queueId } = said;
  const id = messageId === "" ? undefined : messageId;
  const earlier = cappedTotals(mail.earlier, recipients);
  // Always the same fields in the same order: objects of one shape are what makes reading them cheap.
  return {
    eventId: before?.eventId ?? mailEventId({ site, host, queueId, messageId: id, at }),
    revision: (before?.revision ?? 0) + 1,
    site,
    host,
    queueId,
    hop: hopOf({ client: said.client, login: said.login, host, goesOn: isHandedOn(mail) }),
    at,
    messageId: id,
    login: said.login === undefined ? undefined : people.name(said.login.toLowerCase()),
    from: from === undefined ? undefined : people.name(from),
    sender: sender === undefined ? undefined : people.name(sender),
    senderDomain: domain === undefined ? undefined : registrableDomain(domain),
    authenticated: said.login !== undefined,
    recipients,
    lists,
    hints,
    subject: people.allowSubject ? subject : undefined,
    automatic: automaticReason({ headers, sender: said.sender, subject }),
    headersLogged: headers !== undefined,
    minutes: toldMinutes(mail, untilMs, recipients - (earlier?.delivered ?? 0)),
    earlier,
    removedAt: said.removedAt,
  };
}

/** Would a reader of the first learn nothing from the second? */
export function saysTheSame(before: MailEvent | ToldBefore, event: MailEvent): boolean {
  return "digest" in before ? before.digest === digestOf(event) : textOf(before) === textOf(event);
}

function textOf(event: MailEvent): string {
  return JSON.stringify({ ...event, revision: 0 });
}
