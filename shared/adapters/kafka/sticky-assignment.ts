// Members of a group and what they hold -> who gets which partition: evenly, and with as few moves as that allows.
//
// A partition that moves is a state that is read back, so what a member holds it keeps, as far as its share goes.

import type { TopicPartition } from "../../runtime/topic-log.ts";

export interface GroupMemberClaim {
  readonly member: string;
  readonly owned: readonly TopicPartition[];
  /** When it got them, ms since the epoch: of two that claim one partition the later is believed. */
  readonly sinceMs: number;
}

/** The partitions of each member, in the order of `partitions`. The same for the same set of claims. */
export function assignSticky(
  claims: readonly GroupMemberClaim[],
  partitions: readonly TopicPartition[],
): Map<string, TopicPartition[]> {
  const members = claims.toSorted((a, b) => compare(a.member, b.member));
  const owners = ownersOf(members);
  const shares = new Map(members.map(({ member }) => [member, [] as TopicPartition[]]));
  if (members.length === 0) return shares;
  const least = Math.floor(partitions.length / members.length);
  let larger = partitions.length % members.length;
  const homeless: TopicPartition[] = [];
  for (const at of partitions) {
    const share = shares.get(owners.get(nameOf(at)) ?? "");
    if (share === undefined) homeless.push(at);
    else if (share.length < least) share.push(at);
    else if (share.length === least && larger > 0) {
      larger -= 1;
      share.push(at);
    } else homeless.push(at);
  }
  for (const share of shares.values()) {
    while (share.length < least) share.push(...homeless.splice(0, 1));
  }
  for (const share of shares.values()) {
    if (homeless.length > 0 && share.length === least) share.push(...homeless.splice(0, 1));
  }
  for (const share of shares.values()) share.sort((a, b) => partitions.indexOf(a) - partitions.indexOf(b));
  return shares;
}

function ownersOf(members: readonly GroupMemberClaim[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { member, owned } of members.toSorted((a, b) => b.sinceMs - a.sinceMs)) {
    for (const at of owned) if (!owners.has(nameOf(at))) owners.set(nameOf(at), member);
  }
  return owners;
}

/** One text for topic and partition. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
