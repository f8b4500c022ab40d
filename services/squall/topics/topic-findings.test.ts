import { describe, expect, test } from "vitest";
import type { PlannedTopic } from "../../../shared/domain/topic-plan.ts";
import { topicPlan } from "../../../shared/domain/topic-plan.ts";
import type { TopicState } from "../../../shared/runtime/topic-admin.ts";
import { topicFindings } from "./topic-findings.ts";

const plan = topicPlan({ prefix: "squall", replication: 3 });
const tools = { brokers: ["kafka1:9092", "kafka2:9092"], isSecured: false };

function plannedTopic(name: string): PlannedTopic {
  const found = plan.find(({ topic }) => topic === name);
  if (found === undefined) throw new Error(`${name} is not planned`);
  return found;
}

interface Differing extends Partial<Omit<TopicState, "settings">> {
  readonly settings?: Readonly<Record<string, string>> | "unseen";
  readonly inputPartitions?: number;
}

/** `level: text` of each finding on a topic that differs from the plan in this alone, and the mends. */
function findingsOn(name: string, differing: Differing = {}): { said: string[]; mend: string[] } {
  const planned = plannedTopic(name);
  const { settings = {}, inputPartitions = planned.partitions, ...shape } = differing;
  const asPlanned = planned.settings.map((setting) => [setting.name, setting.value] as const);
  const found: TopicState = {
    partitions: planned.partitions,
    replication: planned.replication,
    settings: settings === "unseen" ? undefined : new Map([...asPlanned, ...Object.entries(settings)]),
    ...shape,
  };
  const findings = topicFindings(planned, found, { ...tools, inputPartitions, mustSeeSettings: true });
  return {
    said: findings.map(({ level, text }) => `${level}: ${text}`),
    mend: findings.flatMap(({ mend = [] }) => mend),
  };
}

test("as planned: one line", () => {
  expect(findingsOn("squall.mail-logs").said).toEqual(["ok: 6 partitions, 3 copies, settings as planned"]);
  expect(findingsOn("squall.storm-alerts").said).toEqual(["ok: 1 partition, 3 copies, settings as planned"]);
});

describe("settings", () => {
  test.each([
    [
      "squall.mail-logs",
      { "message.timestamp.type": "CreateTime" },
      "fail: message.timestamp.type is CreateTime, must be LogAppendTime: arrival would be told by the clocks of whoever writes",
    ],
    [
      "squall.mail-logs",
      { "cleanup.policy": "compact" },
      "fail: cleanup.policy is compact, must be delete: of records with one key all but the last would be lost, and those without a key refused",
    ],
    [
      "squall.mail-events.detector-state",
      { "cleanup.policy": "compact,delete" },
      "fail: cleanup.policy is compact,delete, must be compact: what is old would be forgotten, a list that was quiet and the position to go on from too",
    ],
    [
      "squall.mail-events",
      { "max.message.bytes": "1048588" },
      "fail: max.message.bytes is 1.0 MB, must be 4.2 MB: records that are larger would be refused",
    ],
    [
      "squall.mail-events",
      { "min.insync.replicas": "1" },
      "fail: min.insync.replicas is 1, must be 2: what was acknowledged could be lost with one broker",
    ],
    [
      "squall.mail-events",
      { "min.insync.replicas": "3" },
      "warn: min.insync.replicas is 3 of 3: one broker down stops all writing",
    ],
    [
      "squall.mail-events",
      { "min.insync.replicas": "4" },
      "fail: min.insync.replicas is 4 and there are 3 copies: nothing can be written",
    ],
    [
      "squall.mail-events",
      { "unclean.leader.election.enable": "true" },
      "fail: unclean.leader.election.enable is true, must be false: a broker that missed records could lead: they would be lost",
    ],
    ["squall.mail-logs", { "retention.ms": "604800000" }, "warn: retention.ms is 7d; 1d is advised"],
    ["squall.mail-logs", { "retention.bytes": "-1" }, "warn: retention.bytes is without limit; 68.7 GB is advised"],
    ["squall.mail-logs", { "compression.type": "zstd" }, "warn: compression.type is zstd; producer is advised"],
  ])("%s %j", (topic, settings, said) => {
    expect(findingsOn(topic, { settings }).said).toEqual([said]);
  });

  test("larger records than planned do no harm", () => {
    expect(findingsOn("squall.mail-logs", { settings: { "max.message.bytes": "9000000" } }).said).toEqual([
      "ok: 6 partitions, 3 copies, settings as planned",
    ]);
  });

  test("one command mends all of a topic", () => {
    const { said, mend } = findingsOn("squall.mail-logs", {
      settings: { "message.timestamp.type": "CreateTime", "retention.ms": "604800000" },
    });
    expect(said).toHaveLength(2);
    expect(mend).toEqual([
      "kafka-configs.sh --bootstrap-server kafka1:9092,kafka2:9092 --alter --entity-type topics --entity-name squall.mail-logs --add-config retention.ms=86400000,message.timestamp.type=LogAppendTime",
    ]);
  });

  test("what may not be seen is not taken for right", () => {
    expect(findingsOn("squall.mail-logs", { settings: "unseen" }).said).toEqual([
      "fail: its settings may not be looked at: that takes the right DescribeConfigs",
    ]);
  });
});

describe("shape", () => {
  test("fewer copies than planned", () => {
    const { said, mend } = findingsOn("squall.mail-logs", { replication: 1, settings: { "min.insync.replicas": "2" } });
    expect(said).toEqual([
      "fail: 1 copy of each partition, 3 are planned: a broker that is lost takes more with it than it may",
    ]);
    expect(mend.at(-1)).toBe("or, if that is how it is meant: kafka.replication: 1");
  });

  test("more copies do no harm", () => {
    expect(findingsOn("squall.mail-logs", { replication: 5 }).said[0]).toMatch(/^ok/u);
  });

  test("an input keeps the count it has", () => {
    const { said, mend } = findingsOn("squall.mail-fragments", { partitions: 12 });
    expect(said).toEqual(["warn: 12 partitions, 6 in the configuration: a topic keeps the count it has"]);
    expect(mend).toEqual(["kafka.partitions.mailFragments: 12"]);
  });

  test.each([
    [2, 6],
    [12, 6],
  ])("state of %i partitions, its input %i", (partitions, inputPartitions) => {
    const { said, mend } = findingsOn("squall.mail-logs.ingest-state", { partitions, inputPartitions });
    expect(said).toEqual([
      `fail: ${partitions} partitions, squall.mail-logs has ${inputPartitions}: they must have as many`,
    ]);
    expect(mend[0]).toContain("squall topics --create");
  });

  test("state agrees with its input, whatever the plan says", () => {
    const { said } = findingsOn("squall.mail-logs.ingest-state", { partitions: 12, inputPartitions: 12 });
    expect(said).toEqual(["ok: 12 partitions, 3 copies, settings as planned"]);
  });

  test("dead letters: as many at least", () => {
    const topic = "squall.mail-logs.dead-letters";
    const { said, mend } = findingsOn(topic, { partitions: 1 });
    expect(said).toEqual([
      "fail: 1 partition, squall.mail-logs has 6: dead letters of the others could not be written",
    ]);
    expect(mend).toEqual([
      `kafka-topics.sh --bootstrap-server kafka1:9092,kafka2:9092 --alter --topic ${topic} --partitions 6`,
    ]);
    expect(findingsOn(topic, { partitions: 12 }).said[0]).toMatch(/^ok/u);
  });

  test("storms live in one place", () => {
    expect(findingsOn("squall.storm-alerts", { partitions: 6 }).said).toEqual([
      "fail: 6 partitions, must be 1: storms, what was told of them and who is silenced live in one place",
    ]);
  });
});
