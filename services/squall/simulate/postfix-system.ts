// mails -> the lines a Postfix server logs over their life, each scheduled at its own time.

import { isMembers, recipientCount, type Mail, type MailSystem, type Refusal, type Route } from "./mail.ts";
import { DOMAIN } from "./people.ts";
import { attemptDelivery } from "./postfix-delivery.ts";
import { client, clientText, disconnectText, headerText, loggedHeaders } from "./postfix-lines.ts";
import {
  logActive,
  processId,
  writeLine,
  type PostfixHost,
  type PostfixParts,
  type QueuedMail,
} from "./postfix-host.ts";
import { createQueueIds } from "./queue-id.ts";

const CONNECT_BEFORE = 30_000;

export function createPostfix(parts: PostfixParts): MailSystem {
  const hosts = {
    main: { name: "mta01", managerPid: 1843, queueId: createQueueIds("long") },
    edge: { name: "edge01", managerPid: 977, queueId: createQueueIds("short") },
  };
  return {
    accept(mail) {
      const host = hosts[mail.server];
      const pid = processId(parts.random, 11_000);
      const program = intakeProgram(mail, pid);
      const { origin } = mail;
      if (origin !== undefined) {
        const text = `connect from ${client(origin)}`;
        const connectAt = mail.at - CONNECT_BEFORE - parts.random.int(CONNECT_BEFORE);
        parts.events.schedule(connectAt, (at) => writeLine(parts, host, at, `${program}: ${text}`));
      }
      parts.events.schedule(mail.at, (at) => takeIn(parts, host, { mail, program, at }));
    },
    refuse(refusal) {
      parts.events.schedule(refusal.at, (at) => writeRefusal(parts, hosts[refusal.server], refusal, at));
    },
  };
}

function takeIn(parts: PostfixParts, host: PostfixHost, intake: { mail: Mail; program: string; at: number }): void {
  const { mail, program, at } = intake;
  const { random, truth } = parts;
  const queueId = host.queueId(at);
  truth.mails += 1;
  truth.recipients += recipientCount(mail);
  truth.traffic[mail.kind] += 1;
  const log = queueLog(parts, host, queueId);
  const arrival =
    mail.origin === undefined ? `uid=0 from=<${mail.sender.split("@")[0] ?? ""}>` : clientText(mail.origin);
  writeLine(parts, host, at, `${program}: ${queueId}: ${arrival}`);
  const queuedAt = logContent(parts, mail, log, at + 1500 + random.int(6000));
  if (mail.origin !== undefined) {
    const text = disconnectText(mail.origin, isMembers(mail.recipients) ? 1 : mail.recipients.length);
    const closedAt = queuedAt + 2000 + random.int(60_000);
    parts.events.schedule(closedAt, (now) => writeLine(parts, host, now, `${program}: ${text}`));
  }
  beginDelivery(parts, { mail, host, queueId, acceptedAt: at, log }, queuedAt);
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
  logActive(queued, at);
  const { recipients } = mail;
  const finished = (doneAt: number, bounced: number): void => {
    if (bounced > 0) notifySender(parts, queued, doneAt);
    queued.log(doneAt + 4000, `qmgr[${host.managerPid}]`, "removed");
  };
  if (!isMembers(recipients))
    return attemptDelivery(parts, queued, { recipients, at: at + 1000, bounced: 0, finished });
  const bulkMail = { mail, members: recipients, queueId, host: host.name, acceptedAt: queued.acceptedAt, activeAt: at };
  const retried = (retryAt: number): void => logActive(queued, retryAt);
  parts.events.schedule(at, () => parts.bulk.add({ ...bulkMail, retried, finished }));
}

/** A notification to the sender is a mail of its own, made by the server: no client line, no header lines. */
function notifySender(parts: PostfixParts, failed: QueuedMail, at: number): void {
  const { mail, host } = failed;
  if (mail.sender === "") return;
  const queueId = host.queueId(at);
  const log = queueLog(parts, host, queueId);
  const messageId = `${new Date(Math.floor(at / 1000)).toISOString().replace(/\D/g, "").slice(0, 14)}.${queueId}@${host.name}.nhs.example`;
  const recipients = [{ address: mail.sender, route: routeBack(mail), fate: "sent", transferMicros: 80_000 }] as const;
  const { origin: _client, handedOn: _handedOn, received: _received, ...rest } = mail;
  const notice: Mail = {
    ...rest,
    kind: "bounce",
    at,
    sender: "",
    messageId,
    sizeBytes: mail.sizeBytes + 2400,
    recipients,
  };
  parts.truth.mails += 1;
  parts.truth.recipients += 1;
  parts.truth.traffic.bounce += 1;
  log(at + 1000, `cleanup[${processId(parts.random, 15_000)}]`, `message-id=<${messageId}>`);
  failed.log(at + 2000, `bounce[${processId(parts.random, 17_000)}]`, `sender non-delivery notification: ${queueId}`);
  beginDelivery(parts, { mail: notice, host, queueId, acceptedAt: at, log }, at + 3000);
}

function routeBack(mail: Mail): Route {
  if (mail.origin?.address === "127.0.0.1") return "list-manager";
  return mail.sender.endsWith(DOMAIN) ? "store" : "internet";
}

function writeRefusal(parts: PostfixParts, host: PostfixHost, refusal: Refusal, at: number): void {
  const { origin, sender, recipient, reason } = refusal;
  const program = `${smtpdName(origin.login)}[${processId(parts.random, 11_000)}]`;
  const text = `NOQUEUE: reject: RCPT from ${client(origin)}: ${reason}; from=<${sender}> to=<${recipient}> proto=ESMTP helo=<${origin.helo}>`;
  writeLine(parts, host, at, `${program}: connect from ${client(origin)}`);
  parts.events.schedule(at + 20_000, (now) => writeLine(parts, host, now, `${program}: ${text}`));
  const end = `disconnect from ${client(origin)} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`;
  parts.events.schedule(at + 60_000, (now) => writeLine(parts, host, now, `${program}: ${end}`));
}

function intakeProgram(mail: Mail, pid: number): string {
  return mail.origin === undefined ? `pickup[${pid}]` : `${smtpdName(mail.origin.login)}[${pid}]`;
}

/** People who log in use port 587, which master.cf gives a name of its own. */
function smtpdName(login: string | undefined): string {
  return login === undefined ? "smtpd" : "submission/smtpd";
}
