// rate over the day -> ordinary mail: between colleagues, in from outside, out to the world, machines. No lists.

import { replySubject, writeLetter, type Thread } from "./letter.ts";
import { HANDOVER_LEAD, SECOND, type Fate, type Mail, type Recipient } from "./mail.ts";
import { DIRECTORY_SIZE, DOMAIN, personAt, type Person } from "./people.ts";
import { awayAnswer } from "./post.ts";
import { itemAt, type Random } from "./random.ts";
import { NEWSLETTER_SUBJECTS, ORDINARY_SUBJECTS, SPAM_SUBJECTS } from "./subjects.ts";
import type { World } from "./world.ts";

/** A believable system is never silent, however small the scale. */
export const RATE_MIN = 0.3;

const OUTSIDE_DOMAINS = [
  "clinic.example.org",
  "surgery.example.net",
  "council.example.org",
  "mail.example.com",
  "lab.example.net",
  "supplier.example.com",
  "university.example.org",
];
/** Conversations kept for someone to answer. */
const OPEN_THREADS_MAX = 300;

interface OpenThread {
  readonly thread: Thread;
  readonly people: readonly Person[];
}

interface Traffic {
  readonly world: World;
  readonly random: Random;
  readonly open: OpenThread[];
}

/** Schedules ordinary mail from now to the end; `rateAt` gives mails a second, never above `rateMax`. */
export function playOrdinaryTraffic(world: World, rateMax: number, rateAt: (at: number) => number): void {
  const traffic: Traffic = { world, random: world.random("ordinary"), open: [] };
  const next = (at: number): void => {
    if (traffic.random.next() * rateMax < rateAt(at)) sendOne(traffic, at + HANDOVER_LEAD);
    const later = at + Math.ceil(traffic.random.exponential(SECOND / rateMax));
    if (later < world.endAt) world.events.schedule(later, next);
  };
  world.events.schedule(world.startAt, next);
}

function sendOne(traffic: Traffic, at: number): void {
  const share = traffic.random.next();
  if (share < 0.36) return sendInternal(traffic, at);
  if (share < 0.5) return answerInternal(traffic, at);
  if (share < 0.7) return sendOut(traffic, at);
  if (share < 0.97) return sendIn(traffic, at);
  sendCron(traffic, at);
}

function sendInternal(traffic: Traffic, at: number): void {
  const { random, world } = traffic;
  const author = anyone(random);
  const people = Array.from({ length: random.chance(0.7) ? 1 : 2 + random.int(4) }, () => anyone(random));
  const recipients = people.map((person) => colleague(random, person));
  const letter = writeLetter(random, {
    kind: "internal",
    at,
    author,
    to: shownAs(people),
    subject: random.pick(ORDINARY_SUBJECTS),
    recipients,
    sizeBytes: size(random),
  });
  world.mailSystem.accept(letter.mail);
  const away = itemAt(people, 0);
  if (random.chance(0.015))
    world.mailSystem.accept(awayAnswer(random, letter.mail, away, at + 5 * SECOND + random.int(20 * SECOND)));
  traffic.open.push({ thread: letter.thread, people: [author, ...people] });
  if (traffic.open.length > OPEN_THREADS_MAX) traffic.open.shift();
}

/** Somebody of an open conversation answers: to the one who wrote, or to all of the few. */
function answerInternal(traffic: Traffic, at: number): void {
  const { random, world, open } = traffic;
  if (open.length === 0) return;
  const place = random.int(open.length);
  const { thread, people } = itemAt(open, place);
  const author = itemAt(people, 1 + random.int(people.length - 1));
  const others = people.filter((person) => person !== author);
  const to = random.chance(0.6) ? others.slice(0, 1) : others;
  const recipients = to.map((person) => colleague(random, person));
  const subject = replySubject(author, thread.subject);
  const letter = writeLetter(random, {
    kind: "reply",
    at,
    author,
    to: shownAs(to),
    subject,
    recipients,
    sizeBytes: size(random),
    answers: thread,
  });
  world.mailSystem.accept(letter.mail);
  open[place] = { thread: letter.thread, people: [author, ...others] };
}

function sendOut(traffic: Traffic, at: number): void {
  const { random, world } = traffic;
  const author = anyone(random);
  const recipients = Array.from({ length: random.chance(0.85) ? 1 : 2 }, () => outsider(random));
  const to = recipients.map((recipient) => recipient.address).join(", ");
  const letter = writeLetter(random, {
    kind: "outbound",
    at,
    author,
    to,
    subject: random.pick(ORDINARY_SUBJECTS),
    recipients,
    sizeBytes: size(random),
  });
  world.mailSystem.accept(letter.mail);
}

function sendIn(traffic: Traffic, at: number): void {
  const { random, world } = traffic;
  const domain = random.pick(OUTSIDE_DOMAINS);
  const bulk = random.chance(0.25);
  const sender = bulk
    ? `bounce-${random.int(1_000_000)}@news.${domain}`
    : `${random.pick(ORDINARY_NAMES)}${random.int(900)}@${domain}`;
  const person = anyone(random);
  const roleAddress = random.chance(0.06) ? `${random.pick(ROLES)}@${DOMAIN}` : undefined;
  const recipients = roleAddress === undefined ? [colleague(random, person)] : roleRecipients(random, roleAddress);
  const subject = bulk
    ? random.pick(NEWSLETTER_SUBJECTS)
    : random.chance(0.1)
      ? random.pick(SPAM_SUBJECTS)
      : random.pick(ORDINARY_SUBJECTS);
  const mail = incoming(random, { at, domain, sender, to: roleAddress ?? person.address, subject, recipients });
  world.mailSystem.accept(bulk ? { ...mail, precedence: "bulk", listId: `<news.${domain}>` } : mail);
}

/** A mail that another organisation's server hands to the edge, without a login. */
export function incoming(
  random: Random,
  mail: Pick<Mail, "at" | "sender" | "to" | "subject" | "recipients"> & { domain: string },
): Mail {
  const { domain, ...rest } = mail;
  const server = `out${1 + random.int(4)}.${domain}`;
  return {
    ...rest,
    kind: "inbound",
    server: "edge",
    origin: { name: server, address: `203.0.113.${1 + random.int(250)}`, helo: server },
    from: mail.sender,
    messageId: `${Math.floor(mail.at / 1000).toString(36)}.${random.int(1_000_000_000).toString(36)}@${domain}`,
    sizeBytes: size(random),
    program: "machine",
  };
}

function sendCron(traffic: Traffic, at: number): void {
  const { random, world } = traffic;
  const address = `root@mta01.${DOMAIN}`;
  const recipients = [
    { address: `sysadmin@${DOMAIN}`, writtenAs: address, route: "store", fate: "sent", transferMicros: 30_000 },
  ] as const;
  const messageId = `${new Date(Math.floor(world.clock.shown(at) / 1000)).toISOString().replace(/\D/g, "").slice(0, 14)}.${random.int(10_000_000)}@mta01.${DOMAIN}`;
  const from = `${address} (Cron Daemon)`;
  world.mailSystem.accept({
    kind: "cron",
    server: "main",
    at,
    sender: address,
    from,
    to: address,
    subject: "Cron <root@mta01> /usr/local/sbin/report",
    messageId,
    sizeBytes: 900,
    program: "machine",
    autoSubmitted: "auto-generated",
    recipients,
  });
}

const ORDINARY_NAMES = ["j.whittle", "office", "accounts", "sarah", "m.osei", "reception", "t.marsh", "orders"];
const ROLES = ["info", "pals", "recruitment", "switchboard", "pharmacy"];

function anyone(random: Random): Person {
  return personAt(random.int(DIRECTORY_SIZE));
}

function colleague(random: Random, person: Person): Recipient {
  const fate: Fate = random.chance(0.003) ? "bounced" : "sent";
  return { address: person.address, route: "store", fate, transferMicros: transfer(random, 0.08) };
}

function outsider(random: Random): Recipient {
  const share = random.next();
  const fate: Fate = share < 0.03 ? "greylisted" : share < 0.04 ? "deferred" : share < 0.06 ? "bounced" : "sent";
  const address = `${random.pick(ORDINARY_NAMES)}${random.int(500)}@${random.pick(OUTSIDE_DOMAINS)}`;
  return { address, route: "internet", fate, transferMicros: transfer(random, 0.5) };
}

function roleRecipients(random: Random, writtenAs: string): Recipient[] {
  return Array.from({ length: 2 + random.int(4) }, () => ({ ...colleague(random, anyone(random)), writtenAs }));
}

/** Most transfers are quick; a big mail to a slow place takes a minute. */
function transfer(random: Random, medianSeconds: number): number {
  const slow = random.chance(0.01) ? 100 : 1;
  return Math.round(Math.min(120, random.logNormal(medianSeconds * slow, 0.7)) * SECOND);
}

function size(random: Random): number {
  return Math.round(Math.min(24_000_000, random.logNormal(14_000, 1.3)));
}

function shownAs(people: readonly Person[]): string {
  return people.map((person) => `${person.display} <${person.address}>`).join(",\n\t");
}
