import { describe, expect, test } from "vitest";
import type { PlannedTopic } from "./topic-plan.ts";
import { defaultPartitions, defaultRetentions, topicPlan } from "./topic-plan.ts";

const plan = topicPlan({ prefix: "squall", replication: 3 });

function settingsOf(topics: readonly PlannedTopic[], topic: string): Record<string, string> {
  const found = topics.find((planned) => planned.topic === topic);
  return Object.fromEntries((found?.settings ?? []).map(({ name, value }) => [name, value]));
}

test("every topic once, state with the partitions of its input", () => {
  expect(plan.map(({ topic, holds, partitions }) => [topic, holds, partitions])).toEqual([
    ["squall.mail-logs", "mail-logs", 6],
    ["squall.mail-logs.ingest-state", "state", 6],
    ["squall.mail-logs.dead-letters", "dead-letters", 6],
    ["squall.mail-fragments", "mail-fragments", 6],
    ["squall.mail-fragments.assembler-state", "state", 6],
    ["squall.mail-fragments.dead-letters", "dead-letters", 6],
    ["squall.mail-events", "mail-events", 6],
    ["squall.mail-events.detector-state", "state", 6],
    ["squall.mail-events.dead-letters", "dead-letters", 6],
    ["squall.thread-windows", "thread-windows", 6],
    ["squall.thread-windows.dead-letters", "dead-letters", 6],
    ["squall.storm-alerts", "storm-alerts", 1],
    ["squall.storm-alerts.alerter-state", "state", 1],
    ["squall.storm-alerts.dead-letters", "dead-letters", 1],
  ]);
});

test("what is read is kept for a time, by the broker's clock", () => {
  expect(settingsOf(plan, "squall.mail-logs")).toEqual({
    "cleanup.policy": "delete",
    "retention.ms": "86400000",
    "retention.bytes": "68719476736",
    "segment.bytes": "268435456",
    "segment.ms": "3600000",
    "max.message.bytes": "1048588",
    "message.timestamp.type": "LogAppendTime",
    "compression.type": "producer",
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
  });
  const days = plan
    .filter(({ holds }) => holds !== "state")
    .map(({ topic, holds }) => [holds, Number(settingsOf(plan, topic)["retention.ms"]) / 86_400_000]);
  expect(Object.fromEntries(days)).toEqual({
    "mail-logs": 1,
    "mail-fragments": 1,
    "mail-events": 7,
    "thread-windows": 7,
    "storm-alerts": 30,
    "dead-letters": 14,
  });
});

test("state is kept for ever, in small segments", () => {
  expect(settingsOf(plan, "squall.mail-events.detector-state")).toEqual({
    "cleanup.policy": "compact",
    "segment.bytes": "33554432",
    "segment.ms": "3600000",
    "min.cleanable.dirty.ratio": "0.2",
    "max.compaction.lag.ms": "21600000",
    "delete.retention.ms": "3600000",
    "max.message.bytes": "4194304",
    "message.timestamp.type": "LogAppendTime",
    "compression.type": "producer",
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
  });
});

test("what must be as it is, on every topic", () => {
  const needed = new Set(
    plan.flatMap(({ settings }) => settings.filter(({ isNeeded }) => isNeeded)).map((s) => s.name),
  );
  expect([...needed].toSorted()).toEqual([
    "cleanup.policy",
    "max.message.bytes",
    "message.timestamp.type",
    "min.insync.replicas",
    "unclean.leader.election.enable",
  ]);
});

describe("as it is asked for", () => {
  test.each([
    [1, "1"],
    [2, "1"],
    [3, "2"],
    [5, "2"],
  ])("%i replicas, of which so many must be there: %s", (replication, want) => {
    const topics = topicPlan({ prefix: "squall", replication });
    expect(new Set(topics.map((planned) => planned.replication))).toEqual(new Set([replication]));
    expect(new Set(topics.map(({ topic }) => settingsOf(topics, topic)["min.insync.replicas"]))).toEqual(
      new Set([want]),
    );
  });

  test("partitions, retentions, another raw topic", () => {
    const topics = topicPlan({
      prefix: "eu",
      mailLogs: "berlin.raw",
      replication: 1,
      partitions: { ...defaultPartitions, "mail-logs": 12 },
      retentions: { ...defaultRetentions, "mail-logs": 3_600_000 },
    });
    expect(topics.slice(0, 4).map(({ topic, partitions }) => [topic, partitions])).toEqual([
      ["berlin.raw", 12],
      ["berlin.raw.ingest-state", 12],
      ["berlin.raw.dead-letters", 12],
      ["eu.mail-fragments", 6],
    ]);
    expect(settingsOf(topics, "berlin.raw")["retention.ms"]).toBe("3600000");
  });
});
