// one fact about one mail -> the text Postfix 3.7 logs for it (without stamp and host). No state, no time of its own.

import { SECOND, type Mail, type Origin, type Recipient } from "../mail.ts";
import { memberAddress } from "../mail-list.ts";

/** Postfix cuts a logged header, name and value together, at this many bytes. */
const HEADER_TEXT_MAX_BYTES = 200;

/** Delays of one delivery, microseconds: before the queue manager, in its queue, connecting, sending. */
export interface Delays {
  readonly before: number;
  readonly queue: number;
  readonly connect: number;
  readonly send: number;
}

/** Header lines the checks log, in the order in which the writing program puts them; the name "Message-ID" marks where the id stands. */
export function loggedHeaders(mail: Mail): [name: string, value: string][] {
  const thread: [string, string | undefined][] = [
    ["References", mail.references && foldedIds(mail)],
    ["In-Reply-To", bracketed(mail.inReplyTo)],
  ];
  const people: [string, string | undefined][] = [
    ["From", mail.from],
    ["To", mail.to],
    [mail.program === "thunderbird" ? "CC" : "Cc", mail.cc],
  ];
  const machine: [string, string | undefined][] = [
    ["Auto-Submitted", mail.autoSubmitted],
    ["X-Auto-Response-Suppress", mail.suppress],
    ["Precedence", mail.precedence],
    ["List-Id", mail.listId],
  ];
  const id: [string, string] = ["Message-ID", mail.messageId];
  const subject: [string, string] = ["Subject", mail.subject];
  const inOrder: [string, string | undefined][] =
    mail.program === "outlook"
      ? [...people, subject, ["Thread-Index", mail.threadIndex], id, ...thread, ...machine]
      : mail.program === "thunderbird"
        ? [id, subject, ...people, ...thread.toReversed(), ...machine]
        : mail.program === "phone"
          ? [...people.slice(0, 1), subject, id, ...thread, ...people.slice(1), ...machine]
          : [...people, subject, ...thread, ...machine, id];
  return inOrder.filter((header): header is [string, string] => header[1] !== undefined);
}

/** A header line of cleanup. */
export function headerText(mail: Mail, name: string, value: string): string {
  const shown = `${name}: ${value}`.slice(0, HEADER_TEXT_MAX_BYTES).replace(/[^ -~]/g, "?");
  const envelope = `from=<${mail.sender}> to=<${lastRecipient(mail)}>`;
  if (mail.origin === undefined) return `info: header ${shown} from local; ${envelope}`;
  return `info: header ${shown} from ${client(mail.origin)}; ${envelope} proto=ESMTP helo=<${mail.origin.helo}>`;
}

export function clientText(origin: Origin): string {
  const login = origin.login === undefined ? "" : `, sasl_method=LOGIN, sasl_username=${origin.login}`;
  return `client=${client(origin)}${login}`;
}

export function disconnectText(origin: Origin, recipients: number): string {
  const login = origin.login === undefined ? "" : " auth=1";
  const commands = recipients + (origin.login === undefined ? 6 : 7);
  return `disconnect from ${client(origin)} ehlo=2 starttls=1${login} mail=1 rcpt=${recipients} data=1 quit=1 commands=${commands}`;
}

export interface Delivery {
  readonly relay: string;
  readonly delays: Delays;
  readonly dsn: string;
  /** The word and the answer in parentheses. */
  readonly status: string;
}

export function deliveryText(recipient: Recipient, delivery: Delivery): string {
  const { relay, delays, dsn, status } = delivery;
  const written = recipient.writtenAs === undefined ? "" : `, orig_to=<${recipient.writtenAs}>`;
  return `to=<${recipient.address}>${written}, relay=${relay}, ${delaysText(delays)}, dsn=${dsn}, status=${status}`;
}

/** "delay=12, delays=0.21/11/0.01/0.18": the first is the sum of the four. */
export function delaysText(delays: Delays): string {
  const { before, queue, connect, send } = delays;
  const parts = [before, queue, connect, send].map(delayText);
  return `delay=${delayText(before + queue + connect + send)}, delays=${parts.join("/")}`;
}

/** Two digits that count and no zero at the end, as Postfix writes time spans: 0.21, 1.3, 1, 12, 0. */
function delayText(micros: number): string {
  const seconds = Math.max(0, micros) / SECOND;
  if (seconds >= 9.95) return String(Math.round(seconds));
  if (seconds >= 0.995) return String(Math.round(seconds * 10) / 10);
  return String(Math.round(seconds * 100) / 100);
}

export function client(origin: Origin): string {
  return `${origin.name}[${origin.address}]`;
}

/** Addresses that the client named. */
export function namedRecipients({ recipients, members = [] }: Mail): number {
  return members.reduce((sum, { throughAlias, count }) => sum + (throughAlias ? 1 : count), recipients.length);
}

/** The client names lists first, then single people. */
function lastRecipient({ recipients, members = [] }: Mail): string {
  const last = recipients.at(-1);
  if (last !== undefined) return last.writtenAs ?? last.address;
  const group = members.at(-1);
  if (group === undefined) return "";
  return group.throughAlias ? group.list.address : memberAddress(group.list, group.first + group.count - 1);
}

function bracketed(id: string | undefined): string | undefined {
  return id === undefined ? undefined : `<${id}>`;
}

/** Outlook folds with a tab, others with a space; both control characters of a fold are shown as "?". */
function foldedIds(mail: Mail): string {
  return (mail.references ?? []).map((id) => `<${id}>`).join(mail.program === "outlook" ? "\n\t" : "\n ");
}
