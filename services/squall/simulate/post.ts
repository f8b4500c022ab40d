// a mail meant for a list -> the mail handed to the mail system, and the automatic answers it draws when it arrives.

import { SECOND, type Mail, type Members, type Recipient } from "./mail.ts";
import { memberAt, type MailList } from "./mail-list.ts";
import { DOMAIN, type Person } from "./people.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export interface PostOptions {
  /** The lists in the mail's To. */
  readonly lists: readonly MailList[];
  /** Single addresses beside them. */
  readonly people?: readonly Recipient[];
  readonly mail: Mail;
  readonly random: Random;
  /** Share of members whose mailbox answers that they are away. */
  readonly awayShare: number;
  /** A moderator keeps the mail until then. */
  readonly heldUntil?: number;
  /** Told of every automatic answer. */
  readonly answered?: () => void;
}

/** Hands a mail to lists to the mail system. */
export function postToLists(world: World, options: PostOptions): void {
  const { lists, people = [], mail, heldUntil } = options;
  const received = (members: Members, at: number): void => answerAway(world, options, { members, at });
  const posting = { lists, people, ...(heldUntil === undefined ? {} : { heldUntil }) };
  world.mailSystem.post({ ...mail, received }, posting);
}

/** A mailbox on a store answers the sender, never the list. */
function answerAway(world: World, options: PostOptions, receipt: { members: Members; at: number }): void {
  const { members, at } = receipt;
  const { list, first, count } = members;
  const { random, mail } = options;
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
