// That the Kafka which other tests lean on is what they take it for: it keeps what it was given through a kill, refuses strangers, and
// goes on without one node of three.

import { randomUUID } from "node:crypto";

import { Kafka, Partitioners, type KafkaConfig, type Producer } from "kafkajs";
import { describe, expect, test } from "vitest";

import { closersAfterEach } from "../support/closers.ts";
import { pollUntil } from "../support/poll.ts";
import { sharedRealKafka } from "../support/real-kafka.ts";

const WAIT_MS = 40_000;
const ONCE = { retry: { retries: 0 } };
const closers = closersAfterEach();

async function producerOf(client: KafkaConfig): Promise<Producer> {
  const producer = new Kafka(client).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  closers.push(() => producer.disconnect());
  await producer.connect();
  return producer;
}

/** Resolves when all its nodes have the record. */
async function send(producer: Producer, topic: string, value: string): Promise<void> {
  await producer.send({ topic, messages: [{ key: value, value }], acks: -1 });
}

/** The values of a topic, as soon as it has `count` of them. */
async function read(client: KafkaConfig, topic: string, count: number): Promise<readonly string[]> {
  const consumer = new Kafka(client).consumer({ groupId: `readers-${randomUUID()}`, maxWaitTimeInMs: 100 });
  closers.push(() => consumer.disconnect());
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    async eachMessage({ message }) {
      values.push(message.value?.toString() ?? "");
    },
  });
  await pollUntil(() => values.length >= count, { deadlineMs: WAIT_MS, what: `${count} records in ${topic}` });
  return values;
}

describe("one node", () => {
  const kafkaFor = sharedRealKafka();

  test("keeps what it acknowledged through kill -9, on the same port", async (context) => {
    const kafka = await kafkaFor(context);
    await kafka.createTopics([{ topic: "kept", settings: { "cleanup.policy": "compact" } }]);
    const producer = await producerOf(kafka.client());
    await send(producer, "kept", "a");
    await send(producer, "kept", "b");
    await kafka.kill();
    await expect(producerOf({ ...kafka.client(), ...ONCE })).rejects.toThrow("ECONNREFUSED");
    await kafka.start();
    expect(await read(kafka.client(), "kept", 2)).toEqual(["a", "b"]);
  });

  test("makes no topic by itself, and tells of one that was there", async (context) => {
    const kafka = await kafkaFor(context);
    await kafka.createTopics([{ topic: "made", partitions: 3 }]);
    await expect(kafka.createTopics([{ topic: "made", partitions: 3 }])).rejects.toThrow("made");
    const producer = await producerOf({ ...kafka.client(), ...ONCE });
    await expect(send(producer, "not-made", "a")).rejects.toThrow("does not host this topic");
    const { topics } = await kafka.withAdmin((admin) => admin.fetchTopicMetadata({ topics: ["made"] }));
    expect(topics.map(({ partitions }) => partitions.length)).toEqual([3]);
  });

  test("does not answer while it is frozen", async (context) => {
    const kafka = await kafkaFor(context);
    kafka.freeze();
    const client = { ...kafka.client(), ...ONCE, requestTimeout: 500 };
    await expect(producerOf(client)).rejects.toThrow(/timed out/i);
    kafka.thaw();
    expect(await kafka.withAdmin((admin) => admin.describeCluster())).toMatchObject({ brokers: [{ nodeId: 1 }] });
  });
});

describe("with TLS, logins and ACLs", () => {
  const kafkaFor = sharedRealKafka({ tls: true, users: { ingest: "ingest-secret" }, acls: true });

  test.for(["plain", "scram-sha-256", "scram-sha-512"] as const)(
    "lets in who logs in by %s",
    async (mechanism, context) => {
      const kafka = await kafkaFor(context);
      const topic = `for-${mechanism}`;
      await kafka.createTopics([{ topic }]);
      await send(await producerOf(kafka.client("admin", mechanism)), topic, mechanism);
      expect(await read(kafka.client("admin", mechanism), topic, 1)).toEqual([mechanism]);
    },
  );

  test.for(["plain", "scram-sha-256", "scram-sha-512"] as const)(
    "refuses a wrong password by %s",
    async (mechanism, context) => {
      const kafka = await kafkaFor(context);
      const sasl = { mechanism, username: "ingest", password: "guessed" } as NonNullable<KafkaConfig["sasl"]>;
      await expect(producerOf({ ...kafka.client(), ...ONCE, sasl })).rejects.toThrow(/authentication/i);
    },
  );

  test("refuses who speaks in the clear, and is refused by who does not know its authority", async (context) => {
    const kafka = await kafkaFor(context);
    const { ssl, ...clear } = kafka.client();
    expect(ssl).toBeDefined();
    await expect(producerOf({ ...clear, ...ONCE })).rejects.toThrow("Closed connection");
    await expect(producerOf({ ...clear, ...ONCE, ssl: true })).rejects.toThrow(/certificate/i);
  });

  test("lets a user do what an ACL allows and nothing else", async (context) => {
    const kafka = await kafkaFor(context);
    await kafka.createTopics([{ topic: "allowed" }, { topic: "not-allowed" }]);
    await kafka.allow("ingest", [{ on: "topic", name: "allowed", to: ["write"] }]);
    const producer = await producerOf({ ...kafka.client("ingest"), ...ONCE });
    await send(producer, "allowed", "a");
    await expect(send(producer, "not-allowed", "a")).rejects.toThrow(/not authorized/i);
    expect(await read(kafka.client(), "allowed", 1)).toEqual(["a"]);
  });
});

describe("three nodes", () => {
  const kafkaFor = sharedRealKafka({ brokers: 3 });

  test("go on with one lost, and take it back", async (context) => {
    const kafka = await kafkaFor(context);
    const settings = { "min.insync.replicas": 2 };
    await kafka.createTopics([{ topic: "copied", partitions: 3, settings }]);
    const producer = await producerOf(kafka.client());
    for (const key of ["a", "b", "c"]) await send(producer, "copied", key);
    await kafka.kill(1);
    for (const key of ["d", "e", "f"]) {
      const isSent = (): Promise<boolean> =>
        send(producer, "copied", key).then(
          () => true,
          () => false,
        );
      await pollUntil(isSent, { deadlineMs: WAIT_MS, what: "the others to take over" });
    }
    const values = new Set(await read(kafka.client(), "copied", 6));
    expect([...values].toSorted()).toEqual(["a", "b", "c", "d", "e", "f"]);
    await kafka.start(1);
    await expect(kafka.start(1)).rejects.toThrow("node 1 runs");
  });
});
