// What waits to be told, and in which turn: by time, host and queue id, never by order of arrival.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { type OpenMail, takenInAt } from "./open-mail.ts";

/** What waits for its turn: a mail, or a finished event that came from elsewhere. */
export interface Waiting {
  readonly at: number;
  readonly host: string;
  readonly queueId: string;
  readonly last: string;
  readonly mail: OpenMail | undefined;
  readonly given: MailEvent | undefined;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function byTurn(a: Waiting, b: Waiting): number {
  return (
    a.at - b.at ||
    compareText(a.host, b.host) ||
    compareText(a.queueId, b.queueId) ||
    compareText(a.last, b.last) ||
    (a.given?.revision ?? 0) - (b.given?.revision ?? 0)
  );
}

export function waitingMail(mail: OpenMail): Waiting {
  const { said } = mail;
  const at = mail.event?.at ?? takenInAt(mail) ?? said.firstAt;
  return { at, host: said.host, queueId: said.queueId, last: said.messageId ?? "", mail, given: undefined };
}

/** The mail's place in the queue; it has one at most. */
export function placeOf(mail: OpenMail): Waiting {
  mail.waiting = true;
  return waitingMail(mail);
}

export function waitingEvent(given: MailEvent): Waiting {
  const { at, host, queueId, eventId } = given;
  return { at, host, queueId, last: eventId, mail: undefined, given };
}
