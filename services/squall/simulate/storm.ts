// a list, a first mail, a model of replies -> the storm: every reply-all at its time, refused once the list is shut.

import { countReplyAll, type Conversation } from "./ground-truth.ts";
import { replySubject, originOf, writeLetter, type Thread } from "./letter.ts";
import { HANDOVER_LEAD } from "./mail.ts";
import { memberAt, type MailList } from "./mail-list.ts";
import type { Person } from "./people.ts";
import { postToList } from "./post.ts";
import { itemAt, type Random } from "./random.ts";
import { stormReplies, type StormModel, type StormReply } from "./reply-process.ts";
import { STORM_SUBJECTS } from "./subjects.ts";
import type { World } from "./world.ts";

export interface StormOptions {
  readonly list: MailList;
  readonly subject: string;
  readonly firstAt: number;
  /** From here on the server refuses mail to the list. */
  readonly shutAt: number;
  readonly endedBy: string;
  readonly model: Omit<StormModel, "startAt" | "until" | "audience">;
  /** Share of members whose mailbox answers that they are away. */
  readonly awayShare: number;
}

/** Shares of replies: with a subject of their own where subjects are mixed; by a program that drops the thread headers. */
const OWN_SUBJECT_SHARE = 0.25;
const BROKEN_THREAD_SHARE = 0.07;
/** The first answers are always tied to the first mail, so that the storm begins alike whatever the seed. */
const TIED_ANSWERS = 3;
const REFUSAL = (address: string): string =>
  `550 5.7.1 <${address}>: Recipient address rejected: this distribution list has been disabled`;

interface Storm extends StormOptions {
  readonly random: Random;
  readonly conversation: Conversation;
  readonly threads: Thread[];
  readonly personOf: (poolNumber: number) => Person;
}

/** Schedules the whole storm and enters it in the ground truth. */
export function playStorm(world: World, options: StormOptions): void {
  const random = world.random("storm");
  const { list, subject, firstAt } = options;
  const starterMember = random.int(list.members);
  const starter = memberAt(list, starterMember);
  // Pool numbers go to members spread over the list; the step leaves out the starter and meets nobody twice.
  const personOf = (number: number): Person => memberAt(list, (starterMember + 1 + number * spread) % list.members);
  const spread = Math.max(1, Math.floor((list.members - 1) / Math.max(1, options.model.pool + 1)));
  const first = writeLetter(random, {
    ...letterTo(list),
    kind: "storm",
    at: firstAt,
    author: starter,
    subject,
    sizeBytes: 4200,
  });
  const conversation: Conversation = {
    storm: true,
    list: list.address,
    subject,
    starter: starter.address,
    audience: list.members,
    firstAt,
    lastAt: firstAt,
    firstMessageId: first.mail.messageId,
    replyAlls: 0,
    repliers: new Set(),
    replyAllTimes: [],
    messageIds: [first.mail.messageId],
    autoReplies: 0,
    refused: 0,
    endedBy: options.endedBy,
  };
  world.truth.conversations.push(conversation);
  const storm: Storm = { ...options, random, conversation, threads: [first.thread], personOf };
  post(world, storm, first.mail);
  const replies = stormReplies(random, {
    ...options.model,
    audience: list.members,
    startAt: firstAt,
    until: world.endAt,
  });
  for (const reply of replies) world.events.schedule(reply.at - HANDOVER_LEAD, () => sendReply(world, storm, reply));
}

function sendReply(world: World, storm: Storm, reply: StormReply): void {
  const { at } = reply;
  const { random, conversation, list } = storm;
  const author = storm.personOf(reply.person);
  const answered = storm.threads[reply.answers + 1] ?? itemAt(storm.threads, 0);
  const subject = replyAllSubject(world, storm, author);
  const letter = writeLetter(random, {
    ...letterTo(list),
    kind: "storm",
    at,
    author,
    subject,
    sizeBytes: Math.round(random.logNormal(9000, 0.6)),
    answers: answered,
    withoutThread: random.chance(BROKEN_THREAD_SHARE) && storm.threads.length > TIED_ANSWERS,
  });
  // A broken answer starts no thread of its own for those who answer it: their programs only see what it carries.
  storm.threads.push(
    letter.mail.inReplyTo === undefined ? { ...letter.thread, ids: [letter.mail.messageId] } : letter.thread,
  );
  if (at >= storm.shutAt) {
    conversation.refused += 1;
    const sender = author.address;
    return world.mailSystem.refuse({
      at,
      server: "main",
      origin: originOf(author),
      sender,
      recipient: list.address,
      reason: REFUSAL(list.address),
    });
  }
  countReplyAll(conversation, at, author.address, letter.mail.messageId);
  post(world, storm, letter.mail);
}

function post(world: World, storm: Storm, mail: ReturnType<typeof writeLetter>["mail"]): void {
  const answered = (): void => {
    storm.conversation.autoReplies += 1;
  };
  postToList(world, { list: storm.list, mail, random: storm.random, awayShare: storm.awayShare, answered });
}

function replyAllSubject(world: World, storm: Storm, author: Person): string {
  const own = itemAt(STORM_SUBJECTS, storm.random.int(STORM_SUBJECTS.length));
  const changes =
    world.subjects === "changed" || (world.subjects === "mixed" && storm.random.chance(OWN_SUBJECT_SHARE));
  if (!changes) return replySubject(author, storm.subject);
  // Where every subject has to be new, the writer's name makes it so.
  return world.subjects === "changed" ? `${own} (${author.first} ${author.last} ${author.number})` : own;
}

function letterTo(list: MailList): { to: string; recipients: [] } {
  return { to: list.address, recipients: [] };
}
