// What a person writes -> its header lines, as the mail programs write them: folded, encoded, with Thread-Index or without
// References, or with References that lead nowhere.

import { createHash } from "node:crypto";

import type { OutgoingMail } from "../support/smtp-client.ts";
import type { Person } from "./people.ts";

export type MailProgram =
  | "outlook"
  /** Answers with a Thread-Index and nothing else. */
  | "outlook-mobile"
  /** Answers with In-Reply-To and no References. */
  | "outlook-web"
  | "gmail"
  | "apple-mail"
  | "thunderbird"
  /** Cuts ids and invents the first one. */
  | "broken";

export interface Letter {
  readonly id: string;
  readonly author: Person;
  readonly program: MailProgram;
  /** As the reader sees it, prefix and tag included. */
  readonly subject: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly answers: Letter | undefined;
}

/** A letter by its number, which gives it its Message-ID. */
export function letter(of: {
  readonly number: number;
  readonly author: Person;
  readonly program: MailProgram;
  readonly subject: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly answers?: Letter | undefined;
}): Letter {
  const { number, ...rest } = of;
  return { cc: [], answers: undefined, ...rest, id: letterId(of.program, number) };
}

/** As its author's machine hands it over. */
export function byLetter(sent: Letter): OutgoingMail {
  return {
    sender: sent.author.address,
    recipients: [...sent.to, ...sent.cc],
    headers: headersOf(sent),
    client: sent.author.client,
  };
}

export function headersOf(sent: Letter): string[] {
  const { author, to, cc, subject } = sent;
  const { thread, headers } = PROGRAMS[sent.program];
  return [
    ...thread(
      sent,
      ancestorsOf(sent).map(({ id }) => `<${id}>`),
    ),
    `From: ${nameOf(sent)} <${author.address}>`,
    `To: ${to.map((address) => `<${address}>`).join(",\r\n\t")}`,
    ...(cc.length === 0 ? [] : [`Cc: ${cc.map((address) => `<${address}>`).join(", ")}`]),
    `Subject: ${encodedSubject(sent.program, subject)}`,
    "Date: Mon, 14 Nov 2016 08:30:00 +0000",
    `Message-ID: <${sent.id}>`,
    ...headers,
  ];
}

/** The Message-ID of a letter's number, in the style of its program. */
function letterId(program: MailProgram, number: number): string {
  return PROGRAMS[program].id(createHash("sha256").update(`letter ${number}`).digest("hex"));
}

interface Program {
  /** `hash`: 64 hex digits. */
  readonly id: (hash: string) => string;
  /** What ties an answer to the letters before it, `ids` in brackets. */
  readonly thread: (sent: Letter, ids: readonly string[]) => readonly string[];
  readonly headers: readonly string[];
}

const MICROSOFT = {
  id: (hash: string): string =>
    `AM0PR04MB${hash.slice(0, 16).toUpperCase()}@AM0PR04MB${hash.slice(16, 20).toUpperCase()}.mail.example.org`,
  headers: ["Accept-Language: en-GB, en-US", "X-MS-Has-Attach:", "MIME-Version: 1.0"],
};

const PROGRAMS: Readonly<Record<MailProgram, Program>> = {
  outlook: {
    ...MICROSOFT,
    thread: (sent, ids) => [...threadIndex(sent), ...references(ids, "\r\n "), ...inReplyTo(ids)],
  },
  "outlook-mobile": { ...MICROSOFT, thread: threadIndex },
  "outlook-web": { ...MICROSOFT, thread: (_letter, ids) => inReplyTo(ids) },
  gmail: {
    id: (hash) => `CA+${hash.slice(0, 10)}=${hash.slice(10, 40)}_${hash.slice(40, 46)}@mail.example.org`,
    thread: (_letter, ids) => [...inReplyTo(ids), ...references(ids, " ")],
    headers: ["MIME-Version: 1.0", 'Content-Type: text/plain; charset="UTF-8"'],
  },
  "apple-mail": {
    id: (hash) => `${uuid(hash).toUpperCase()}@example.org`,
    thread: (_letter, ids) => [...inReplyTo(ids), ...references(ids, "\r\n\t")],
    headers: ["Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774.300.61\\))", "X-Mailer: Apple Mail (2.3774.300.61)"],
  },
  thunderbird: {
    id: (hash) => `${uuid(hash)}@example.org`,
    thread: (_letter, ids) => [...references(ids, "\r\n "), ...inReplyTo(ids)],
    headers: ["User-Agent: Mozilla Thunderbird", "MIME-Version: 1.0"],
  },
  broken: {
    id: (hash) =>
      `OF${hash.slice(0, 8).toUpperCase()}.${hash.slice(8, 16).toUpperCase()}-ONC1258${hash.slice(16, 20)}@LN.example.org`,
    thread: (_letter, ids) => {
      const last = ids.at(-1) ?? "";
      const cut = `References: <OF0000FFFF.ONC1258-gateway@LN.example.org> ${last.slice(0, 20)}\r\n ${last}`;
      return ids.length === 0 ? [] : [cut, ...inReplyTo(ids)];
    },
    headers: ["X-Mailer: Groupware Release 8.5.3"],
  },
};

function uuid(hash: string): string {
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`;
}

/** From the first letter to the one that is answered. */
function ancestorsOf(sent: Letter): Letter[] {
  const ancestors: Letter[] = [];
  for (let at = sent.answers; at !== undefined; at = at.answers) ancestors.unshift(at);
  return ancestors;
}

function inReplyTo(ids: readonly string[]): string[] {
  return ids.slice(-1).map((id) => `In-Reply-To: ${id}`);
}

function references(ids: readonly string[], fold: string): string[] {
  return ids.length === 0 ? [] : [`References: ${ids.join(fold)}`];
}

/** Five bytes more for each answer; the conversation's own 22 stay. */
function threadIndex(sent: Letter): string[] {
  const ancestors = ancestorsOf(sent);
  const root = ancestors[0] ?? sent;
  const hash = createHash("sha256").update(root.id).digest();
  const head = Buffer.concat([Buffer.from([1]), hash.subarray(0, 5), hash.subarray(5, 21)]);
  const steps = ancestors.map((_, index) => Buffer.from([0, 0, 0x1a, index, 0x10]));
  const topic = root.subject.replaceAll(/[^\x20-\x7e]/g, "?");
  return [`Thread-Topic: ${topic}`, `Thread-Index: ${Buffer.concat([head, ...steps]).toString("base64")}`];
}

function nameOf({ author, program }: Letter): string {
  if (/^[\x20-\x7e]*$/.test(author.name)) return program === "outlook" ? `"${author.name}"` : author.name;
  return program === "gmail" || program === "apple-mail" ? inQuotedPrintable(author.name) : inBase64(author.name);
}

/** Encoded words of at most 75 characters, one a line where there are several. */
function encodedSubject(program: MailProgram, subject: string): string {
  if (/^[\x20-\x7e]*$/.test(subject)) return subject;
  const encode = program === "outlook" || program === "thunderbird" ? inBase64 : inQuotedPrintable;
  const letters = Array.from(subject);
  const words: string[] = [];
  for (let at = 0; at < letters.length; at += 18) words.push(encode(letters.slice(at, at + 18).join("")));
  return words.join("\r\n ");
}

function inBase64(text: string): string {
  return `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
}

function inQuotedPrintable(text: string): string {
  const coded = Array.from(Buffer.from(text), (byte) => {
    const char = String.fromCodePoint(byte);
    if (char === " ") return "_";
    return /[A-Za-z0-9.:-]/.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return `=?UTF-8?Q?${coded.join("")}?=`;
}
