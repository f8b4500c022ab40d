// lists, a first mail, reply-alls by time -> the storm: every one written, sent, held by a moderator or refused once a list is shut.

import { replySubject, originOf, threadOf, writeLetter, type Thread } from "./letter.ts";
import { HANDOVER_LEAD, type Mail, type Recipient } from "./mail.ts";
import { memberAt, type MailList } from "./mail-list.ts";
import type { Person } from "./people.ts";
import { postToLists } from "./post.ts";
import { itemAt, type Random } from "./random.ts";
import type { StormReply } from "./reply-process.ts";
import { STORM_SUBJECTS } from "./subjects.ts";
import { countReplyAll, openConversation, type Conversation } from "./truth-book.ts";
import type { World } from "./world.ts";

export interface StormOptions {
  /** All of them stand in the To of every mail; people answer from all of them. */
  readonly lists: readonly MailList[];
  /** Single addresses beside the lists. */
  readonly people?: readonly Recipient[];
  readonly subject: string;
  readonly firstAt: number;
  /** From here on the server refuses mail to the lists. */
  readonly shutAt: number;
  /** Lists of those above that nobody shuts. */
  readonly neverShut?: readonly MailList[];
  readonly endedBy: string;
  /** The server's answer to those who write to a shut list. */
  readonly refusal?: (address: string) => string;
  readonly replies: (random: Random) => readonly StormReply[];
  /** Different people that `replies` may name. */
  readonly pool: number;
  /** Share of members whose mailbox answers that they are away. */
  readonly awayShare: number;
  /** Mean size of a reply-all in bytes. */
  readonly meanSizeBytes?: number;
  readonly firstSizeBytes?: number;
  /** The first mail, where somebody outside wrote it. */
  readonly firstMail?: (random: Random) => Mail;
  /** New subjects of people who answer. */
  readonly ownSubjects?: readonly string[];
  /** When a moderator lets a mail written at `at` go. */
  readonly heldUntil?: (at: number) => number;
  /** The first answers do not come within seconds of one another. */
  readonly slowOpening?: boolean;
  readonly stormsMost?: number;
}

/** Shares of replies: with a subject of their own where subjects are mixed; by a program that drops the thread headers. */
const OWN_SUBJECT_SHARE = 0.25;
const BROKEN_THREAD_SHARE = 0.07;
/** The first answers are always tied to the first mail, so that the storm begins alike whatever the seed. */
const TIED_ANSWERS = 3;
const MEDIAN_SIZE_BYTES = 9000;
const SIZE_SIGMA = 0.6;
const FIRST_SIZE_BYTES = 4200;
const REFUSAL = (address: string): string =>
  `550 5.7.1 <${address}>: Recipient address rejected: this distribution list has been disabled`;

interface Storm extends StormOptions {
  readonly random: Random;
  readonly conversation: Conversation;
  /** What answers can answer, the first mail first, and whether it belongs to the conversation. */
  readonly threads: { readonly thread: Thread; readonly tied: boolean }[];
  readonly personOf: (poolNumber: number) => Person;
}

/** Schedules the whole storm and enters it in the ground truth. */
export function playStorm(world: World, options: StormOptions): Conversation {
  const random = world.random("storm");
  const { lists, subject, firstAt, people = [] } = options;
  const list = itemAt(lists, 0);
  const starterMember = random.int(list.members);
  const starter = memberAt(list, starterMember);
  const first = firstLetter(random, options, starter);
  const conversation = openConversation(world.truth, {
    storm: true,
    lists,
    subject,
    starter: options.firstMail === undefined ? starter.address : first.mail.sender,
    audience: lists.reduce((sum, { members }) => sum + members, people.length),
    firstAt,
    firstMessageId: first.mail.messageId,
    endedBy: options.endedBy,
    stormsMost: options.stormsMost ?? 1,
    quickOpening: options.slowOpening !== true,
  });
  const personOf = peopleOf(lists, starterMember, options.pool);
  const storm: Storm = { ...options, random, conversation, threads: [{ thread: first.thread, tied: true }], personOf };
  post(world, storm, first.mail);
  for (const reply of options.replies(random))
    world.events.schedule(reply.at - HANDOVER_LEAD, () => sendReply(world, storm, reply));
  return conversation;
}

/** Pool numbers go to members spread over the lists in turn; the step leaves out the starter and meets nobody twice. */
function peopleOf(lists: readonly MailList[], starterMember: number, pool: number): (number: number) => Person {
  const share = Math.ceil(pool / lists.length);
  return (number) => {
    const list = itemAt(lists, number % lists.length);
    const spread = Math.max(1, Math.floor((list.members - 1) / Math.max(1, share + 1)));
    return memberAt(list, (starterMember + 1 + Math.floor(number / lists.length) * spread) % list.members);
  };
}

function firstLetter(random: Random, options: StormOptions, author: Person): { mail: Mail; thread: Thread } {
  const { lists, subject, firstAt, firstSizeBytes = FIRST_SIZE_BYTES } = options;
  if (options.firstMail !== undefined) {
    const mail = options.firstMail(random);
    return { mail, thread: threadOf(mail) };
  }
  const letter = { kind: "storm", at: firstAt, author, subject, sizeBytes: firstSizeBytes } as const;
  return writeLetter(random, { ...letter, to: shownAs(lists, options.people), recipients: [] });
}

function sendReply(world: World, storm: Storm, reply: StormReply): void {
  const { at } = reply;
  const { random, conversation } = storm;
  const author = storm.personOf(reply.person);
  const answered = storm.threads[reply.answers + 1] ?? itemAt(storm.threads, 0);
  const subject = replyAllSubject(world, storm, author);
  const letter = writeLetter(random, {
    kind: "storm",
    at,
    author,
    to: shownAs(storm.lists, storm.people),
    recipients: [],
    subject,
    sizeBytes: Math.round(random.logNormal(medianSize(storm), SIZE_SIGMA)),
    answers: answered.thread,
    withoutThread: random.chance(BROKEN_THREAD_SHARE) && storm.threads.length > TIED_ANSWERS,
  });
  // A broken answer starts no thread of its own for those who answer it: their programs only see what it carries.
  const broken = letter.mail.inReplyTo === undefined;
  const thread = broken ? { ...letter.thread, ids: [letter.mail.messageId] } : letter.thread;
  const tied = broken ? subject.endsWith(storm.subject) : answered.tied;
  storm.threads.push({ thread, tied });
  if (at >= storm.shutAt) return sendToWhatIsOpen(world, storm, letter.mail, author);
  const heldUntil = storm.heldUntil?.(at);
  const { messageId } = letter.mail;
  countReplyAll(conversation, { at: heldUntil ?? at, person: author.address, messageId, tied });
  post(world, storm, letter.mail, heldUntil);
}

function medianSize({ meanSizeBytes }: Storm): number {
  return meanSizeBytes === undefined ? MEDIAN_SIZE_BYTES : meanSizeBytes * Math.exp(-(SIZE_SIGMA ** 2) / 2);
}

/** The lists are shut; small groups and single addresses still get it. */
function sendToWhatIsOpen(world: World, storm: Storm, mail: Mail, author: Person): void {
  const { lists, neverShut = [], people = [], refusal = REFUSAL, conversation } = storm;
  const origin = originOf(author);
  const refused = { at: mail.at, server: "main", origin, sender: author.address } as const;
  conversation.refused += 1;
  for (const { address } of lists.filter((list) => !neverShut.includes(list)))
    world.mailSystem.refuse({ ...refused, recipient: address, reason: refusal(address) });
  if (neverShut.length + people.length === 0) return;
  conversation.afterShut += 1;
  postToLists(world, { lists: neverShut, people, mail, random: storm.random, awayShare: 0 });
}

function post(world: World, storm: Storm, mail: Mail, heldUntil?: number): void {
  const { lists, people = [], random, awayShare } = storm;
  const answered = (): void => {
    storm.conversation.autoReplies += 1;
  };
  const held = heldUntil === undefined ? {} : { heldUntil };
  postToLists(world, { lists, people, mail, random, awayShare, answered, ...held });
}

function replyAllSubject(world: World, storm: Storm, author: Person): string {
  const own = storm.ownSubjects ?? STORM_SUBJECTS;
  const text = itemAt(own, storm.random.int(own.length));
  const changes =
    world.subjects === "changed" || (world.subjects === "mixed" && storm.random.chance(OWN_SUBJECT_SHARE));
  if (!changes) return replySubject(author, storm.subject);
  // Where every subject has to be new, the writer's name makes it so.
  return world.subjects === "changed" ? `${text} (${author.first} ${author.last} ${author.number})` : text;
}

function shownAs(lists: readonly MailList[], people: readonly Recipient[] = []): string {
  return [...lists, ...people].map(({ address }) => address).join(",\n\t");
}
