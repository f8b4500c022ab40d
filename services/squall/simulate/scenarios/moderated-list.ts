// A moderated list: answers wait for the moderator, who lets them all go at once. What was spread over most of an hour fans out in seconds.

import { HOUR, MINUTE, SECOND } from "../mail.ts";
import { stormReplies } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** Nothing is on record: a list of a size that many houses moderate. */
const AUDIENCE = 5000;
const POOL = 30;
const FIRST_MAIL_HOURS = 10;
/** The moderator looks after lunch. */
const RELEASED_AFTER = 50 * MINUTE;
const RELEASE_GAP = 2 * SECOND;

const deliveriesPerSecond = scaledRate(1000);

export const MODERATED_LIST: Scenario = {
  startAt: Date.UTC(2018, 5, 6, 9) * 1000,
  lastsSeconds: (3.5 * HOUR) / SECOND,
  deliveriesPerSecond,
  setUp: "list-manager",
  expected:
    "Silence while the answers are held; one storm within seconds of their release, because mail counts when it fans out. Later answers wait for nobody's release and reach nobody.",
  play,
};

function play(world: World): void {
  const list = addList(world, world.random("list"), "announcements", AUDIENCE);
  playSteadyTraffic(world, 3);
  playTeams(world, 6);
  const pool = Math.min(POOL, Math.floor(list.members / 2));
  const firstAt = clockAt(world, FIRST_MAIL_HOURS);
  const releasedAt = firstAt + RELEASED_AFTER;
  let released = 0;
  playStorm(world, {
    lists: [list],
    subject: "New expenses form",
    firstAt,
    shutAt: releasedAt,
    endedBy: "the moderator rejected what came later",
    refusal: (address) => `550 5.7.1 <${address}>: Recipient address rejected: not authorised to send to this list`,
    awayShare: 0.001,
    pool,
    slowOpening: true,
    heldUntil: () => releasedAt + RELEASE_GAP * released++,
    replies: (random) =>
      stormReplies(random, {
        pool,
        answersToFirst: 14,
        // Nobody sees the others' answers.
        branching: 0,
        medianDelaySeconds: 900,
        sigma: 1,
        againShare: 0,
        repliesMin: Math.min(8, pool),
        audience: list.members,
        startAt: firstAt,
        until: world.endAt,
        deliveriesPerSecond: deliveriesPerSecond(world.scale),
      }),
  });
}
