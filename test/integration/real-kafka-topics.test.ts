// `squall topics` and `squall doctor --for` against a real Kafka with TLS, SCRAM and ACLs, which would make topics by itself if it was let.

import type { TestContext } from "vitest";
import { describe, expect, test } from "vitest";
import { createKafkaTopicAdmin } from "../../shared/adapters/kafka/kafka-topic-admin.ts";
import { createKafkaTopicLog } from "../../shared/adapters/kafka/kafka-topic-log.ts";
import { createKafkaTopicTrials } from "../../shared/adapters/kafka/kafka-topic-trials.ts";
import type { KafkaSettings } from "../../shared/adapters/kafka/kafka-settings.ts";
import { STAGES } from "../../shared/domain/topics.ts";
import { topicPlan } from "../../shared/domain/topic-plan.ts";
import { POSITION_KEY, positionValue } from "../../shared/runtime/stage/partition-position.ts";
import { squall } from "../e2e/squall-process.ts";
import { closersAfterEach } from "../support/closers.ts";
import type { RealKafka } from "../support/real-kafka.ts";
import { sharedRealKafka } from "../support/real-kafka.ts";

const USERS = { seer: "seer-secret", blind: "blind-secret", narrow: "narrow-secret", ingest: "ingest-secret" };
const kafkaFor = sharedRealKafka({
  tls: true,
  users: USERS,
  acls: true,
  settings: { "auto.create.topics.enable": true },
});
const closers = closersAfterEach();

/** What one service or another does not start without. */
const NEEDED_TO_START = {
  SQUALL_SITE: "nhs",
  SQUALL_PSEUDONYM_KEY: "a key of tests that is long enough for it",
  SQUALL_INFLUX_URL: "http://127.0.0.1:1",
  SQUALL_INFLUX_TOKEN: "token",
  SQUALL_INFLUX_BUCKET: "squall",
  SQUALL_WEBHOOK_URL: "http://127.0.0.1:1/storms",
};

type Variables = Readonly<Record<string, string>>;

function variablesOf(kafka: RealKafka, prefix: string, user?: keyof typeof USERS): Variables {
  return {
    SQUALL_KAFKA_BROKERS: kafka.brokers.join(","),
    SQUALL_KAFKA_TOPIC_PREFIX: prefix,
    SQUALL_KAFKA_REPLICATION: "1",
    SQUALL_KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
    SQUALL_KAFKA_SASL_MECHANISM: "SCRAM-SHA-512",
    SQUALL_KAFKA_SASL_USERNAME: user ?? "admin",
    SQUALL_KAFKA_SASL_PASSWORD: user === undefined ? "admin-secret" : USERS[user],
    SQUALL_KAFKA_SSL_CA: kafka.certificates?.caFile ?? "",
    SQUALL_METRICS_ADDRESS: "off",
  };
}

/** Exit code, and what was said, line by line, the broker's address left out. */
async function say(
  args: readonly string[],
  env: Variables,
): Promise<{ code: number | null; said: string[]; err: string }> {
  const { code, out, err } = await squall(args, { env });
  const said = out
    .replaceAll(/127\.0\.0\.1:\d+/gu, "BROKER")
    .split("\n")
    .filter((line) => line !== "" && !/certificate ends in|Renew it/u.test(line));
  return { code, said, err: err.replaceAll(/127\.0\.0\.1:\d+/gu, "BROKER") };
}

async function doctor(env: Variables): Promise<{ code: number | null; said: string[] }> {
  const { code, said } = await say(["doctor", "--for", "ingest"], env);
  return { code, said: said.filter((line) => !/^OK {4}(node|configuration|metrics)/u.test(line)) };
}

function settingsOf(kafka: RealKafka): KafkaSettings {
  return {
    brokers: kafka.brokers,
    clientId: "test",
    tls: { ca: kafka.certificates?.ca },
    sasl: { mechanism: "scram-sha-512", username: "admin", password: "admin-secret" },
    sessionTimeoutMs: 10_000,
    heartbeatMs: 2_000,
    say: () => undefined,
  };
}

async function topicsNow(kafka: RealKafka, prefix: string): Promise<string[]> {
  const topics = await kafka.withAdmin((admin) => admin.listTopics());
  return topics.filter((topic) => topic.startsWith(`${prefix}.`)).toSorted();
}

/** Topics as `squall topics --create` makes them. */
async function withTopics(context: TestContext, prefix: string): Promise<RealKafka> {
  const kafka = await kafkaFor(context);
  const { code, err } = await say(["topics", "--create"], variablesOf(kafka, prefix));
  expect([code, err]).toEqual([0, ""]);
  return kafka;
}

describe("topics", () => {
  test("missing: told, and made by nobody but --create, with the plan's settings", async (context) => {
    const kafka = await kafkaFor(context);
    const env = variablesOf(kafka, "made");
    const missing = await say(["topics"], env);
    expect([missing.code, missing.said.at(-1)]).toEqual([1, "0 ok, 0 warnings, 14 failures"]);
    expect(missing.said[0]).toBe(
      "FAIL  topic made.mail-logs: is not there: squall topics --create makes it, with 6 partitions and 1 copy",
    );
    await doctor(env);
    const log = createKafkaTopicLog(settingsOf(kafka));
    closers.push(() => log.close());
    const writers = await Promise.all([log.openWriter("made.writer"), log.openPlainWriter()]);
    const record = { topic: "made.mail-events", partition: 0, key: undefined, value: Buffer.from("x") };
    await Promise.all(
      writers.map((writer) => expect(writer.write([record])).rejects.toThrow("does not host this topic")),
    );
    for (const role of STAGES) {
      const started = await say([role], { ...env, ...NEEDED_TO_START });
      expect([role, started.code, started.err]).toEqual([
        role,
        1,
        expect.stringMatching(/no (?:such )?topic.*made\./u),
      ]);
    }
    expect(await topicsNow(kafka, "made")).toEqual([]);

    const created = await say(["topics", "--create"], env);
    expect([created.code, created.said.at(-1)]).toEqual([0, "14 ok, 0 warnings, 0 failures"]);
    const again = await say(["topics"], env);
    expect([again.code, again.said[0], again.said.at(-1)]).toEqual([
      0,
      "OK    topic made.mail-logs: 6 partitions, 1 copy, settings as planned",
      "14 ok, 0 warnings, 0 failures",
    ]);
  });

  test("more copies than brokers", async (context) => {
    const kafka = await kafkaFor(context);
    const env = { ...variablesOf(kafka, "copied"), SQUALL_KAFKA_REPLICATION: "3" };
    const { code, said } = await say(["topics", "--create"], env);
    expect([code, ...said.slice(0, 2)]).toEqual([
      1,
      "FAIL  topic copied.mail-logs: not made: Replication-factor is invalid",
      "        Fewer brokers than copies? With one broker: SQUALL_KAFKA_REPLICATION=1",
    ]);
    expect(await topicsNow(kafka, "copied")).toEqual([]);
  });

  test("what is there and differs is told with its mend, and left as it is", async (context) => {
    const kafka = await kafkaFor(context);
    await kafka.createTopics([
      { topic: "other.mail-logs", partitions: 3, settings: { "retention.ms": 3_600_000 } },
      { topic: "other.mail-logs.ingest-state", partitions: 2, settings: { "cleanup.policy": "delete" } },
      { topic: "other.storm-alerts", partitions: 2 },
    ]);
    const before = await wholeTopics(kafka, "other");
    const { code, said } = await say(["topics", "--create"], variablesOf(kafka, "other"));
    expect(code).toBe(1);
    const lines = (topic: string): string[] => said.filter((line) => line.includes(` topic ${topic}: `));
    expect(lines("other.mail-logs")).toEqual([
      "WARN  topic other.mail-logs: 3 partitions, 6 in the configuration: a topic keeps the count it has",
      "WARN  topic other.mail-logs: retention.ms is 1h; 1d is advised",
      "WARN  topic other.mail-logs: retention.bytes is without limit; 68.7 GB is advised",
      "WARN  topic other.mail-logs: segment.bytes is 1.1 GB; 268 MB is advised",
      "WARN  topic other.mail-logs: segment.ms is 7d; 1h is advised",
      "FAIL  topic other.mail-logs: message.timestamp.type is CreateTime, must be LogAppendTime: arrival would be told by the clocks of whoever writes",
    ]);
    expect(said).toContain(
      "        kafka-configs.sh --bootstrap-server BROKER --command-config admin.properties --alter --entity-type topics --entity-name other.mail-logs --add-config retention.ms=86400000,retention.bytes=68719476736,segment.bytes=268435456,segment.ms=3600000,message.timestamp.type=LogAppendTime",
    );
    expect(lines("other.mail-logs.ingest-state").slice(0, 2)).toEqual([
      "FAIL  topic other.mail-logs.ingest-state: 2 partitions, other.mail-logs has 3: they must have as many",
      "FAIL  topic other.mail-logs.ingest-state: cleanup.policy is delete, must be compact: what is old would be forgotten, a list that was quiet and the position to go on from too",
    ]);
    expect(lines("other.storm-alerts")[0]).toMatch(/^FAIL .* 2 partitions, must be 1/u);
    // As many as the input that is there, not as in the configuration.
    expect(lines("other.mail-logs.dead-letters")).toEqual([
      "OK    topic other.mail-logs.dead-letters: made: 3 partitions, 1 copy",
    ]);
    expect(await wholeTopics(kafka, "other", [...before.keys()])).toEqual(before);
  });

  test("the raw topic of a second site, beside the first", async (context) => {
    const kafka = await withTopics(context, "sites");
    const env = { ...variablesOf(kafka, "sites"), SQUALL_KAFKA_MAIL_LOGS_TOPIC: "berlin.logs" };
    const { code, said } = await say(["topics", "--create"], env);
    expect([code, said.at(-1)]).toEqual([0, "14 ok, 0 warnings, 0 failures"]);
    expect(await topicsNow(kafka, "berlin")).toEqual([
      "berlin.logs",
      "berlin.logs.dead-letters",
      "berlin.logs.ingest-state",
    ]);
  });

  test("no broker: 69; none named: 78; a wrong password: 1", async (context) => {
    const kafka = await kafkaFor(context);
    const env = variablesOf(kafka, "x");
    const away = await say(["topics"], { ...env, SQUALL_KAFKA_BROKERS: "127.0.0.1:1" });
    expect([away.code, away.err]).toEqual([
      69,
      "squall: BROKER: Connection error: connect ECONNREFUSED BROKER\nsquall: squall doctor --for ingest looks at brokers, certificates and login one by one\n",
    ]);
    const { SQUALL_KAFKA_BROKERS: _, ...nameless } = env;
    const unset = await say(["topics"], nameless);
    expect([unset.code, unset.err]).toEqual([
      78,
      "squall: configuration: kafka.brokers: is needed by squall topics: set SQUALL_KAFKA_BROKERS=host:9092,host:9092\n",
    ]);
    const password = await say(["topics"], { ...env, SQUALL_KAFKA_SASL_PASSWORD: "hunter2" });
    expect([password.code, password.said]).toEqual([1, []]);
    expect(password.err).toContain("SASL SCRAM SHA512 authentication failed");
    expect(password.err).not.toContain("hunter2");
  });
});

/** Partitions and all settings of topics. */
async function wholeTopics(
  kafka: RealKafka,
  prefix: string,
  names?: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const admin = createKafkaTopicAdmin(settingsOf(kafka));
  closers.push(() => admin.close());
  const asked = [...new Set(topicPlan({ prefix, replication: 1 }).flatMap(({ settings }) => settings))];
  const topics = new Map<string, unknown>();
  for (const topic of names ?? (await topicsNow(kafka, prefix))) {
    topics.set(
      topic,
      await admin.describe(
        topic,
        asked.map(({ name }) => name),
      ),
    );
  }
  return topics;
}

describe("doctor", () => {
  const TOPICS_FINE = ["mail-logs", "mail-logs.ingest-state", "mail-logs.dead-letters", "mail-fragments"];
  const fine = (prefix: string): string[] =>
    TOPICS_FINE.map((topic) => `OK    topic ${prefix}.${topic}: 6 partitions, 1 copy, settings as planned`);
  const MAY = [
    "OK    transactional id full.mail-logs.ingest.doctor: may be used",
    "OK    topic full.mail-fragments: may be written to",
    "OK    topic full.mail-logs.ingest-state: may be written to",
    "OK    topic full.mail-logs.dead-letters: may be written to",
    "OK    clock: the brokers' agrees with this machine's",
  ];

  test("with all rights that the page names: nothing is wrong, and no trace is left", async (context) => {
    const kafka = await withTopics(context, "full");
    await kafka.allow("ingest", [
      { on: "topic", name: "full.*", to: ["read", "write", "describe-configs"] },
      { on: "group", name: "full.*", to: ["read"] },
      { on: "transactional-id", name: "full.*", to: ["describe", "write"] },
    ]);
    const { code, said } = await doctor(variablesOf(kafka, "full", "ingest"));
    expect([code, said]).toEqual([
      0,
      [
        "OK    broker BROKER: 127.0.0.1 answers under TLS",
        "OK    login: SCRAM-SHA-512 as ingest",
        ...fine("full"),
        "OK    group full.mail-logs.ingest: may be asked where it stands",
        "OK    topic full.mail-logs: may be read",
        "OK    topic full.mail-logs.ingest-state: may be read",
        ...MAY,
        expect.stringMatching(/^17 ok, 1 warning, 0 failures$/u),
      ],
    ]);
    const trials = createKafkaTopicTrials(settingsOf(kafka));
    closers.push(() => trials.close());
    for (const topic of ["full.mail-fragments", "full.mail-logs.ingest-state"]) {
      expect((await trials.readNewest(topic, "full.look")).records).toEqual([]);
    }
    const { groups } = await kafka.withAdmin((admin) => admin.listGroups());
    expect(groups.map(({ groupId }) => groupId).filter((group) => group === "full.mail-logs.ingest")).toEqual([]);
  });

  test("rights that are missing, each with the command that gives it", async (context) => {
    const kafka = await withTopics(context, "acls");
    const acl =
      "        kafka-acls.sh --bootstrap-server BROKER --command-config admin.properties --add --allow-principal";
    const blind = await doctor(variablesOf(kafka, "acls", "blind"));
    expect([blind.code, ...blind.said.slice(2, 4)]).toEqual([
      1,
      "FAIL  topic acls.mail-logs: is not there, or blind may not see it",
      `${acl} 'User:blind' --operation Describe --operation DescribeConfigs --topic acls.mail-logs --resource-pattern-type prefixed`,
    ]);

    await kafka.allow("seer", [{ on: "topic", name: "acls.*", to: ["describe", "describe-configs"] }]);
    const seer = await doctor(variablesOf(kafka, "acls", "seer"));
    expect([seer.code, seer.said.slice(2)]).toEqual([
      1,
      [
        ...fine("acls"),
        "FAIL  group acls.mail-logs.ingest: may not be used, so nothing can be read: Not authorized to access group: Group authorization failed",
        `${acl} 'User:seer' --operation Read --group acls.mail-logs.ingest --resource-pattern-type prefixed`,
        "FAIL  transactional id acls.mail-logs.ingest.doctor: may not be used: Transactional Id authorization failed",
        `${acl} 'User:seer' --operation Describe --operation Write --transactional-id acls.mail-logs.ingest --resource-pattern-type prefixed`,
        expect.stringMatching(/^WARN {2}clock: not known/u),
        "        Run it again while lines come, or as a user who may write to the service's topics.",
        expect.stringMatching(/, 2 failures$/u),
      ],
    ]);

    await kafka.allow("narrow", [
      { on: "topic", name: "acls.*", to: ["describe", "describe-configs"] },
      { on: "topic", name: "acls.mail-logs", to: ["read"] },
      { on: "topic", name: "acls.mail-fragments", to: ["write"] },
      { on: "group", name: "acls.*", to: ["read"] },
      { on: "transactional-id", name: "acls.*", to: ["describe", "write"] },
    ]);
    const narrow = await doctor(variablesOf(kafka, "acls", "narrow"));
    expect([narrow.code, narrow.said.slice(6).filter((line) => /^(OK|FAIL)/u.test(line))]).toEqual([
      1,
      [
        "OK    group acls.mail-logs.ingest: may be asked where it stands",
        "OK    topic acls.mail-logs: may be read",
        expect.stringMatching(/^FAIL {2}topic acls\.mail-logs\.ingest-state: may not be read: .*authoriz/iu),
        "OK    transactional id acls.mail-logs.ingest.doctor: may be used",
        "OK    topic acls.mail-fragments: may be written to",
        expect.stringMatching(/^FAIL {2}topic acls\.mail-logs\.ingest-state: may not be written to: .*authoriz/iu),
        expect.stringMatching(/^FAIL {2}topic acls\.mail-logs\.dead-letters: may not be written to: .*authoriz/iu),
        "OK    clock: the brokers' agrees with this machine's",
      ],
    ]);
  });

  test("state that was made for another number of partitions", async (context) => {
    const kafka = await withTopics(context, "cut");
    const log = createKafkaTopicLog(settingsOf(kafka));
    closers.push(() => log.close());
    const writer = await log.openWriter("cut.writer");
    const value = positionValue({ offset: 9, readTo: 9, of: 4 });
    await writer.write([{ topic: "cut.mail-logs.ingest-state", partition: 5, key: POSITION_KEY, value }]);
    const { code, said } = await doctor(variablesOf(kafka, "cut"));
    expect(code).toBe(1);
    expect(said).toContain(
      "FAIL  topic cut.mail-logs.ingest-state: was written when cut.mail-logs had 4 partitions; it has 6 now: what belongs together would be read apart",
    );
  });

  test.for([
    [
      "a wrong password",
      { SQUALL_KAFKA_SASL_PASSWORD: "hunter2" },
      [/^OK {4}broker BROKER: /u, /^FAIL {2}login: SCRAM-SHA-512 as admin: refused \(/u, /Wrong name or password/u],
    ],
    [
      "an authority that is not known",
      { SQUALL_KAFKA_SSL_CA: "" },
      [
        /^FAIL {2}broker BROKER: TLS: unable to verify the first certificate/u,
        /kafka\.ssl\.ca/u,
        /^FAIL {2}kafka: no broker/u,
      ],
    ],
    [
      "a port that speaks TLS, called in the clear",
      { SQUALL_KAFKA_SSL_CA: "", SQUALL_KAFKA_SECURITY_PROTOCOL: "SASL_PLAINTEXT" },
      [
        /^FAIL {2}broker BROKER: connected, but no Kafka: it speaks TLS, squall does not$/u,
        /SASL_SSL/u,
        /^FAIL {2}kafka: no broker/u,
      ],
    ],
    [
      "no login, where one is wanted",
      {
        SQUALL_KAFKA_SECURITY_PROTOCOL: "SSL",
        SQUALL_KAFKA_SASL_MECHANISM: "",
        SQUALL_KAFKA_SASL_USERNAME: "",
        SQUALL_KAFKA_SASL_PASSWORD: "",
      },
      [
        /^OK {4}broker BROKER: /u,
        /^FAIL {2}login: the brokers do not talk to squall: Closed connection/u,
        /SASL_SSL, with kafka\.sasl/u,
      ],
    ],
  ] as const)("%s", async ([, other, [first, second, third]], context) => {
    const kafka = await kafkaFor(context);
    const { code, said } = await doctor({ ...variablesOf(kafka, "made"), ...other });
    expect(code).toBe(1);
    expect(said[0]).toMatch(first);
    expect(said[1]).toMatch(second);
    expect(said[2]).toMatch(third);
    expect(said.join("\n")).not.toContain("hunter2");
  });

  test("brokers that are away, each by itself, and the one that is there is enough", async (context) => {
    const kafka = await withTopics(context, "full");
    const env = variablesOf(kafka, "full");
    const brokers = `127.0.0.1:1,no-such-broker.invalid:9093,${env["SQUALL_KAFKA_BROKERS"]}`;
    const { code, said } = await doctor({ ...env, SQUALL_KAFKA_BROKERS: brokers });
    expect(code).toBe(1);
    expect(said.filter((line) => / (broker|login|clock) ?/u.test(line) && /^\w/u.test(line))).toEqual([
      "FAIL  broker BROKER: no connection: the connection was refused: nothing listens there",
      expect.stringMatching(/^FAIL {2}broker no-such-broker\.invalid:9093: its name: /u),
      "OK    broker BROKER: 127.0.0.1 answers under TLS",
      "OK    login: SCRAM-SHA-512 as admin",
      "OK    clock: the brokers' agrees with this machine's",
    ]);
  });
});
