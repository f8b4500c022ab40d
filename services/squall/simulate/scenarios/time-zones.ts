// 2015, United States Army and DISA: a list of people all over the world, and a new wave of answers in every zone that wakes up.

import { HOUR, SECOND } from "../mail.ts";
import { waveReplies } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** 10,000 and more in August, 85,000 in December; "hundreds" of answers over days. */
const AUDIENCE = 85_000;
/** Who answers in a zone, and when its day begins (UTC): Korea and Japan, Germany, the American east coast. */
const WAVES: readonly { readonly hours: number; readonly pool: number }[] = [
  { hours: 23.5, pool: 70 },
  { hours: 24 + 6.75, pool: 110 },
  { hours: 24 + 13, pool: 140 },
];

const deliveriesPerSecond = scaledRate(20_000);

export const TIME_ZONES: Scenario = {
  startAt: Date.UTC(2015, 11, 8, 23) * 1000,
  lastsSeconds: (20 * HOUR) / SECOND,
  deliveriesPerSecond,
  expected:
    "Three waves, about six hours apart. A storm ends after half an hour without a new replier and is continued for two hours after that, so each wave is a storm of its own; fewer if answers trickle in between.",
  play,
};

function play(world: World): void {
  const list = addList(world, world.random("list"), "worldwide", AUDIENCE);
  playSteadyTraffic(world, 10);
  playTeams(world, 6);
  const firstAt = clockAt(world, WAVES[0]?.hours ?? 0);
  const poolMax = Math.floor(list.members / 2 / WAVES.length);
  const waves = WAVES.map(({ hours, pool }, n) => ({
    startAt: clockAt(world, hours),
    pool: Math.min(pool, poolMax),
    // Those who come to work find a full mailbox and answer at once.
    answersToFirst: n === 0 ? 6 : 10,
    branching: 3,
    medianDelaySeconds: 480,
    sigma: 1,
    againShare: 0.05,
    audience: list.members,
    until: world.endAt,
    deliveriesPerSecond: deliveriesPerSecond(world.scale),
  }));
  playStorm(world, {
    lists: [list],
    subject: "Test of the new distribution list",
    firstAt,
    shutAt: world.endAt,
    endedBy: "faded",
    awayShare: 0.0003,
    pool: waves.reduce((sum, { pool }) => sum + pool, 0),
    stormsMost: WAVES.length,
    replies: (random) => waveReplies(random, waves),
  });
}
