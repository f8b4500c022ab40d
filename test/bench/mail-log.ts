// settings -> the lines of a made-up Postfix log. Only the bench reads it: quick to write, steady in shape, no randomness.

import type { Shipper } from "../support/shippers.ts";

export interface MailLogSettings {
  /** Whose log; Postfix's where it is not said. */
  readonly system?: "postfix" | "exchange";
  /** Lines to write, give or take the last mail. */
  readonly lines: number;
  /** Recipients of mail number n. */
  readonly recipients: (mail: number) => number;
  /** Mails whose lines are mixed with one another at any time. */
  readonly live: number;
  readonly headerLines: boolean;
  /** Mails go to a list, and answer one another in `threads` (1) threads at a time. */
  readonly toList: boolean;
  readonly threads?: number;
  /** So many lines at a time stand in random order; 0 (or nothing): in the order of their stamps. */
  readonly shuffledLines?: number;
  /** Who puts the lines into JSON; nobody where it is not said. */
  readonly shipper?: Shipper;
  /** Lines a second of event time. */
  readonly linesPerSecond: number;
}

interface LiveMail {
  readonly queueId: string;
  readonly lines: Iterator<string>;
}

export const START_AT = Date.UTC(2026, 10, 16, 8, 0, 0);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Yields whole lines, newline included. */
export function mailLog(settings: MailLogSettings): Generator<string> {
  const { shipper } = settings;
  const lines = shipper === undefined ? inOrder(settings) : shipped(inOrder(settings), shipper);
  return (settings.shuffledLines ?? 0) > 0 ? shuffled(lines, settings.shuffledLines ?? 0) : lines;
}

function* shipped(lines: Iterable<string>, shipper: Shipper): Generator<string> {
  for (const line of lines) yield `${shipper(line.trimEnd()) ?? line}\n`;
}

/** The same shuffle at every run. */
function* shuffled(lines: Iterable<string>, atATime: number): Generator<string> {
  let seed = 1;
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  let batch: string[] = [];
  const shuffle = (): string[] => {
    for (let last = batch.length - 1; last > 0; last -= 1) {
      const other = below(last + 1);
      [batch[last], batch[other]] = [batch[other] ?? "", batch[last] ?? ""];
    }
    return batch;
  };
  for (const line of lines) {
    batch.push(line);
    if (batch.length < atATime) continue;
    yield* shuffle();
    batch = [];
  }
  yield* shuffle();
}

function* inOrder(settings: MailLogSettings): Generator<string> {
  const live: LiveMail[] = [];
  let mails = 0;
  let written = 0;
  for (let turn = 0; written < settings.lines || live.length > 0; turn += 1) {
    while (live.length < settings.live && written < settings.lines) live.push(newMail(settings, mails++));
    const slot = turn % live.length;
    const next = live[slot]?.lines.next();
    if (next === undefined || next.done === true) {
      live.splice(slot, 1);
      continue;
    }
    yield `${stampOf(START_AT + (written / settings.linesPerSecond) * 1000)} mx1 postfix/${next.value}\n`;
    written += 1;
  }
}

let stampSecond = -1;
let stamp = "";

/** As syslog writes it. The stamp is made once a second of event time. */
export function stampOf(eventTimeMs: number): string {
  const second = Math.floor(eventTimeMs / 1000);
  if (second !== stampSecond) {
    stampSecond = second;
    const date = new Date(second * 1000);
    const day = String(date.getUTCDate()).padStart(2);
    stamp = `${MONTHS[date.getUTCMonth()]} ${day} ${date.toISOString().slice(11, 19)}`;
  }
  return stamp;
}

function newMail(settings: MailLogSettings, mail: number): LiveMail {
  const queueId = (0x10_0000_0000 + mail * 7919).toString(16).toUpperCase();
  return { queueId, lines: linesOf(settings, mail, queueId) };
}

function* linesOf(settings: MailLogSettings, mail: number, id: string): Generator<string> {
  const count = settings.recipients(mail);
  const person = `person${mail % 50_000}@trust${mail % 97}.example`;
  const firstTo = settings.toList ? "all@lists.example" : recipientOf(mail, 0);
  yield `smtpd[${2000 + (mail % 64)}]: ${id}: client=client${mail % 500}.example[192.0.2.${mail % 250}], sasl_method=PLAIN, sasl_username=${person}`;
  if (settings.headerLines) yield* headerLines(settings, mail, { id, person, firstTo });
  yield `cleanup[3117]: ${id}: message-id=<${mail}.4711@client.example>`;
  yield `qmgr[1101]: ${id}: from=<${person}>, size=${2000 + (mail % 9000)}, nrcpt=${count} (queue active)`;
  const origin = settings.toList ? ", orig_to=<all@lists.example>" : "";
  for (let index = 0; index < count; index += 1) {
    yield (
      `smtp[${4000 + (index % 40)}]: ${id}: to=<${recipientOf(mail, index)}>${origin}, relay=mail${index % 9}.example[198.51.100.${index % 200}]:25, ` +
      `delay=1.2, delays=0.3/0.5/0.1/0.3, dsn=2.0.0, status=sent (250 2.0.0 Ok)`
    );
  }
  yield `qmgr[1101]: ${id}: removed`;
}

function recipientOf(mail: number, index: number): string {
  return `reader${(mail * 31 + index) % 900_000}@trust${index % 97}.example`;
}

interface Accepted {
  readonly id: string;
  readonly person: string;
  readonly firstTo: string;
}

function* headerLines(settings: MailLogSettings, mail: number, { id, person, firstTo }: Accepted): Generator<string> {
  const from = `from client${mail % 500}.example[192.0.2.${mail % 250}]; from=<${person}> to=<${firstTo}> proto=ESMTP helo=<client.example>`;
  const header = (name: string, value: string): string =>
    `cleanup[3117]: ${id}: info: header ${name}: ${value} ${from}`;
  const threads = settings.threads ?? 1;
  const reply = settings.toList ? mail >= threads : mail % 3 === 0;
  const root = settings.toList ? mail % threads : Math.max(0, mail - 40);
  yield header("From", `A Person <${person}>`);
  yield header("To", `<${firstTo}>`);
  yield header("Subject", `${reply ? "Re: " : ""}About item ${settings.toList ? root : mail}`);
  if (!reply) return;
  yield header("In-Reply-To", `<${root}.4711@client.example>`);
  yield header("References", `<${root}.4711@client.example>`);
}
