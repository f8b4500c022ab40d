import { expect, test } from "vitest";
import { topicPlan } from "../../../shared/domain/topic-plan.ts";
import type { NewTopic, TopicAdmin, TopicState } from "../../../shared/runtime/topic-admin.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import type { TopicCheckOptions } from "./topic-check.ts";
import { checkTopics } from "./topic-check.ts";

const plan = topicPlan({ prefix: "squall", replication: 1 });
const ingest = plan.slice(0, 3);

/** Brokers that have these topics, as planned but for the partitions; errors in the place of topics are thrown. */
class FakeBrokers implements TopicAdmin {
  readonly made: NewTopic[] = [];
  readonly topics: Map<string, number | LogError>;
  createFault: LogError | undefined;
  /** Somebody else makes it first. */
  isLate = false;

  constructor(topics: Readonly<Record<string, number | LogError>> = {}) {
    this.topics = new Map(Object.entries(topics));
  }

  async describe(topic: string, names: readonly string[]): Promise<TopicState | undefined> {
    const found = this.topics.get(topic);
    if (found instanceof LogError) throw found;
    if (found === undefined) return Promise.resolve(undefined);
    const settings = plan.find((planned) => planned.topic === topic)?.settings ?? [];
    const asked = settings.filter(({ name }) => names.includes(name)).map(({ name, value }) => [name, value] as const);
    return { partitions: found, replication: 1, settings: new Map(asked) };
  }

  async create(topic: NewTopic): Promise<boolean> {
    if (this.createFault !== undefined) throw this.createFault;
    if (this.isLate) return Promise.resolve(false);
    this.made.push(topic);
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function lines(admin: TopicAdmin, options: Partial<TopicCheckOptions> = {}): Promise<string[]> {
  const tools = { brokers: ["kafka:9092"], isSecured: true };
  const said: string[] = [];
  const all = { plan: ingest, admin, create: false, mustSeeSettings: true, tools, user: "squall", ...options };
  for await (const { findings } of checkTopics(all)) {
    for (const { level, subject, text, mend = [] } of findings) {
      said.push(`${level} ${subject}: ${text}`, ...mend.map((line) => `  ${line}`));
    }
  }
  return said;
}

test("missing topics are told and not made", async () => {
  const brokers = new FakeBrokers({ "squall.mail-logs": 6 });
  expect(await lines(brokers)).toEqual([
    "ok topic squall.mail-logs: 6 partitions, 1 copy, settings as planned",
    "fail topic squall.mail-logs.ingest-state: is not there: squall topics --create makes it, with 6 partitions and 1 copy",
    "fail topic squall.mail-logs.dead-letters: is not there: squall topics --create makes it, with 6 partitions and 1 copy",
  ]);
  expect(brokers.made).toEqual([]);
});

test("what is made has the plan's settings, and as many partitions as the input that is there", async () => {
  const brokers = new FakeBrokers({ "squall.mail-logs": 12, "squall.mail-logs.dead-letters": 12 });
  expect(await lines(brokers, { create: true })).toEqual([
    "warn topic squall.mail-logs: 12 partitions, 6 in the configuration: a topic keeps the count it has",
    "  kafka.partitions.mailLogs: 12",
    "ok topic squall.mail-logs.ingest-state: made: 12 partitions, 1 copy",
    "ok topic squall.mail-logs.dead-letters: 12 partitions, 1 copy, settings as planned",
  ]);
  const [, state] = ingest;
  expect(brokers.made).toEqual([{ topic: state?.topic, partitions: 12, replication: 1, settings: state?.settings }]);
});

test("what belongs to a topic that was just made is made like it", async () => {
  const brokers = new FakeBrokers();
  await lines(brokers, { create: true, plan });
  expect(brokers.made.map(({ topic, partitions }) => [topic, partitions])).toEqual(
    plan.map(({ topic, partitions }) => [topic, partitions]),
  );
});

test("somebody else was quicker", async () => {
  const brokers = new FakeBrokers({ "squall.mail-logs": 6, "squall.mail-logs.dead-letters": 6 });
  brokers.isLate = true;
  expect((await lines(brokers, { create: true }))[1]).toBe(
    "warn topic squall.mail-logs.ingest-state: was made by somebody else meanwhile: run squall topics again",
  );
});

test.each([
  ["Replication-factor is invalid", "  Fewer brokers than copies? With one broker: SQUALL_KAFKA_REPLICATION=1"],
  ["Cluster authorization failed", "  Making a topic takes the right Create on it, or on the cluster."],
])("what is not made: %s", async (message, mend) => {
  const brokers = new FakeBrokers();
  brokers.createFault = new LogError("refused", message);
  expect((await lines(brokers, { create: true })).slice(0, 2)).toEqual([
    `fail topic squall.mail-logs: not made: ${message}`,
    mend,
  ]);
});

test("a topic that may not be seen is never made, nor what is to be like it", async () => {
  const refused = new LogError("refused", "Not authorized to access topics");
  const brokers = new FakeBrokers({ "squall.mail-logs": refused, "squall.mail-logs.dead-letters": 6 });
  expect(await lines(brokers, { create: true })).toEqual([
    "fail topic squall.mail-logs: is not there, or squall may not see it",
    "  kafka-acls.sh --bootstrap-server kafka:9092 --command-config admin.properties --add --allow-principal 'User:squall' --operation Describe --operation DescribeConfigs --topic squall.mail-logs --resource-pattern-type prefixed",
    "fail topic squall.mail-logs.ingest-state: is not there; how many partitions it needs depends on squall.mail-logs, which may not be looked at",
    "ok topic squall.mail-logs.dead-letters: 6 partitions, 1 copy, settings as planned",
  ]);
  expect(brokers.made).toEqual([]);
});

test.each([
  ["no broker", new LogError("unreachable", "ECONNREFUSED")],
  [
    "no login",
    new LogError("refused", "x", { cause: Object.assign(new Error("x"), { type: "SASL_AUTHENTICATION_FAILED" }) }),
  ],
])("%s: there is nothing to tell of a topic", async (_, fault) => {
  await expect(lines(new FakeBrokers({ "squall.mail-logs": fault }))).rejects.toBe(fault);
});
