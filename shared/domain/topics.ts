// A prefix -> the names of our topics on Kafka, and of what belongs to a stage that reads one: state, dead letters, group, writer.

/** The way of a line, and which stage takes it on: each kind is the input of one or two. */
export const TOPIC_KINDS = ["mail-logs", "mail-fragments", "mail-events", "thread-windows", "storm-alerts"] as const;
export type TopicKind = (typeof TOPIC_KINDS)[number];

export const STAGES = ["ingest", "assembler", "detector", "recorder", "alerter"] as const;
export type Stage = (typeof STAGES)[number];

interface StageTopics {
  readonly inputs: readonly TopicKind[];
  readonly outputs: readonly TopicKind[];
  /** Output, state and position move in one flush; else the stage keeps no more than a group offset. */
  readonly keepsState: boolean;
}

/** The recorder has no state: it begins a few minutes before its committed offset, and writing a point twice changes nothing. */
export const STAGE_TOPICS: Readonly<Record<Stage, StageTopics>> = {
  ingest: { inputs: ["mail-logs"], outputs: ["mail-fragments"], keepsState: true },
  assembler: { inputs: ["mail-fragments"], outputs: ["mail-events"], keepsState: true },
  detector: { inputs: ["mail-events"], outputs: ["thread-windows", "storm-alerts"], keepsState: true },
  recorder: { inputs: ["thread-windows", "storm-alerts"], outputs: [], keepsState: false },
  alerter: { inputs: ["storm-alerts"], outputs: [], keepsState: true },
};

export type TopicNames = Readonly<Record<TopicKind, string>>;

/** Kafka takes 249 characters; the longest name of ours behind a prefix or a raw topic has 31. */
export const TOPIC_CHARS_MAX = 200;

/** May it stand before, or be, the name of a topic: letters, digits, dots, dashes, underscores, but not dots alone? */
export function isTopicName(text: string): boolean {
  return /^[A-Za-z0-9._-]+$/u.test(text) && text.length <= TOPIC_CHARS_MAX && text !== "." && text !== "..";
}

/** `mailLogs`: a raw topic that bears another name, as a second site's does. */
export function topicNames(prefix: string, mailLogs?: string): TopicNames {
  return {
    "mail-logs": mailLogs ?? `${prefix}.mail-logs`,
    "mail-fragments": `${prefix}.mail-fragments`,
    "mail-events": `${prefix}.mail-events`,
    "thread-windows": `${prefix}.thread-windows`,
    "storm-alerts": `${prefix}.storm-alerts`,
  };
}

/** Where a stage keeps state and position of each partition of its input, in the partition of the same number. */
export function stateTopic(inputTopic: string, stage: Stage): string {
  return `${inputTopic}.${stage}-state`;
}

/** Where records of an input go that can never be used. */
export function deadLetterTopic(inputTopic: string): string {
  return `${inputTopic}.dead-letters`;
}

/** Processes of one stage share the partitions of one input among them. */
export function consumerGroup(inputTopic: string, stage: Stage): string {
  return `${inputTopic}.${stage}`;
}
