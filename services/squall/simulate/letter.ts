// a person, a thread, a subject -> the mail as their mail program makes it: ids, thread headers, reply prefix.

import { MINUTE, type Mail, type MailKind, type MailProgram, type Origin } from "./mail.ts";
import { DOMAIN, type Person } from "./people.ts";
import { hashText, itemAt, mixBits, type Random } from "./random.ts";

/** What later mails need to know of a conversation. */
export interface Thread {
  readonly subject: string;
  readonly startedAt: number;
  /** Message ids from the first to the one answered. */
  readonly ids: readonly string[];
  /** Thread-Index of the mail answered, base64. */
  readonly threadIndex: string;
}

export interface LetterOptions {
  readonly kind: MailKind;
  readonly at: number;
  readonly author: Person;
  readonly to: string;
  readonly cc?: string;
  readonly subject: string;
  readonly recipients: Mail["recipients"];
  readonly sizeBytes: number;
  /** The mail answered; absent for a new one. */
  readonly answers?: Thread;
  /** The program writes no thread headers although this is an answer. */
  readonly withoutThread?: boolean;
  /** Default: the author's usual one. */
  readonly program?: MailProgram;
}

const REFERENCES_MAX = 20;
const THREAD_GUID_WORDS = [1, 2, 3, 4] as const;
/** FILETIME counts 100 ns since 1601. */
const FILETIME_EPOCH_MICROS = 11_644_473_600_000_000;
const OTHER_PREFIXES = ["AW: ", "SV: ", "Antw: ", "VS: "];

/** The mail and its thread as the next person to answer sees it. */
export function writeLetter(random: Random, options: LetterOptions): { mail: Mail; thread: Thread } {
  const { at, author, answers } = options;
  const program = options.program ?? programOf(author);
  const messageId = messageIdOf(random, author, program, at);
  const threadIndex = answers === undefined ? newThreadIndex(messageId, at) : longerThreadIndex(answers, at);
  const threaded = answers !== undefined && options.withoutThread !== true;
  const ids = [...(answers?.ids ?? []), messageId];
  const mail: Mail = {
    kind: options.kind,
    server: "main",
    at,
    origin: originOf(author),
    sender: author.address,
    from: `${author.display} <${author.address}>`,
    to: options.to,
    ...(options.cc === undefined ? {} : { cc: options.cc }),
    subject: options.subject,
    messageId,
    sizeBytes: options.sizeBytes,
    program,
    recipients: options.recipients,
    ...(threaded ? { references: lastIds(answers.ids), inReplyTo: itemAt(answers.ids, answers.ids.length - 1) } : {}),
    ...(program === "outlook" && (threaded || answers === undefined) ? { threadIndex } : {}),
  };
  return {
    mail,
    thread: { subject: answers?.subject ?? options.subject, startedAt: answers?.startedAt ?? at, ids, threadIndex },
  };
}

/** The thread that a mail from elsewhere begins. */
export function threadOf(mail: Pick<Mail, "subject" | "at" | "messageId">): Thread {
  const { subject, at, messageId } = mail;
  return { subject, startedAt: at, ids: [messageId], threadIndex: newThreadIndex(messageId, at) };
}

/** "RE: Test" from Outlook, "Re: Test" from others, another language's now and then; a person always has the same. */
export function replySubject(author: Person, subject: string): string {
  const bits = mixBits(author.number + 77);
  if (bits % 100 < 4) return itemAt(OTHER_PREFIXES, (bits >>> 8) % OTHER_PREFIXES.length) + subject;
  return (programOf(author) === "outlook" ? "RE: " : "Re: ") + subject;
}

function programOf(author: Person): MailProgram {
  const share = mixBits(author.number) % 100;
  return share < 68 ? "outlook" : share < 80 ? "thunderbird" : "phone";
}

/** The person's own machine, logged in. */
export function originOf(author: Person): Origin {
  const bits = mixBits(author.number + 5);
  const machine = `pc-${String(bits % 90_000).padStart(5, "0")}`;
  const address = `10.${16 + ((bits >>> 3) % 48)}.${(bits >>> 11) % 256}.${1 + ((bits >>> 19) % 254)}`;
  return { name: `${machine}.${DOMAIN}`, address, helo: machine.toUpperCase(), login: author.address };
}

function messageIdOf(random: Random, author: Person, program: MailProgram, at: number): string {
  const token = (): string =>
    mixBits(random.int(0x7fffffff) ^ author.number)
      .toString(16)
      .padStart(8, "0");
  const time = Math.floor(at / 1_000_000).toString(16);
  if (program === "outlook") {
    const server = `EXMB${String(1 + (author.number % 60)).padStart(2, "0")}`;
    return `${`${token()}${token()}${time}${token()}`.toUpperCase()}@${server}.${DOMAIN}`;
  }
  if (program === "thunderbird")
    return `${time}.${String(random.int(9_000_000) + 1_000_000)}.${author.number % 10_000}@${DOMAIN}`;
  return `${token()}-${time.slice(-4)}-4${token().slice(1, 4)}-${token().slice(4)}-${token()}${token().slice(4)}@${DOMAIN}`.toUpperCase();
}

/** The first id always stays: it names the thread. */
function lastIds(ids: readonly string[]): readonly string[] {
  return ids.length <= REFERENCES_MAX ? ids : [itemAt(ids, 0), ...ids.slice(1 - REFERENCES_MAX)];
}

/** One reserved byte, five of time, a 16-byte conversation. */
function newThreadIndex(messageId: string, at: number): string {
  const bytes = Buffer.alloc(22);
  bytes.writeBigUInt64BE(BigInt(Math.floor(at) + FILETIME_EPOCH_MICROS) * 10n, 0);
  // The top six bytes of the time stay, of which the first is always 1; the conversation follows.
  for (const word of THREAD_GUID_WORDS) bytes.writeUInt32BE(hashText(messageId, word), 2 + 4 * word);
  return bytes.toString("base64");
}

/** Every answer adds five bytes: the time since the thread began, and a little chance. */
function longerThreadIndex(answers: Thread, at: number): string {
  const block = Buffer.alloc(5);
  block.writeUInt32BE(Math.floor((at - answers.startedAt) / MINUTE) * 229, 0);
  block[4] = mixBits(Math.floor(at / 1000)) % 256;
  return Buffer.concat([Buffer.from(answers.threadIndex, "base64"), block]).toString("base64");
}
