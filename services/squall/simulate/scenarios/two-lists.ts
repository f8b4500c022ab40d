// 3 January 2018, University College London again: all students, all staff, a small group and single addresses in one To. The big lists are
// blocked after two hours; the rest goes on for most of the day.

import { HOUR, SECOND, type Recipient } from "../mail.ts";
import { personAt } from "../people.ts";
import { waveReplies, type StormModel } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

/** No number is on record for that day. Students as in 2014 (29,000); staff and the small group are ours. */
const STUDENTS = 29_000;
const STAFF = 11_000;
const SMALL_GROUP_SHARE = 0.004;
const LOOSE_ADDRESSES = 6;
/** "Main lists blocked in about 2 hours." */
const BLOCKED_AFTER = 2 * HOUR;
/** Not on record either; the model for 25,000 people has 250. */
const POOL = 250;
/** "The rest ran most of the day." */
const TAIL_POOL = 60;

const deliveriesPerSecond = scaledRate(4000);

export const TWO_LISTS: Scenario = {
  startAt: Date.UTC(2018, 0, 3, 9) * 1000,
  lastsSeconds: (9 * HOUR) / SECOND,
  deliveriesPerSecond,
  expected:
    "One storm of both lists together, opened within the first reply-alls. After the block what goes on reaches only a few; it belongs to the same storm, or after two quiet hours to a second one.",
  play,
};

function play(world: World): void {
  const random = world.random("lists");
  const students = addList(world, random, "all-students", STUDENTS);
  const staff = addList(world, random, "all-staff", STAFF);
  const group = addList(world, random, "exam-board", STUDENTS * SMALL_GROUP_SHARE);
  const people = Array.from({ length: LOOSE_ADDRESSES }, (): Recipient => {
    const { address } = personAt(random.int(1_000_000));
    return { address, route: "store", fate: "sent", transferMicros: 80_000 };
  });
  playSteadyTraffic(world, 8);
  playTeams(world, 8);
  const lists = [students, staff, group];
  const audience = lists.reduce((sum, { members }) => sum + members, 0);
  const firstAt = clockAt(world, 9.6);
  const poolMax = Math.floor(Math.min(students.members, staff.members) / 2);
  const common = {
    sigma: 1.2,
    againShare: 0.1,
    audience,
    until: world.endAt,
    deliveriesPerSecond: deliveriesPerSecond(world.scale),
  };
  const storm: StormModel = {
    ...common,
    startAt: firstAt,
    pool: Math.min(POOL, poolMax),
    answersToFirst: 6,
    branching: 3.5,
    medianDelaySeconds: 900,
  };
  const tail: StormModel = {
    ...common,
    startAt: firstAt + BLOCKED_AFTER,
    openingGaps: [],
    pool: Math.min(TAIL_POOL, poolMax),
    answersToFirst: 20,
    branching: 0.9,
    medianDelaySeconds: 4000,
  };
  playStorm(world, {
    lists,
    people,
    neverShut: [group],
    subject: "Exam timetable",
    firstAt,
    shutAt: firstAt + BLOCKED_AFTER,
    endedBy: "main lists blocked; small group and single addresses went on",
    awayShare: 0.0005,
    pool: storm.pool + tail.pool,
    // After two quiet hours what goes on can be a storm of its own.
    stormsMost: 2,
    replies: (chance) => waveReplies(chance, [storm, tail]),
  });
}
