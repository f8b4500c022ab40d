// a list and a model of talk -> an ordinary conversation: who answers whom and when, at the pace of people who have other work.

import { replySubject, writeLetter, type Thread } from "./letter.ts";
import { HANDOVER_LEAD, SECOND, type Mail, type MailKind, type Recipient } from "./mail.ts";
import { memberAt, type MailList } from "./mail-list.ts";
import type { Person } from "./people.ts";
import { postToLists } from "./post.ts";
import { itemAt, type Random } from "./random.ts";
import { LIST_SUBJECTS } from "./subjects.ts";
import { talk, type TalkOptions, type Turn } from "./talk.ts";
import { countReplyAll, openConversation } from "./truth-book.ts";
import type { World } from "./world.ts";

export interface DiscussionOptions extends TalkOptions {
  readonly subject: string;
  readonly kind?: MailKind;
  /** Drawn anew, at most 50 times, until it has as many. */
  readonly repliesMin?: number;
  readonly awayShare?: number;
  /** The rule is known to call it a storm, wrongly. */
  readonly knownWeakness?: boolean;
}

const DRAWS_MAX = 50;
const BROKEN_THREAD_SHARE = 0.03;
const SENDER_ONLY_SHARE = 0.12;
const AUTHOR_TOO_SHARE = 0.3;

/** `count` subjects for one list; none comes twice. */
export function listSubjects(random: Random, count: number): string[] {
  const start = random.int(LIST_SUBJECTS.length);
  return Array.from({ length: count }, (_, n) => {
    const round = Math.floor(n / LIST_SUBJECTS.length);
    return itemAt(LIST_SUBJECTS, (start + n * 5) % LIST_SUBJECTS.length) + (round === 0 ? "" : ` (${round + 1})`);
  });
}

/** Schedules one conversation and enters it in the ground truth. */
export function playDiscussion(world: World, random: Random, options: DiscussionOptions): void {
  const { list, subject, startAt } = options;
  const people = Array.from({ length: options.participants + 1 }, () => memberAt(list, random.int(list.members)));
  const starter = itemAt(people, 0);
  const sizeBytes = letterSize(random);
  const first = writeLetter(random, {
    kind: options.kind ?? "list",
    at: startAt,
    author: starter,
    to: list.address,
    subject,
    recipients: [],
    sizeBytes,
  });
  const conversation = openConversation(world.truth, {
    storm: false,
    lists: [list],
    subject,
    starter: starter.address,
    audience: list.members,
    firstAt: startAt,
    firstMessageId: first.mail.messageId,
    knownWeakness: options.knownWeakness ?? false,
  });
  const mails: { thread: Thread; author: Person }[] = [{ thread: first.thread, author: starter }];
  const awayShare = options.awayShare ?? 0;
  world.events.schedule(startAt - HANDOVER_LEAD, () =>
    postToLists(world, { lists: [list], mail: first.mail, random, awayShare }),
  );
  for (const turn of longEnoughTalk(random, options, world.endAt)) {
    world.events.schedule(turn.at - HANDOVER_LEAD, () => {
      const author = itemAt(people, turn.person);
      const answered = itemAt(mails, turn.answers);
      const mail = answerMail(random, options, { at: turn.at, author, answered: answered.thread });
      mails.push({ thread: mail.thread, author });
      if (random.chance(SENDER_ONLY_SHARE) && answered.author !== author)
        return sendToAuthor(world, mail.mail, answered.author);
      if (author !== starter)
        countReplyAll(conversation, { at: turn.at, person: author.address, messageId: mail.mail.messageId });
      const copied = { ...mail.mail, ...copyLine(random, answered.author, list) };
      postToLists(world, { lists: [list], mail: copied, random, awayShare });
    });
  }
}

function longEnoughTalk(random: Random, options: DiscussionOptions, endAt: number): Turn[] {
  let turns = talk(random, options, endAt);
  for (let draws = 1; draws < DRAWS_MAX && turns.length < (options.repliesMin ?? 0); draws += 1)
    turns = talk(random, options, endAt);
  return turns;
}

function answerMail(
  random: Random,
  options: DiscussionOptions,
  turn: { at: number; author: Person; answered: Thread },
): ReturnType<typeof writeLetter> {
  const { at, author, answered } = turn;
  return writeLetter(random, {
    kind: options.kind === "announcement" ? "list" : (options.kind ?? "list"),
    at,
    author,
    to: options.list.address,
    subject: replySubject(author, answered.subject),
    recipients: [],
    sizeBytes: letterSize(random),
    answers: answered,
    withoutThread: random.chance(BROKEN_THREAD_SHARE),
  });
}

/** "Reply to all" puts the one answered into To and the list into Cc; many programs and lists do it the other way. */
function copyLine(random: Random, answered: Person, list: MailList): Partial<Pick<Mail, "to" | "cc">> {
  if (!random.chance(AUTHOR_TOO_SHARE)) return {};
  return { to: `${answered.display} <${answered.address}>`, cc: list.address };
}

function sendToAuthor(world: World, mail: Mail, answered: Person): void {
  const recipient: Recipient = { address: answered.address, route: "store", fate: "sent", transferMicros: SECOND / 10 };
  world.mailSystem.accept({
    ...mail,
    kind: "reply",
    to: `${answered.display} <${answered.address}>`,
    recipients: [recipient],
  });
}

function letterSize(random: Random): number {
  return Math.round(random.logNormal(8000, 0.8));
}
