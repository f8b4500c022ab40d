// The plan and the brokers -> findings on every topic, told one by one; what is missing is made where that is asked for.

import { isLoginRefused } from "../../../shared/adapters/kafka/kafka-error.ts";
import type { PlannedTopic } from "../../../shared/domain/topic-plan.ts";
import type { TopicAdmin, TopicState } from "../../../shared/runtime/topic-admin.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import type { Finding } from "../doctor/finding.ts";
import type { ToolContext } from "./kafka-tools.ts";
import { allow } from "./kafka-tools.ts";
import { missingTopic, partitionsToMake, shapeOf, subjectOf, topicFindings } from "./topic-findings.ts";

export interface TopicCheckOptions {
  readonly plan: readonly PlannedTopic[];
  readonly admin: TopicAdmin;
  /** Missing topics are made. */
  readonly create: boolean;
  readonly mustSeeSettings: boolean;
  readonly tools: ToolContext;
  /** Who asks, as the brokers know him. */
  readonly user: string | undefined;
}

export interface CheckedTopic {
  readonly planned: PlannedTopic;
  /** Undefined: it is missing, or may not be looked at. */
  readonly found: TopicState | undefined;
  readonly isUnseen: boolean;
  readonly findings: readonly Finding[];
}

/** Rejects with LogError when the brokers cannot be asked. `plan`: an input before what belongs to it. */
export async function* checkTopics(options: TopicCheckOptions): AsyncGenerator<CheckedTopic> {
  const inputs = new Map<string, CheckedTopic>();
  for (const planned of options.plan) {
    const checked = await checkTopic(planned, inputs.get(planned.input ?? ""), options);
    inputs.set(planned.topic, checked);
    yield checked;
  }
}

/** `input`: what it belongs to. */
async function checkTopic(
  planned: PlannedTopic,
  input: CheckedTopic | undefined,
  options: TopicCheckOptions,
): Promise<CheckedTopic> {
  const { admin, create, tools, mustSeeSettings } = options;
  const inputPartitions = input?.found?.partitions;
  let found: TopicState | undefined;
  try {
    found = await admin.describe(
      planned.topic,
      planned.settings.map(({ name }) => name),
    );
  } catch (error) {
    rethrowUnlessRefused(error);
    return { planned, found, isUnseen: true, findings: [unseen(planned, options)] };
  }
  if (found !== undefined) {
    const findings = topicFindings(planned, found, { ...tools, inputPartitions, mustSeeSettings });
    return { planned, found, isUnseen: false, findings };
  }
  if (input?.isUnseen === true) {
    const text = `is not there; how many partitions it needs depends on ${planned.input}, which may not be looked at`;
    return notThere(planned, [{ level: "fail", subject: subjectOf(planned), text }]);
  }
  const partitions = partitionsToMake(planned, inputPartitions);
  if (!create) return notThere(planned, [missingTopic(planned, partitions)]);
  return madeTopic({ ...planned, partitions }, options);
}

function notThere(planned: PlannedTopic, findings: readonly Finding[]): CheckedTopic {
  return { planned, found: undefined, isUnseen: false, findings };
}

async function madeTopic(planned: PlannedTopic, { admin }: TopicCheckOptions): Promise<CheckedTopic> {
  const { topic, partitions, replication, settings } = planned;
  const subject = subjectOf(planned);
  try {
    const isNew = await admin.create({ topic, partitions, replication, settings });
    const text = isNew ? `made: ${shapeOf(planned)}` : "was made by somebody else meanwhile: run squall topics again";
    const findings: Finding[] = [{ level: isNew ? "ok" : "warn", subject, text }];
    if (!isNew) return notThere(planned, findings);
    return { planned, found: { partitions, replication, settings: undefined }, isUnseen: false, findings };
  } catch (error) {
    const { message } = rethrowUnlessRefused(error);
    const mend = /replication/iu.test(message)
      ? "Fewer brokers than copies? With one broker: SQUALL_KAFKA_REPLICATION=1"
      : "Making a topic takes the right Create on it, or on the cluster.";
    return notThere(planned, [{ level: "fail", subject, text: `not made: ${message}`, mend: [mend] }]);
  }
}

function unseen(planned: PlannedTopic, { tools, user }: TopicCheckOptions): Finding {
  const text = `is not there, or ${user ?? "squall"} may not see it`;
  const operations = ["Describe", "DescribeConfigs"] as const;
  return {
    level: "fail",
    subject: subjectOf(planned),
    text,
    mend: [allow({ on: "topic", prefix: planned.topic, operations }, user, tools)],
  };
}

/** What the brokers refuse is of one topic; anything else is of all. */
function rethrowUnlessRefused(error: unknown): LogError {
  if (error instanceof LogError && error.fault === "refused" && !isLoginRefused(error)) return error;
  throw error;
}
