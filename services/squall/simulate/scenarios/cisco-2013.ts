// 18 September 2013, Cisco: a training announcement to "sep_training1", 23,570 people, mails heavy with pictures.

import { HOUR, MINUTE, SECOND } from "../mail.ts";
import { stormReplies } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** The Register had 23,570 from an insider; a second report says 23,565. */
const AUDIENCE = 23_570;
/** 4 million mails are 170 reply-alls. */
const POOL = 165;
/** 375 GB for 4 million. */
const SIZE_BYTES = 94_000;
/** What 4 million in about an hour ask for; not on record. */
const DELIVERIES_PER_SECOND = 3000;
/** When the list was pulled is not on record; an hour fits its 170 reply-alls. */
const PULLED_AFTER = HOUR;
/** A peak of 5 mails a second is on record: so many are written within a minute or two of one another. */
const MEDIAN_DELAY_SECONDS = 150;
const BRANCHING = 8;

const deliveriesPerSecond = scaledRate(DELIVERIES_PER_SECOND);

export const CISCO_2013: Scenario = {
  startAt: Date.UTC(2013, 8, 18, 15) * 1000,
  lastsSeconds: (2.5 * HOUR) / SECOND,
  deliveriesPerSecond,
  expected: "One storm, opened within the first reply-alls. Most of them are there within ten minutes.",
  play,
};

function play(world: World): void {
  const list = addList(world, world.random("list"), "sep-training1", AUDIENCE);
  playSteadyTraffic(world, 12);
  playTeams(world, 10);
  const pool = Math.min(POOL, Math.floor(list.members / 2));
  const firstAt = clockAt(world, 15.5) + world.random("first").int(MINUTE);
  playStorm(world, {
    lists: [list],
    subject: "September training: please register",
    firstAt,
    shutAt: firstAt + PULLED_AFTER,
    endedBy: "list pulled by IT",
    awayShare: 0.001,
    meanSizeBytes: SIZE_BYTES,
    firstSizeBytes: SIZE_BYTES,
    pool,
    replies: (random) =>
      stormReplies(random, {
        pool,
        answersToFirst: 6,
        branching: BRANCHING,
        medianDelaySeconds: MEDIAN_DELAY_SECONDS,
        sigma: 1,
        againShare: 0.05,
        audience: list.members,
        startAt: firstAt,
        until: world.endAt,
        // The pictures make the stores slow, but people write to a list that still answers quickly.
        deliveriesPerSecond: deliveriesPerSecond(world.scale) * 20,
      }),
  });
}
