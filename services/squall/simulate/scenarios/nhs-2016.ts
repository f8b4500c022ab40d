// 14 November 2016: one test mail to a list of 840,000 on a busy hospital mail system, and what came of it.

import { HOUR, MINUTE, SECOND } from "../mail.ts";
import { playOrdinaryTraffic, RATE_MIN } from "../ordinary-traffic.ts";
import { stormReplies } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import { TEST_SUBJECTS } from "../subjects.ts";
import type { World } from "../world.ts";
import { addList, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

const AUDIENCE = 840_000;
const FIRST_MAIL_AFTER = 29 * MINUTE;
const SHUT_AFTER = 105 * MINUTE;
/** 500 million in 75 minutes. */
const DELIVERIES_PER_SECOND = 110_000;
const ORDINARY_PER_SECOND = 50;
/** The model's 700 would give about 750 reply-alls by 09:45; 380 people give about 410, between the official 80 and the derived 590. */
const POOL = 380;
const AWAY_SHARE = 0.0004;
const TEAM_LISTS = 20;

const deliveriesPerSecond = scaledRate(DELIVERIES_PER_SECOND);

export const NHS_2016: Scenario = {
  startAt: Date.UTC(2016, 10, 14, 8) * 1000,
  lastsSeconds: (3 * HOUR) / SECOND,
  deliveriesPerSecond,
  expected:
    "One storm, opened at its 3rd reply-all at the latest (08:30 to 08:34). Scaled down, the price gate lets it open later.",
  play,
};

function play(world: World): void {
  const { scale, startAt } = world;
  const random = world.random("list");
  const list = addList(world, random, "northmere-it-users", AUDIENCE);
  const rate = Math.max(RATE_MIN, ORDINARY_PER_SECOND * scale);
  // Monday morning: traffic still climbs until half past nine.
  const climb = (at: number): number => rate * Math.min(1, 0.8 + (0.2 * (at - startAt)) / (1.5 * HOUR));
  playOrdinaryTraffic(world, rate, climb);
  playTeams(world, TEAM_LISTS);
  const subject = random.pick(TEST_SUBJECTS);
  const firstAt = startAt + FIRST_MAIL_AFTER + random.int(10 * SECOND);
  const pool = Math.min(POOL, Math.floor(list.members / 2));
  playStorm(world, {
    lists: [list],
    subject,
    firstAt,
    shutAt: startAt + SHUT_AFTER,
    endedBy: "list disabled by the supplier",
    awayShare: AWAY_SHARE,
    pool,
    replies: (chance) =>
      stormReplies(chance, {
        pool,
        answersToFirst: 8,
        branching: 4,
        medianDelaySeconds: 600,
        sigma: 1.2,
        againShare: 0.08,
        audience: list.members,
        startAt: firstAt,
        until: world.endAt,
        deliveriesPerSecond: deliveriesPerSecond(scale),
      }),
  });
}
