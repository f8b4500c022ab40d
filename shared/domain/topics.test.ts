import { expect, test } from "vitest";
import {
  consumerGroup,
  deadLetterTopic,
  isTopicName,
  STAGE_TOPICS,
  STAGES,
  stateTopic,
  TOPIC_CHARS_MAX,
  TOPIC_KINDS,
  topicNames,
} from "./topics.ts";

const KAFKA_NAME_CHARS_MAX = 249;

test("names of one installation", () => {
  expect(topicNames("squall")).toEqual({
    "mail-logs": "squall.mail-logs",
    "mail-fragments": "squall.mail-fragments",
    "mail-events": "squall.mail-events",
    "thread-windows": "squall.thread-windows",
    "storm-alerts": "squall.storm-alerts",
  });
});

test("a second site reads a raw topic of its own, and keeps its state beside it", () => {
  const names = topicNames("squall", "berlin.raw");
  const input = names["mail-logs"];
  expect([names["mail-fragments"], stateTopic(input, "ingest"), deadLetterTopic(input)]).toEqual([
    "squall.mail-fragments",
    "berlin.raw.ingest-state",
    "berlin.raw.dead-letters",
  ]);
  const group = consumerGroup(input, "ingest");
  expect(group).toBe("berlin.raw.ingest");
});

test("every stage reads what another writes, the first what shippers do", () => {
  const written = new Set(STAGES.flatMap((stage) => STAGE_TOPICS[stage].outputs));
  const read = new Set(STAGES.flatMap((stage) => STAGE_TOPICS[stage].inputs));
  expect(TOPIC_KINDS.filter((kind) => !written.has(kind))).toEqual(["mail-logs"]);
  expect(TOPIC_KINDS.filter((kind) => !read.has(kind))).toEqual([]);
});

test("the longest prefix leaves room for every derived name", () => {
  const longest = "p".repeat(TOPIC_CHARS_MAX);
  const inputs = [...Object.values(topicNames(longest)), ...Object.values(topicNames("squall", longest))];
  const derived = inputs.flatMap((input) => [
    deadLetterTopic(input),
    ...STAGES.map((stage) => stateTopic(input, stage)),
  ]);
  expect(Math.max(...derived.map(({ length }) => length))).toBeLessThanOrEqual(KAFKA_NAME_CHARS_MAX);
});

test.each([
  ["squall", true],
  ["Mail.2026_a-b", true],
  ["", false],
  [".", false],
  ["..", false],
  ["a b", false],
  ["a/b", false],
  ["stürme", false],
  ["p".repeat(TOPIC_CHARS_MAX + 1), false],
])("isTopicName(%j) is %j", (text, want) => {
  expect(isTopicName(text)).toBe(want);
});
