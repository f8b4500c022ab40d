// 14 November 2016: one test mail to a list of 840,000 on a busy hospital mail system, and what came of it.

import { listSubjects, playDiscussion } from "../discussion.ts";
import { HOUR, MINUTE, SECOND } from "../mail.ts";
import { createMailList } from "../mail-list.ts";
import { playOrdinaryTraffic, RATE_MIN } from "../ordinary-traffic.ts";
import { DOMAIN } from "../people.ts";
import { playStorm } from "../storm.ts";
import { TEST_SUBJECTS } from "../subjects.ts";
import type { World } from "../world.ts";

export const NHS_STARTS_AT = Date.UTC(2016, 10, 14, 8) * 1000;
export const NHS_LASTS = 3 * HOUR;

const AUDIENCE = 840_000;
const AUDIENCE_MIN = 30;
const FIRST_MAIL_AFTER = 29 * MINUTE;
const SHUT_AFTER = 105 * MINUTE;
/** 500 million in 75 minutes. */
const DELIVERIES_PER_SECOND = 110_000;
const DELIVERIES_PER_SECOND_MIN = 20;
const ORDINARY_PER_SECOND = 50;
/** The model's 700 would give about 750 reply-alls by 09:45; 380 people give about 410, between the official 80 and the derived 590. */
const POOL = 380;
const AWAY_SHARE = 0.0004;
const TEAM_LISTS = 20;

export function nhsDeliveriesPerSecond(scale: number): number {
  return Math.max(DELIVERIES_PER_SECOND_MIN, DELIVERIES_PER_SECOND * scale);
}

export function playNhs2016(world: World): void {
  const { scale, startAt } = world;
  const audience = Math.max(AUDIENCE_MIN, Math.round(AUDIENCE * scale));
  const random = world.random("list");
  const list = createMailList(random, `northmere-it-users@${DOMAIN}`, audience);
  world.truth.lists.push({ address: list.address, members: audience });
  const rate = Math.max(RATE_MIN, ORDINARY_PER_SECOND * scale);
  // Monday morning: traffic still climbs until half past nine.
  const climb = (at: number): number => rate * Math.min(1, 0.8 + (0.2 * (at - startAt)) / (1.5 * HOUR));
  playOrdinaryTraffic(world, rate, climb);
  playTeams(world);
  playStorm(world, {
    list,
    subject: random.pick(TEST_SUBJECTS),
    firstAt: startAt + FIRST_MAIL_AFTER + random.int(10 * SECOND),
    shutAt: startAt + SHUT_AFTER,
    endedBy: "list disabled by the supplier",
    awayShare: AWAY_SHARE,
    model: {
      pool: Math.min(POOL, Math.floor(audience / 2)),
      answersToFirst: 8,
      branching: 4,
      medianDelaySeconds: 600,
      sigma: 1.2,
      againShare: 0.08,
      deliveriesPerSecond: nhsDeliveriesPerSecond(scale),
    },
  });
}

/** Team lists and their ordinary conversations, before, beside and after. */
function playTeams(world: World): void {
  const random = world.random("teams");
  for (let n = 1; n <= TEAM_LISTS; n += 1) {
    const list = createMailList(random, `team-${n}@${DOMAIN}`, Math.round(25 * 20 ** random.next()));
    world.truth.lists.push({ address: list.address, members: list.members });
    for (const subject of listSubjects(random, 1 + random.poisson(1))) {
      const startAt = world.startAt + MINUTE + random.int(NHS_LASTS - MINUTE);
      const talk = {
        list,
        subject,
        startAt,
        answersToFirst: 3,
        branching: 0.7,
        repliesMax: 15,
        participants: 8,
        awayShare: 0.002,
      };
      playDiscussion(world, random, { ...talk, livelier: random.chance(0.3) ? 10 : 2 });
    }
  }
}
