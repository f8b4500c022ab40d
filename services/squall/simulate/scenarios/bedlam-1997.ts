// 14 October 1997, Microsoft: somebody asks why he is on "Bedlam DL3", and 13,000 people are asked to say "me too".

import { HOUR, SECOND } from "../mail.ts";
import { stormReplies } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import { BEDLAM_SUBJECTS } from "../subjects.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** Members of the list as most insiders tell it; one blog also says 25,000. */
const AUDIENCE = 13_000;
/** 15 to 15.5 million mails are 1,150 to 1,190 reply-alls; 620 if the list had 25,000. About 900 people who answer give that middle. */
const POOL = 850;
/** 195 GB for 15 million. */
const SIZE_BYTES = 13_000;
/** 15 million within an hour, as long as the servers stood. */
const DELIVERIES_PER_SECOND = 4300;
/** "About an hour"; mail was down for up to two days. */
const FALLS_OVER_AFTER = HOUR;
const FIRST_MAIL_HOURS = 16.4;

const deliveriesPerSecond = scaledRate(DELIVERIES_PER_SECOND);

export const BEDLAM_1997: Scenario = {
  startAt: Date.UTC(1997, 9, 14, 16) * 1000,
  lastsSeconds: (2.5 * HOUR) / SECOND,
  deliveriesPerSecond,
  expected: "One storm, opened within the first reply-alls; it ends when the servers fall over after an hour.",
  play,
};

function play(world: World): void {
  const list = addList(world, world.random("list"), "bedlam-dl3", AUDIENCE);
  playSteadyTraffic(world, 8);
  playTeams(world, 10);
  const pool = Math.min(POOL, Math.floor(list.members / 2));
  const firstAt = clockAt(world, FIRST_MAIL_HOURS);
  playStorm(world, {
    lists: [list],
    subject: "Why am I on this mailing list? Please remove me from it",
    firstAt,
    shutAt: firstAt + FALLS_OVER_AFTER,
    endedBy: "mail servers fell over",
    refusal: () => "452 4.3.1 Insufficient system storage",
    awayShare: 0.001,
    meanSizeBytes: SIZE_BYTES,
    firstSizeBytes: SIZE_BYTES,
    ownSubjects: BEDLAM_SUBJECTS,
    pool,
    replies: (random) =>
      stormReplies(random, {
        pool,
        answersToFirst: 8,
        branching: 4,
        medianDelaySeconds: 600,
        sigma: 1.2,
        againShare: 0.1,
        audience: list.members,
        startAt: firstAt,
        until: world.endAt,
        deliveriesPerSecond: deliveriesPerSecond(world.scale),
      }),
  });
}
