// list seed -> address and members. Member i is computed from i, so a list of a million costs nothing.

import { addressAt, DIRECTORY_SIZE, personAt, type Person } from "./people.ts";
import type { Random } from "./random.ts";

export interface MailList {
  readonly address: string;
  readonly members: number;
  /** Person number of member 0, and the step from one member's number to the next (modulo the directory). */
  readonly firstPerson: number;
  readonly personStep: number;
  /** How mail to it reaches the members: an alias of the mail server, or a list manager that sends it again. */
  readonly managed: boolean;
}

/** A list of `members` different people; throws RangeError when the directory has fewer. */
export function createMailList(random: Random, address: string, members: number, managed = false): MailList {
  if (members > DIRECTORY_SIZE) throw new RangeError(`a list has at most ${DIRECTORY_SIZE} members`);
  let personStep = 1 + random.int(DIRECTORY_SIZE - 1);
  while (greatestCommonDivisor(personStep, DIRECTORY_SIZE) !== 1) personStep += 1;
  return { address, members, firstPerson: random.int(DIRECTORY_SIZE), personStep, managed };
}

export function memberNumber(list: MailList, member: number): number {
  return (list.firstPerson + member * list.personStep) % DIRECTORY_SIZE;
}

export function memberAt(list: MailList, member: number): Person {
  return personAt(memberNumber(list, member));
}

export function memberAddress(list: MailList, member: number): string {
  return addressAt(memberNumber(list, member));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
