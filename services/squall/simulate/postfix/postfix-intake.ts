// a mail at the door of one Postfix server -> the lines of its intake, and its deliveries begun.

import { recipientCount, type Mail, type Route } from "../mail.ts";
import { DOMAIN } from "../people.ts";
import type { BulkMail } from "./delivery-run.ts";
import { attemptDelivery } from "./postfix-delivery.ts";
import { client, clientText, disconnectText, headerText, loggedHeaders, namedRecipients } from "./postfix-lines.ts";
import {
  logActive,
  processId,
  writeLine,
  type PostfixHost,
  type PostfixParts,
  type QueuedMail,
} from "./postfix-host.ts";

export interface Intake {
  readonly mail: Mail;
  readonly at: number;
  /** The program that takes it in, with its process id. */
  readonly program: string;
  /** Given where another server was told it already. */
  readonly queueId?: string;
  /** The mail stays in the hold queue until then. */
  readonly heldUntil?: number;
}

const CONNECT_BEFORE = 30_000;
/** The queue manager looks for what was released now and then. */
const RELEASE_MICROS = 900_000;

/** People who log in use port 587, which master.cf gives a name of its own. */
export function smtpdName(login: string | undefined): string {
  return login === undefined ? "smtpd" : "submission/smtpd";
}

/** Schedules the connection, then the mail. */
export function scheduleIntake(parts: PostfixParts, host: PostfixHost, intake: Omit<Intake, "at" | "program">): void {
  const { mail } = intake;
  const { origin } = mail;
  const pid = processId(parts.random, 11_000);
  const program = origin === undefined ? `pickup[${pid}]` : `${smtpdName(origin.login)}[${pid}]`;
  if (origin !== undefined && mail.sharesConnection !== true) {
    const connectAt = mail.at - CONNECT_BEFORE - parts.random.int(CONNECT_BEFORE);
    parts.events.schedule(connectAt, (at) => writeLine(parts, host, at, `${program}: connect from ${client(origin)}`));
  }
  parts.events.schedule(mail.at, (at) => void takeIn(parts, host, { ...intake, program, at }));
}

/** Takes a mail in; returns its queue id. */
function takeIn(parts: PostfixParts, host: PostfixHost, intake: Intake): string {
  const { mail, program, at, heldUntil } = intake;
  const queueId = intake.queueId ?? host.queueId(at);
  countMail(parts, mail);
  const log = queueLog(parts, host, queueId);
  if (heldUntil !== undefined) writeLine(parts, host, at, `${program}: ${holdText(mail)}`);
  const arrival =
    mail.origin === undefined ? `uid=0 from=<${mail.sender.split("@")[0] ?? ""}>` : clientText(mail.origin);
  writeLine(parts, host, at, `${program}: ${queueId}: ${arrival}`);
  const queuedAt = logContent(parts, mail, log, at + 1500 + parts.random.int(6000));
  if (mail.origin !== undefined && mail.sharesConnection !== true) {
    const text = disconnectText(mail.origin, namedRecipients(mail));
    const closedAt = queuedAt + 2000 + parts.random.int(60_000);
    parts.events.schedule(closedAt, (now) => writeLine(parts, host, now, `${program}: ${text}`));
  }
  const queued: QueuedMail = { mail, host, queueId, acceptedAt: at, log };
  if (heldUntil === undefined) beginDelivery(parts, queued, queuedAt);
  else {
    log(heldUntil, `postsuper[${processId(parts.random, 30_000)}]`, "released from hold");
    const releasedAt = heldUntil + parts.random.int(RELEASE_MICROS);
    parts.events.schedule(releasedAt, (now) => beginDelivery(parts, queued, now + 1000));
  }
  return queueId;
}

/** A copy that the server makes itself: a message id, no client, no header lines. Returns its queue id. */
export function takeInCopy(parts: PostfixParts, host: PostfixHost, mail: Mail): string {
  const { at } = mail;
  const queueId = host.queueId(at);
  const log = queueLog(parts, host, queueId);
  countMail(parts, mail);
  log(at + 1000, `cleanup[${processId(parts.random, 15_000)}]`, `message-id=<${mail.messageId}>`);
  beginDelivery(parts, { mail, host, queueId, acceptedAt: at, log }, at + 4000);
  return queueId;
}

function countMail({ truth }: PostfixParts, mail: Mail): void {
  truth.mails += 1;
  truth.recipients += recipientCount(mail);
  truth.traffic[mail.kind] += 1;
}

/** Schedules lines of one queue id. */
function queueLog(parts: PostfixParts, host: PostfixHost, queueId: string): QueuedMail["log"] {
  return (lineAt, program, text) =>
    parts.events.schedule(lineAt, (now) => writeLine(parts, host, now, `${program}: ${queueId}: ${text}`));
}

/** Header lines and message id; returns the time at which the mail is in the queue. */
function logContent(parts: PostfixParts, mail: Mail, log: QueuedMail["log"], begin: number): number {
  const program = `cleanup[${processId(parts.random, 15_000)}]`;
  let at = begin;
  for (const [name, value] of loggedHeaders(mail)) {
    const isId = name === "Message-ID";
    if (isId) log(at, program, `message-id=<${value}>`);
    else if (parts.headers) log(at, program, headerText(mail, name, value));
    at += 20 + parts.random.int(150);
  }
  return at + 3000 + parts.random.int(20_000) + Math.floor(mail.sizeBytes / 40);
}

function beginDelivery(parts: PostfixParts, queued: QueuedMail, at: number): void {
  const { mail, host, queueId } = queued;
  const { recipients, members = [] } = mail;
  logActive(queued, at);
  let left = members.length + (recipients.length > 0 ? 1 : 0);
  let allBounced = 0;
  const finished = (doneAt: number, bounced: number): void => {
    left -= 1;
    allBounced += bounced;
    if (left > 0) return;
    if (allBounced > 0) notifySender(parts, queued, doneAt);
    queued.log(doneAt + 4000, `qmgr[${host.managerPid}]`, "removed");
  };
  for (const group of members) {
    const bulkMail = { mail, members: group, queueId, host: host.name, acceptedAt: queued.acceptedAt, activeAt: at };
    const retried = (retryAt: number): void => logActive(queued, retryAt);
    const down = group.throughAlias ? handDownOf(parts, mail) : {};
    parts.events.schedule(at, () => parts.bulk.add({ ...bulkMail, retried, finished, ...down }));
  }
  if (recipients.length > 0) attemptDelivery(parts, queued, { recipients, at: at + 1000, bounced: 0, finished });
}

function handDownOf({ handDown }: PostfixParts, mail: Mail): Pick<BulkMail, "handDown"> {
  return handDown === undefined ? {} : { handDown: (members, at) => handDown(mail, members, at) };
}

/** A notification to the sender is a mail of its own, made by the server. */
function notifySender(parts: PostfixParts, failed: QueuedMail, at: number): void {
  const { mail, host } = failed;
  if (mail.sender === "") return;
  const stamp = new Date(Math.floor(parts.buffer.clock.shown(at) / 1000)).toISOString().replace(/\D/g, "").slice(0, 14);
  const recipients = [{ address: mail.sender, route: routeBack(mail), fate: "sent", transferMicros: 80_000 }] as const;
  const { origin: _client, handedOn: _handedOn, received: _received, members: _members, ...rest } = mail;
  const queueId = host.queueId(at);
  const messageId = `${stamp}.${queueId}@${host.name}.${DOMAIN}`;
  const sizeBytes = mail.sizeBytes + 2400;
  const notice: Mail = { ...rest, kind: "bounce", at, sender: "", messageId, sizeBytes, recipients };
  countMail(parts, notice);
  const log = queueLog(parts, host, queueId);
  log(at + 1000, `cleanup[${processId(parts.random, 15_000)}]`, `message-id=<${messageId}>`);
  failed.log(at + 2000, `bounce[${processId(parts.random, 17_000)}]`, `sender non-delivery notification: ${queueId}`);
  beginDelivery(parts, { mail: notice, host, queueId, acceptedAt: at, log }, at + 3000);
}

/** Mail to a list's own return path goes to its manager, or to whoever owns the alias. */
function routeBack(mail: Mail): Route {
  if (/-bounces[+@]/.test(mail.sender)) return "list-manager";
  return mail.sender.endsWith(DOMAIN) ? "store" : "internet";
}

function holdText(mail: Mail): string {
  const { origin, sender } = mail;
  const list = mail.members?.[0]?.list.address ?? mail.recipients[0]?.address ?? "";
  const from = origin === undefined ? "local" : client(origin);
  return `NOQUEUE: hold: RCPT from ${from}: <${list}>: Recipient address triggers HOLD action; from=<${sender}> to=<${list}> proto=ESMTP helo=<${origin?.helo ?? ""}>`;
}
