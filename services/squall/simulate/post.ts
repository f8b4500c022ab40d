// a mail meant for a list -> the mail the server takes in: expanded by an alias, or sent again by a list manager, with the automatic answers it draws.

import { SECOND, type Mail } from "./mail.ts";
import { memberAt, type MailList } from "./mail-list.ts";
import { DOMAIN, type Person } from "./people.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** Recipients a list manager puts into one mail; Mailman's own default. */
const MANAGER_CHUNK = 500;

export interface PostOptions {
  readonly list: MailList;
  readonly mail: Mail;
  readonly random: Random;
  /** Share of members whose mailbox answers that they are away. */
  readonly awayShare: number;
  /** Told of every automatic answer. */
  readonly answered?: () => void;
}

/** Hands a mail to a list to the mail system. */
export function postToList(world: World, options: PostOptions): void {
  const { list, mail } = options;
  const received = (first: number, count: number, at: number): void => answerAway(world, options, { first, count, at });
  if (!list.managed) {
    const recipients = { list, first: 0, count: list.members, throughAlias: true };
    return world.mailSystem.accept({ ...mail, recipients, received });
  }
  const recipients = [{ address: list.address, route: "list-manager", fate: "sent", transferMicros: 60_000 }] as const;
  const handedOn = (at: number): void => sendCopies(world, options, at, received);
  world.mailSystem.accept({ ...mail, recipients, handedOn });
}

/** What a list manager sends: the same mail with its own return path, a subject tag and a List-Id, some hundred recipients at a time. */
export function sendCopies(
  world: World,
  options: Omit<PostOptions, "awayShare" | "answered">,
  at: number,
  received?: Mail["received"],
): void {
  const { list, mail, random } = options;
  const [name = "list", host = DOMAIN] = list.address.split("@");
  const { origin: _author, handedOn: _done, received: _told, ...rest } = mail;
  const copy: Mail = {
    ...rest,
    kind: mail.kind === "digest" ? "digest" : "list-copy",
    origin: { name: "localhost", address: "127.0.0.1", helo: host },
    sender: `${name}-bounces@${host}`,
    subject: mail.kind === "digest" ? mail.subject : tagged(name, mail.subject),
    sizeBytes: mail.sizeBytes + 900,
    listId: `<${name}.${host}>`,
    precedence: "list",
    ...(received === undefined ? {} : { received }),
  };
  let sentAt = at + Math.round(random.between(0.1, 1.5) * SECOND);
  for (let first = 0; first < list.members; first += MANAGER_CHUNK) {
    const count = Math.min(MANAGER_CHUNK, list.members - first);
    world.mailSystem.accept({ ...copy, at: sentAt, recipients: { list, first, count, throughAlias: false } });
    sentAt += 40_000 + random.int(200_000);
  }
}

function tagged(name: string, subject: string): string {
  const tag = `[${name}] `;
  if (subject.includes(tag)) return subject;
  const prefix = /^(re|aw|sv|antw|vs): /i.exec(subject)?.[0] ?? "";
  return `${prefix}${tag}${subject.slice(prefix.length)}`;
}

/** A mailbox on a store answers the sender, never the list. */
function answerAway(world: World, options: PostOptions, receipt: { first: number; count: number; at: number }): void {
  const { first, count, at } = receipt;
  const { random, mail, list } = options;
  for (let left = random.poisson(count * options.awayShare); left > 0; left -= 1) {
    const author = memberAt(list, first + random.int(count));
    if (author.address === mail.sender || mail.sender === "") continue;
    const sentAt = at + Math.round(random.between(0.2, 8) * SECOND);
    world.mailSystem.accept(awayAnswer(random, mail, author, sentAt));
    options.answered?.();
  }
}

/** "Automatic reply": null return path, Auto-Submitted, tied to the mail it answers. */
export function awayAnswer(random: Random, mail: Mail, author: Person, at: number): Mail {
  const store = 1 + random.int(24);
  const name = `store${String(store).padStart(2, "0")}.${DOMAIN}`;
  const machine = random.chance(0.5);
  return {
    kind: "out-of-office",
    server: "main",
    at,
    origin: { name, address: `10.40.2.${store}`, helo: name },
    sender: "",
    from: `${author.display} <${author.address}>`,
    to: mail.from,
    subject: `${machine ? "Automatic reply" : "Out of Office"}: ${mail.subject}`,
    messageId: `dovecot-sieve-${Math.floor(at / SECOND)}-${random.int(1_000_000)}-${random.int(1_000_000)}@${name}`,
    sizeBytes: 2600 + random.int(4000),
    program: machine ? "outlook" : "machine",
    inReplyTo: mail.messageId,
    references: [mail.messageId],
    autoSubmitted: machine ? "auto-generated" : "auto-replied (vacation)",
    ...(machine ? { suppress: "All" } : { precedence: "bulk" }),
    recipients: [{ address: mail.sender, route: "store", fate: "sent", transferMicros: 60_000 }],
  };
}
