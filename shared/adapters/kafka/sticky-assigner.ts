// kafkajs' way of asking who gets which partition -> our sticky one. What a member holds travels in its user data.

import { AssignerProtocol, type PartitionAssigner } from "kafkajs";
import type { TopicPartition } from "../../runtime/topic-log.ts";
import { assignSticky, type GroupMemberClaim } from "./sticky-assignment.ts";

/** Members of one group must all know it. */
const NAME = "squall-sticky-1";
const VERSION = 1;

export interface Holding {
  readonly owned: readonly TopicPartition[];
  /** ms since the epoch. */
  readonly sinceMs: number;
}

/** `holding`: asked at each join. */
export function stickyAssigner(holding: () => Holding): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    async assign({ members, topics }) {
      const claims = members.map(({ memberId, memberMetadata }) => claimOf(memberId, memberMetadata));
      const partitions = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId: partition }) => ({ topic, partition }))
          .toSorted((a, b) => a.partition - b.partition),
      );
      return [...assignSticky(claims, partitions)].map(([memberId, share]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment: byTopic(share),
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol({ topics }) {
      const { owned, sinceMs } = holding();
      const userData = Buffer.from(JSON.stringify({ v: 1, sinceMs, owned: byTopic(owned) }));
      return {
        name: NAME,
        metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData }),
      };
    },
  });
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (assignment[topic] ??= []).push(partition);
  return assignment;
}

/** A member whose user data cannot be read claims nothing: it is given a share like a new one. */
function claimOf(member: string, metadata: Buffer): GroupMemberClaim {
  const nothing = { member, owned: [], sinceMs: 0 };
  try {
    const userData = AssignerProtocol.MemberMetadata.decode(metadata)?.userData.toString("utf8") ?? "";
    const read: unknown = JSON.parse(userData);
    if (typeof read !== "object" || read === null || !("owned" in read) || !("sinceMs" in read)) return nothing;
    const { owned, sinceMs } = read;
    if (typeof owned !== "object" || owned === null || typeof sinceMs !== "number") return nothing;
    const partitions = Object.entries(owned).flatMap(([topic, numbers]) =>
      (Array.isArray(numbers) ? numbers : [])
        .filter((partition) => typeof partition === "number")
        .map((partition) => ({ topic, partition })),
    );
    return { member, owned: partitions, sinceMs };
  } catch {
    return nothing;
  }
}
