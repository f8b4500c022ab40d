// How many partitions and which settings our topics are to have -> one entry a topic. What is on the broker is compared with it.

import type { Stage, TopicKind } from "./topics.ts";
import { deadLetterTopic, STAGE_TOPICS, STAGES, stateTopic, TOPIC_KINDS, topicNames } from "./topics.ts";

export interface TopicSetting {
  /** As Kafka calls it. */
  readonly name: string;
  readonly value: string;
  /** With another value a promise does not hold. The others are sound and may differ: how long, how much. */
  readonly isNeeded: boolean;
}

export interface PlannedTopic {
  readonly topic: string;
  /** What is in it; "state" and "dead-letters" belong to an input topic. */
  readonly holds: TopicKind | "state" | "dead-letters";
  /** The topic that state and dead letters belong to; undefined for the others. */
  readonly input: string | undefined;
  /** A state topic must have as many as its input. */
  readonly partitions: number;
  readonly replication: number;
  readonly settings: readonly TopicSetting[];
}

export type PartitionCounts = Readonly<Record<TopicKind, number>>;

/**
 * Storms have one partition: there are few, and their order, what was told of them and who is silenced live in one place then.
 * The others have as many as a stage may ever have processes; a count is fixed when a topic is made.
 */
export const defaultPartitions: PartitionCounts = {
  "mail-logs": 6,
  "mail-fragments": 6,
  "mail-events": 6,
  "thread-windows": 6,
  "storm-alerts": 1,
};

/** How long what was read is kept, ms. */
export type Retentions = Readonly<Record<TopicKind | "dead-letters", number>>;

const DAY_MS = 86_400_000;

/**
 * Lines hold addresses in clear: a day is what an outage of squall may take. Events and windows last over a long weekend, so
 * that a recorder can be set back; storms, of which there are few, a month; dead letters until somebody has come to look.
 */
export const defaultRetentions: Retentions = {
  "mail-logs": DAY_MS,
  "mail-fragments": DAY_MS,
  "mail-events": 7 * DAY_MS,
  "thread-windows": 7 * DAY_MS,
  "storm-alerts": 30 * DAY_MS,
  "dead-letters": 14 * DAY_MS,
};

const MIB = 1_048_576;
const GIB = 1024 * MIB;

/** A bound of the disk, a partition: what goes over it goes first, read or not. 6 partitions of lines take a day of 20,000 a second. */
const RETENTION_BYTES: Readonly<Record<TopicKind | "dead-letters", number>> = {
  "mail-logs": 64 * GIB,
  "mail-fragments": 32 * GIB,
  "mail-events": 32 * GIB,
  "thread-windows": 8 * GIB,
  "storm-alerts": GIB,
  "dead-letters": GIB,
};

/** Kafka's own limit: what shippers keep to unless told otherwise. */
const LINES_BYTES_MAX = 1_048_588;
/** All that one flush says to a partition is one batch of records; after an outage it is larger than usual. */
const BATCH_BYTES_MAX = 4 * MIB;
const HOUR = "3600000";

export interface TopicPlanOptions {
  readonly prefix: string;
  /** Name of the raw topic where it is not `<prefix>.mail-logs`. */
  readonly mailLogs?: string;
  readonly replication: number;
  readonly partitions?: PartitionCounts;
  readonly retentions?: Retentions;
}

/** Every topic that squall reads or writes: inputs, a state topic for each stage that keeps state, dead letters of each input. */
export function topicPlan(options: TopicPlanOptions): PlannedTopic[] {
  const { prefix, mailLogs, replication, partitions = defaultPartitions, retentions = defaultRetentions } = options;
  const names = topicNames(prefix, mailLogs);
  const planned = (
    topic: string,
    kind: TopicKind,
    own: Pick<PlannedTopic, "holds" | "input" | "settings">,
  ): PlannedTopic => ({
    topic,
    partitions: partitions[kind],
    replication,
    ...own,
    settings: [...own.settings, ...everywhere(replication)],
  });
  return TOPIC_KINDS.flatMap((kind) => [
    planned(names[kind], kind, { holds: kind, input: undefined, settings: keptForATime(kind, retentions[kind]) }),
    ...stagesWithState(kind).map((stage) =>
      planned(stateTopic(names[kind], stage), kind, { holds: "state", input: names[kind], settings: kept() }),
    ),
    planned(deadLetterTopic(names[kind]), kind, {
      // As many partitions as the input has: a flush of one partition waits for no other.
      holds: "dead-letters",
      input: names[kind],
      settings: keptForATime("dead-letters", retentions["dead-letters"]),
    }),
  ]);
}

function stagesWithState(kind: TopicKind): Stage[] {
  return STAGES.filter((stage) => STAGE_TOPICS[stage].keepsState && STAGE_TOPICS[stage].inputs.includes(kind));
}

function keptForATime(holds: TopicKind | "dead-letters", retentionMs: number): TopicSetting[] {
  return [
    // Compacted, lines without a key would be refused, and records with the same key lost.
    needed("cleanup.policy", "delete"),
    advised("retention.ms", retentionMs),
    advised("retention.bytes", RETENTION_BYTES[holds]),
    // Whole segments are deleted: small and young ones, so that what is kept goes little beyond the time above.
    advised("segment.bytes", 256 * MIB),
    advised("segment.ms", HOUR),
    needed("max.message.bytes", holds === "mail-logs" ? LINES_BYTES_MAX : BATCH_BYTES_MAX),
  ];
}

/** Of a state topic: the last entry of each key, for ever. */
function kept(): TopicSetting[] {
  return [
    // Deleted by age, a quiet list would be forgotten, and with the position the place where reading goes on.
    needed("cleanup.policy", "compact"),
    // The newest segment is never compacted, and a takeover reads all of it: 32 MiB are read in a second or two.
    advised("segment.bytes", 32 * MIB),
    // A partition that says little gets a new segment too, so that what it has overwritten can go.
    advised("segment.ms", HOUR),
    // Compacted once a fifth is stale: a takeover reads little more than what counts, for some more work of the broker.
    advised("min.cleanable.dirty.ratio", "0.2"),
    // What was forgotten is off the disk within hours, though it be less than a fifth.
    advised("max.compaction.lag.ms", 6 * Number(HOUR)),
    // Whoever reads the state back must not miss that an entry was deleted: reading takes seconds to minutes.
    advised("delete.retention.ms", HOUR),
    needed("max.message.bytes", BATCH_BYTES_MAX),
  ];
}

function everywhere(replication: number): TopicSetting[] {
  return [
    // Arrival is when the broker took a record: the clocks of shippers are not trusted with it.
    needed("message.timestamp.type", "LogAppendTime"),
    // As the writer packed it: the broker unpacks and packs nothing.
    advised("compression.type", "producer"),
    // With three replicas one may be lost and nothing stops; what was acknowledged stands on two. Two that both must be there
    // would make every restart of a broker an outage.
    needed("min.insync.replicas", replication >= 3 ? 2 : 1),
    // A broker that has not heard the last of it must not lead: positions would point behind the end.
    needed("unclean.leader.election.enable", "false"),
  ];
}

function needed(name: string, value: string | number): TopicSetting {
  return { name, value: String(value), isNeeded: true };
}

function advised(name: string, value: string | number): TopicSetting {
  return { name, value: String(value), isNeeded: false };
}
