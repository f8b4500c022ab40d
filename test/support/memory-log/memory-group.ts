// A consumer group of the log in memory: it shares out the partitions anew whenever a member comes or goes.

import { assignSticky } from "../../../shared/adapters/kafka/sticky-assignment.ts";
import type { TopicPartition } from "../../../shared/runtime/topic-log.ts";

export interface MemoryGroupMember {
  readonly owned: readonly TopicPartition[];
  /** These are its own from now on, as far as they were. */
  lose(share: readonly TopicPartition[]): void;
  gain(share: readonly TopicPartition[]): void;
}

export class MemoryGroup {
  readonly committed = new Map<string, number>();
  private readonly all: readonly TopicPartition[];
  private members: MemoryGroupMember[] = [];
  private joins = 0;

  constructor(all: readonly TopicPartition[]) {
    this.all = all;
  }

  enter(member: MemoryGroupMember): void {
    this.members.push(member);
    this.rebalance();
  }

  leave(member: MemoryGroupMember): void {
    if (!this.members.includes(member)) return;
    this.members = this.members.filter((other) => other !== member);
    this.rebalance();
  }

  private rebalance(): void {
    this.joins += 1;
    const claims = this.members.map((member, index) => ({
      member: String(index),
      owned: member.owned,
      sinceMs: this.joins,
    }));
    const shares = assignSticky(claims, this.all);
    // Who loses one hears of it before who gets it.
    const given = this.members.map((member, index) => ({ member, share: shares.get(String(index)) ?? [] }));
    for (const { member, share } of given) member.lose(share);
    for (const { member, share } of given) member.gain(share);
  }
}
