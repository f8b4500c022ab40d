// 8 and 9 October 2014, University College London ("Bellogate"): somebody outside writes to all students at night, the students answer,
// the address is fed to sign-up forms, and in the morning everybody wakes up to it.

import { HOUR, SECOND, type Mail } from "../mail.ts";
import type { MailList } from "../mail-list.ts";
import { incoming } from "../ordinary-traffic.ts";
import { postToLists } from "../post.ts";
import type { Random } from "../random.ts";
import { waveReplies, type StormModel } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import { SIGN_UP_SUBJECTS, STUDENT_SUBJECTS } from "../subjects.ts";
import type { Conversation } from "../truth-book.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** About 29,000 students. */
const AUDIENCE = 29_000;
/** The university says several thousand mails each, about 3,000; much of it from outside. How much is not on record: two thirds here. */
const SIGN_UPS = 2000;
const NIGHT_POOL = 450;
const MORNING_POOL = 500;
/** Overnight to 09:30, when the list was closed. */
const FIRST_MAIL_HOURS = 22.2;
const MORNING_HOURS = 24 + 7;
const CLOSED_HOURS = 24 + 9.5;
const SIGN_UPS_FROM_HOURS = 23;
/** Deliveries kept up until the morning: about 87 million in 11 hours. */
const DELIVERIES_PER_SECOND = 8000;
const SIGN_UP_DOMAINS = [
  "shop.example.com",
  "news.example.net",
  "games.example.com",
  "travel.example.org",
  "deals.example.net",
];

const deliveriesPerSecond = scaledRate(DELIVERIES_PER_SECOND);

export const UNIVERSITY: Scenario = {
  startAt: Date.UTC(2014, 9, 8, 21) * 1000,
  lastsSeconds: (13.5 * HOUR) / SECOND,
  deliveriesPerSecond,
  expected:
    "The first mail comes from outside and is no reply-all; the students' answers open a storm. The morning's wave continues it while sign-up mail keeps it alive, or is a storm of its own.",
  play,
};

function play(world: World): void {
  const list = addList(world, world.random("list"), "all-students", AUDIENCE);
  playSteadyTraffic(world, 3);
  playTeams(world, 6);
  const firstAt = clockAt(world, FIRST_MAIL_HOURS);
  const half = Math.floor(list.members / 2);
  const common: Omit<StormModel, "pool" | "startAt" | "answersToFirst"> = {
    branching: 4,
    medianDelaySeconds: 480,
    sigma: 1.2,
    againShare: 0.15,
    audience: list.members,
    until: world.endAt,
    deliveriesPerSecond: deliveriesPerSecond(world.scale),
  };
  const night = { ...common, startAt: firstAt, answersToFirst: 8, pool: Math.min(NIGHT_POOL, Math.floor(half / 2)) };
  const morning = {
    ...common,
    startAt: clockAt(world, MORNING_HOURS),
    answersToFirst: 15,
    // Not everybody gets up at seven.
    medianDelaySeconds: 1500,
    pool: Math.min(MORNING_POOL, Math.floor(half / 2)),
  };
  const conversation = playStorm(world, {
    lists: [list],
    subject: "Bello!",
    firstAt,
    firstMail: (random) => firstMail(random, list, firstAt),
    shutAt: clockAt(world, CLOSED_HOURS),
    endedBy: "list closed",
    awayShare: 0.0005,
    ownSubjects: STUDENT_SUBJECTS,
    pool: night.pool + morning.pool,
    stormsMost: 2,
    replies: (random) => waveReplies(random, [night, morning]),
  });
  playSignUps(world, list, conversation);
}

/** The sender was forged; the mail came in without a login. */
function firstMail(random: Random, list: MailList, at: number): Mail {
  const sender = "bello@mail.example.com";
  const mail = incoming(random, {
    at,
    domain: "mail.example.com",
    sender,
    to: list.address,
    subject: "Bello!",
    recipients: [],
  });
  return { ...mail, kind: "storm", sizeBytes: 2100 };
}

/** Shops and newsletters confirm what somebody else filled in for the list. */
function playSignUps(world: World, list: MailList, conversation: Conversation): void {
  const random = world.random("sign-ups");
  const endAt = clockAt(world, CLOSED_HOURS);
  const startAt = clockAt(world, SIGN_UPS_FROM_HOURS);
  const gap = (endAt - startAt) / SIGN_UPS;
  for (let at = startAt + random.exponential(gap); at < endAt; at += random.exponential(gap)) {
    const sentAt = Math.round(at);
    const domain = random.pick(SIGN_UP_DOMAINS);
    const sender = `no-reply+${random.int(1_000_000)}@${domain}`;
    const subject = random.pick(SIGN_UP_SUBJECTS);
    const base = incoming(random, { at: sentAt, domain, sender, to: list.address, subject, recipients: [] });
    const automatic = random.chance(0.5) ? { autoSubmitted: "auto-generated" } : {};
    const mail: Mail = { ...base, ...automatic, kind: "sign-up" };
    world.events.schedule(sentAt - SECOND, () => {
      conversation.otherMails += 1;
      postToLists(world, { lists: [list], mail, random, awayShare: 0 });
    });
  }
}
