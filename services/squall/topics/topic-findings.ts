// A planned topic and the one on the brokers -> what differs, one finding each, and how to mend it.

import type { PlannedTopic } from "../../../shared/domain/topic-plan.ts";
import { counted } from "../../../shared/domain/storm-alert-words.ts";
import type { TopicState } from "../../../shared/runtime/topic-admin.ts";
import type { Finding } from "../doctor/finding.ts";
import type { ToolContext } from "./kafka-tools.ts";
import { addPartitions, alterSettings } from "./kafka-tools.ts";
import { settingFault } from "./setting-words.ts";

export interface TopicFindingsContext extends ToolContext {
  /** Partitions of the topic that it belongs to, where that is there. */
  readonly inputPartitions: number | undefined;
  /** That settings may not be looked at is a fault: nobody knows then whether they do. */
  readonly mustSeeSettings: boolean;
}

/** The first says that all is as planned, where it is. */
export function topicFindings(planned: PlannedTopic, found: TopicState, context: TopicFindingsContext): Finding[] {
  const findings = [...shapeFindings(planned, found, context), ...settingFindings(planned, found, context)];
  if (findings.length > 0) return findings;
  return [{ level: "ok", subject: subjectOf(planned), text: `${shapeOf(found)}, settings as planned` }];
}

export function missingTopic(planned: PlannedTopic, partitions: number): Finding {
  const shape = `${counted(partitions, "partition")} and ${copiesOf(planned.replication)}`;
  return {
    level: "fail",
    subject: subjectOf(planned),
    text: `is not there: squall topics --create makes it, with ${shape}`,
  };
}

/** As many as the topic it belongs to really has. */
export function partitionsToMake({ partitions }: PlannedTopic, inputPartitions: number | undefined): number {
  return inputPartitions ?? partitions;
}

export function subjectOf({ topic }: PlannedTopic): string {
  return `topic ${topic}`;
}

export function shapeOf({ partitions, replication }: Pick<TopicState, "partitions" | "replication">): string {
  return `${counted(partitions, "partition")}, ${copiesOf(replication)}`;
}

function copiesOf(replication: number): string {
  return replication === 1 ? "1 copy" : `${replication} copies`;
}

function shapeFindings(planned: PlannedTopic, found: TopicState, context: TopicFindingsContext): Finding[] {
  const subject = subjectOf(planned);
  const findings: Finding[] = [...partitionFindings(planned, found.partitions, context)];
  if (found.replication < planned.replication) {
    const text = `${copiesOf(found.replication)} of each partition, ${planned.replication} are planned: a broker that is lost takes more with it than it may`;
    const mend = [
      "kafka-reassign-partitions.sh gives each partition further brokers;",
      `or, if that is how it is meant: kafka.replication: ${found.replication}`,
    ];
    findings.push({ level: "fail", subject, text, mend });
  }
  return findings;
}

function partitionFindings(planned: PlannedTopic, has: number, context: TopicFindingsContext): Finding[] {
  const { topic, holds, input, partitions } = planned;
  const subject = subjectOf(planned);
  if (input === undefined) {
    if (has === partitions) return [];
    if (holds === "storm-alerts") {
      const text = `${has} partitions, must be 1: storms, what was told of them and who is silenced live in one place`;
      return [{ level: "fail", subject, text, mend: [madeAnew(topic)] }];
    }
    const text = `${counted(has, "partition")}, ${partitions} in the configuration: a topic keeps the count it has`;
    return [{ level: "warn", subject, text, mend: [`kafka.partitions.${camelCased(holds)}: ${has}`] }];
  }
  const must = context.inputPartitions;
  if (must === undefined || has === must) return [];
  const why = `${counted(has, "partition")}, ${input} has ${must}`;
  if (holds === "state") {
    const mend = [
      `Stop the services of ${input}. Where nothing was processed yet, delete ${topic} and run squall topics --create.`,
      "Where something was, what is known would be lost: make all topics anew under another topicPrefix.",
    ];
    return [{ level: "fail", subject, text: `${why}: they must have as many`, mend }];
  }
  if (has > must) return [];
  const text = `${why}: dead letters of the others could not be written`;
  return [{ level: "fail", subject, text, mend: [addPartitions(topic, must, context)] }];
}

function madeAnew(topic: string): string {
  return `Stop the services, delete ${topic} and what begins with its name, and run squall topics --create.`;
}

function settingFindings(planned: PlannedTopic, found: TopicState, context: TopicFindingsContext): Finding[] {
  const { topic, settings } = planned;
  const subject = subjectOf(planned);
  const { settings: has, replication } = found;
  if (has === undefined) {
    const text = "its settings may not be looked at: that takes the right DescribeConfigs";
    const level = context.mustSeeSettings ? "fail" : "warn";
    return [{ level, subject, text, mend: ["Run squall topics with the login of an administrator."] }];
  }
  const differing = settings.flatMap((setting) => {
    const fault = settingFault(setting, has.get(setting.name) ?? "", replication);
    return fault === undefined ? [] : [{ setting, fault }];
  });
  // One command mends all of them.
  const mend = [
    alterSettings(
      topic,
      differing.map(({ setting }) => setting),
      context,
    ),
  ];
  return differing.map(({ fault: { isNeeded, text } }, at) => ({
    level: isNeeded ? "fail" : "warn",
    subject,
    text,
    ...(at === differing.length - 1 ? { mend } : {}),
  }));
}

function camelCased(kind: string): string {
  return kind.replace(/-[a-z]/gu, (found) => found.slice(1).toUpperCase());
}
