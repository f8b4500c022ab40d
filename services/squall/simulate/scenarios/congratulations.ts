// The hard negative: "Welcome, Anna!" to all staff, and fifteen kind words to all within an hour. No storm, but it has the shape of one.

import { HOUR, MINUTE, SECOND } from "../mail.ts";
import { writeLetter, replySubject } from "../letter.ts";
import { memberAt, type MailList } from "../mail-list.ts";
import { postToLists } from "../post.ts";
import type { Random } from "../random.ts";
import { CONGRATULATION_SUBJECTS } from "../subjects.ts";
import { countReplyAll, openConversation } from "../truth-book.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** An all-staff list of ordinary size. Nothing is on record: the rule's own description has "15 answers in an hour by newcomers". */
const AUDIENCE = 3000;
const ANSWERS_MEAN = 15;
/** Kind words come soon or not at all: half of them within a quarter of an hour. */
const MEDIAN_DELAY_SECONDS = 900;
const SIGMA = 0.9;

export const CONGRATULATIONS: Scenario = {
  startAt: Date.UTC(2017, 4, 15, 8) * 1000,
  lastsSeconds: (5 * HOUR) / SECOND,
  deliveriesPerSecond: scaledRate(200),
  expected:
    "No storm: nothing should open. Squall is known to open one, because people who never wrote to the list answer as fast as in a storm; expectedRepliesUntil or exempt for the list is the answer.",
  play,
};

function play(world: World): void {
  const list = addList(world, world.random("list"), "all-staff", AUDIENCE);
  playSteadyTraffic(world, 2);
  playTeams(world, 6);
  const random = world.random("congratulations");
  const startAt = clockAt(world, 9.5) + random.int(30 * MINUTE);
  playCongratulations(world, random, list, startAt);
}

function playCongratulations(world: World, random: Random, list: MailList, startAt: number): void {
  const starterMember = random.int(list.members);
  const author = memberAt(list, starterMember);
  const subject = random.pick(CONGRATULATION_SUBJECTS);
  const letter = { kind: "list", to: list.address, recipients: [] } as const;
  const first = writeLetter(random, { ...letter, at: startAt, author, subject, sizeBytes: 9000 });
  const conversation = openConversation(world.truth, {
    storm: false,
    lists: [list],
    subject,
    starter: author.address,
    audience: list.members,
    firstAt: startAt,
    firstMessageId: first.mail.messageId,
    knownWeakness: true,
  });
  const post = { lists: [list], random, awayShare: 0.003 };
  world.events.schedule(startAt - SECOND, () => postToLists(world, { ...post, mail: first.mail }));
  const answers = random.poisson(ANSWERS_MEAN);
  const spread = Math.max(1, Math.floor((list.members - 1) / (answers + 1)));
  for (let n = 0; n < answers; n += 1) {
    const at = startAt + MINUTE + Math.round(random.logNormal(MEDIAN_DELAY_SECONDS, SIGMA) * SECOND);
    const person = memberAt(list, (starterMember + 1 + n * spread) % list.members);
    const answer = { ...letter, at, author: person, answers: first.thread, sizeBytes: 6000 };
    const { mail } = writeLetter(random, { ...answer, subject: replySubject(person, subject) });
    world.events.schedule(at - SECOND, () => {
      countReplyAll(conversation, { at, person: person.address, messageId: mail.messageId });
      postToLists(world, { ...post, mail });
    });
  }
}
