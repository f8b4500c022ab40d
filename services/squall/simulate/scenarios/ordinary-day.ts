// Tuesday, 8 November 2016: a day of mail in which much looks like a storm and nothing is one.

import { listSubjects, playDiscussion } from "../discussion.ts";
import {
  playAnnouncement,
  playDigest,
  playMachineReport,
  playNewsletter,
  playPatchSeries,
  playSpamRun,
} from "../list-traffic.ts";
import { HOUR, MINUTE, SECOND } from "../mail.ts";
import { createMailList, type MailList } from "../mail-list.ts";
import { playOrdinaryTraffic, RATE_MIN } from "../ordinary-traffic.ts";
import { DOMAIN } from "../people.ts";
import { itemAt, type Random } from "../random.ts";
import type { World } from "../world.ts";
import type { Scenario } from "./scenario.ts";

const DELIVERIES_PER_SECOND = 400;
const RATE_MEAN = 4;
/** Traffic of each hour of the day over the day's mean. */
const HOURS = [
  0.25, 0.2, 0.18, 0.18, 0.22, 0.35, 0.6, 1.0, 1.6, 2.1, 2.2, 2.1, 1.7, 1.8, 2.0, 2.0, 1.8, 1.3, 0.8, 0.6, 0.5, 0.4,
  0.35, 0.3,
];
const HOUR_MAX = Math.max(...HOURS);

const TEAM_LISTS = 24;
const TEAM_MEMBERS: readonly [low: number, high: number] = [25, 1200];
/** Mean conversations a list on the day, by its size: people think twice before they write to many. */
const CONVERSATIONS_SMALL = 3;
const CONVERSATIONS_LARGE = 1;
const LARGE_MEMBERS = 300;
const REPORTING_MACHINES = 9;

export const ORDINARY_DAY: Scenario = {
  startAt: Date.UTC(2016, 10, 8) * 1000,
  lastsSeconds: (24 * HOUR) / SECOND,
  deliveriesPerSecond: () => DELIVERIES_PER_SECOND,
  expected: "Nothing opens.",
  play,
};

/** Schedules the day. Scale multiplies mail between persons only; lists stay as they are. */
function play(world: World): void {
  const rate = Math.max(RATE_MIN, RATE_MEAN * world.scale);
  const rateAt = (at: number): number => rate * (HOURS[Math.floor((at - world.startAt) / HOUR)] ?? 1);
  playOrdinaryTraffic(world, rate * HOUR_MAX, rateAt);
  playTeams(world);
  playNewLists(world);
  playBigLists(world);
  playManagedLists(world);
  playMachines(world);
}

/** Team lists of all sizes with their conversations, some since the night, some lively. */
function playTeams(world: World): void {
  const random = world.random("teams");
  for (let n = 0; n < TEAM_LISTS; n += 1) {
    const [low, high] = TEAM_MEMBERS;
    const list = addList(world, random, `team-${n + 1}`, Math.round(low * (high / low) ** random.next()));
    const mean = list.members > LARGE_MEMBERS ? CONVERSATIONS_LARGE : CONVERSATIONS_SMALL;
    for (const subject of listSubjects(random, random.poisson(mean))) {
      const lively = random.chance(0.25);
      playDiscussion(world, random, {
        list,
        subject,
        startAt: world.startAt + hourOfDay(random),
        answersToFirst: lively ? 4 : 1.6,
        branching: lively ? 0.8 : 0.6,
        repliesMax: 25,
        participants: 5 + random.int(8),
        livelier: lively ? 8 : 1,
        awayShare: 0.002,
      });
    }
  }
}

/** Two lists made this morning, each with a lively first day: nobody has a history there. */
function playNewLists(world: World): void {
  const random = world.random("new lists");
  const sizes = [60 + random.int(200), 400 + random.int(2000)];
  for (const [n, members] of sizes.entries()) {
    const list = addList(world, random, `new-project-${n + 1}`, members);
    const startAt = world.startAt + Math.round(random.between(8.5, 10.5) * HOUR);
    const talk = { list, branching: 0.95, livelier: 6, awayShare: 0.003 };
    const subject = `Welcome to ${itemAt(list.address.split("@"), 0)}`;
    playDiscussion(world, random, {
      ...talk,
      subject,
      startAt,
      answersToFirst: 16,
      repliesMin: 16,
      repliesMax: 25,
      participants: 18,
    });
    const later = startAt + Math.round(random.between(1, 3) * HOUR);
    playDiscussion(world, random, {
      ...talk,
      subject: itemAt(listSubjects(random, 1), 0),
      startAt: later,
      answersToFirst: 3,
      repliesMax: 12,
      participants: 8,
    });
  }
}

/** Lists of thousands: newsletters, an announcement, a spam run on one that takes mail from anybody. */
function playBigLists(world: World): void {
  const random = world.random("big lists");
  const bulletin = addList(world, random, "staff-bulletin", 30_000);
  const site = addList(world, random, "site-news", 5000 + random.int(7000));
  const clinicians = addList(world, random, "all-clinicians", 9000 + random.int(9000));
  const open = addList(world, random, "patient-feedback", 1500 + random.int(2500));
  playNewsletter(world, random, { list: bulletin, at: clock(world, random, 10, 12) });
  playNewsletter(world, random, { list: site, at: clock(world, random, 14, 16) });
  playAnnouncement(world, random, { list: clinicians, at: clock(world, random, 9, 15) });
  const systems = addList(world, random, "clinical-systems", 2000 + random.int(3000));
  const [subject = ""] = listSubjects(random, 1);
  const talk = { list: systems, subject, startAt: clock(world, random, 8, 14), awayShare: 0.002 };
  playDiscussion(world, random, {
    ...talk,
    answersToFirst: 6,
    branching: 0.8,
    repliesMax: 20,
    participants: 12,
    livelier: 4,
  });
  playSpamRun(world, random, { list: open, at: clock(world, random, 1, 20) });
}

/** Lists kept by a list manager: developers with patch series, and a digest at five. */
function playManagedLists(world: World): void {
  const random = world.random("managed lists");
  const developers = addList(world, random, "dev@lists", 150 + random.int(500));
  const users = addList(world, random, "users@lists", 80 + random.int(1500));
  for (const [low, high] of [
    [9, 12],
    [13, 17],
  ] as const)
    playPatchSeries(world, random, { list: developers, at: clock(world, random, low, high) });
  for (const list of [developers, users]) {
    for (const subject of listSubjects(random, 1 + random.poisson(1.5))) {
      const startAt = world.startAt + hourOfDay(random);
      playDiscussion(world, random, {
        list,
        subject,
        startAt,
        answersToFirst: 2,
        branching: 0.7,
        repliesMax: 20,
        participants: 9,
        livelier: 3,
      });
    }
  }
  playDigest(world, random, { list: users, at: clock(world, random, 17, 17.2) });
}

/** Servers that report to the people who run them: every hour, and all together at 06:25. */
function playMachines(world: World): void {
  const random = world.random("machines");
  const list = addList(world, random, "operations", 40);
  for (let machine = 1; machine <= REPORTING_MACHINES; machine += 1) {
    playMachineReport(world, random, { list, at: world.startAt + 6 * HOUR + 25 * MINUTE }, machine);
    if (machine > 3) continue;
    for (let hour = 0; hour < 24; hour += 1)
      playMachineReport(world, random, { list, at: world.startAt + hour * HOUR + 10 * MINUTE }, machine);
  }
}

/** A name with a host is a list kept by the list manager. */
function addList(world: World, random: Random, name: string, members: number): MailList {
  const [local = name, host] = name.split("@");
  const list = createMailList(
    random,
    `${local}@${host === undefined ? DOMAIN : `${host}.${DOMAIN}`}`,
    members,
    host !== undefined,
  );
  world.truth.lists.push({ address: list.address, members });
  return list;
}

function clock(world: World, random: Random, low: number, high: number): number {
  return world.startAt + Math.round(random.between(low, high) * HOUR);
}

/** A time of the day as mail is spread over it. */
function hourOfDay(random: Random): number {
  for (;;) {
    const hour = random.int(HOURS.length);
    if (random.next() * HOUR_MAX < itemAt(HOURS, hour)) return hour * HOUR + random.int(HOUR);
  }
}
