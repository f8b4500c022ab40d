// What every scenario has beside its storm: lists with their entry in the ground truth, mail between people, team lists that talk.

import { listSubjects, playDiscussion } from "../discussion.ts";
import { HOUR, MINUTE } from "../mail.ts";
import { createMailList, type MailList } from "../mail-list.ts";
import { playOrdinaryTraffic, RATE_MIN } from "../ordinary-traffic.ts";
import { DOMAIN } from "../people.ts";
import type { Random } from "../random.ts";
import type { World } from "../world.ts";

const AUDIENCE_MIN = 30;
const DELIVERIES_PER_SECOND_MIN = 20;

/** A list of the house, of `members` at full size. */
export function addList(world: World, random: Random, name: string, members: number): MailList {
  const scaled = Math.max(AUDIENCE_MIN, Math.round(members * world.scale));
  const list = createMailList(random, `${name}@${DOMAIN}`, scaled);
  world.truth.lists.push({ address: list.address, members: list.members });
  return list;
}

/** A pace of delivery that shrinks with the scale, but never to a standstill. */
export function scaledRate(deliveriesPerSecond: number): (scale: number) => number {
  return (scale) => Math.max(DELIVERIES_PER_SECOND_MIN, deliveriesPerSecond * scale);
}

/** Mail between people through the whole scenario: steady, so many a second at full size. */
export function playSteadyTraffic(world: World, mailsPerSecond: number): void {
  const rate = Math.max(RATE_MIN, mailsPerSecond * world.scale);
  playOrdinaryTraffic(world, rate, () => rate);
}

/** Team lists and their ordinary conversations, before, beside and after. */
export function playTeams(world: World, count: number): void {
  const random = world.random("teams");
  const lasts = world.endAt - world.startAt;
  for (let n = 1; n <= count; n += 1) {
    const list = createMailList(random, `team-${n}@${DOMAIN}`, Math.round(25 * 20 ** random.next()));
    world.truth.lists.push({ address: list.address, members: list.members });
    for (const subject of listSubjects(random, 1 + random.poisson(1))) {
      const startAt = world.startAt + MINUTE + random.int(lasts - MINUTE);
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

/** Microseconds of a clock time on the first day of the scenario or later: hours may be above 24. */
export function clockAt(world: World, hours: number): number {
  const dayStartsAt = Math.floor(world.startAt / (24 * HOUR)) * 24 * HOUR;
  return dayStartsAt + Math.round(hours * HOUR);
}
