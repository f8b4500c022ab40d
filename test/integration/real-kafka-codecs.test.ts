// Records of other people's clients, packed in each way that there is, are read byte for byte; what our writers write is read by them;
// and what cannot be unpacked ends the process with words, not in a circle.

import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompressionTypes, Kafka, Partitioners } from "kafkajs";
import { afterAll, expect, test } from "vitest";
import { deadLetterTopic, topicNames } from "../../shared/domain/topics.ts";
import type { LogError, LogRecord, TopicLog, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { squall } from "../e2e/squall-process.ts";
import { closersAfterEach } from "../support/closers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { kcatOn } from "../support/kcat.ts";
import { pollUntil } from "../support/poll.ts";
import { type RealKafka, sharedRealKafka } from "../support/real-kafka.ts";
import { ServiceSite } from "../support/services/service-site.ts";

const WAIT_MS = 60_000;
const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();
const folder = mkdtempSync(join(tmpdir(), "squall-codecs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One line; many that shrink well; bytes that are no text and shrink not at all. */
const VALUES: readonly Buffer[] = [
  Buffer.from("2026-11-14T08:00:00+00:00 mx1 postfix/qmgr[1]: 4ABC: removed"),
  Buffer.from("2026-11-14T08:00:00+00:00 mx1 postfix/qmgr[1]: 4ABC: removed\n".repeat(5_000)),
  randomBytes(100_000),
];

const FILES = VALUES.map((value, index) => {
  const file = join(folder, `value-${index}`);
  writeFileSync(file, value);
  return file;
});

function open(kafka: RealKafka): TopicLog {
  const log = logOn(kafka);
  closers.push(() => log.close());
  return log;
}

async function newTopic(kafka: RealKafka): Promise<TopicPartition> {
  const topic = `t${randomUUID()}`;
  await kafka.createTopics([{ topic }]);
  return { topic, partition: 0 };
}

/** Reads a topic of one partition as a member of a group, until it has so many values or is dead. */
async function readByUs(log: TopicLog, at: TopicPartition, count: number): Promise<Buffer[] | LogError> {
  const values: Buffer[] = [];
  const dead: LogError[] = [];
  const take = ({ value }: LogRecord): void => void values.push(Buffer.from(value ?? ""));
  const member = await log.join({
    group: `${at.topic}.readers`,
    topics: [at.topic],
    onAssigned: () => void setImmediate(() => member.seek(at, 0)),
    onLost: () => undefined,
    onBatch: ({ records }) => records.forEach(take),
    onDead: (error) => void dead.push(error),
  });
  await pollUntil(() => values.length >= count || dead.length > 0, { deadlineMs: WAIT_MS, what: `${count} values` });
  await member.leave();
  return dead[0] ?? values;
}

test.for(["none", "gzip", "snappy", "lz4", "zstd"])("%s of kcat is read by us", async (codec, context) => {
  const kafka = await kafkaFor(context);
  const at = await newTopic(kafka);
  await kcatOn(kafka, context).write(at, FILES, codec);
  const read = await readByUs(open(kafka), at, VALUES.length);
  expect(read).toEqual(VALUES);
});

test("what we write is read by kcat, in a transaction and without", async (context) => {
  const kafka = await kafkaFor(context);
  const log = open(kafka);
  const at = await newTopic(kafka);
  for (const writer of [await log.openWriter(`${at.topic}.writer`), await log.openPlainWriter()]) {
    await writer.write(VALUES.map((value) => ({ ...at, key: undefined, value })));
  }
  expect(await kcatOn(kafka, context).read(at)).toEqual([...VALUES, ...VALUES]);
});

/** 80 MiB that travel as a few KiB. */
async function sendBomb(kafka: RealKafka, topic: string): Promise<void> {
  const producer = new Kafka(kafka.client()).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const value = Buffer.alloc(80 * 1024 * 1024);
  await producer.send({ topic, compression: CompressionTypes.GZIP, messages: [{ partition: 0, value }] });
  await producer.disconnect();
}

test("a batch that inflates without end: squall ingest ends with its place, and goes on behind it", async (context) => {
  const kafka = await kafkaFor(context);
  const prefix = `s${randomUUID().slice(0, 8)}`;
  const site = await ServiceSite.create(kafka, { prefix, site: "nhs", partitions: 1, processes: {} });
  closers.push(() => site.close());
  const topic = topicNames(prefix)["mail-logs"];
  const log = open(kafka);
  const writer = await log.openPlainWriter();
  const write = (text: string): Promise<void> =>
    writer.write([{ topic, partition: 0, key: undefined, value: Buffer.from(text) }]);
  const letters = { topic: deadLetterTopic(topic), partition: 0 };
  const told = async (count: number): Promise<void> => {
    const isTold = async (): Promise<boolean> => (await kcatOn(kafka, context).read(letters)).length >= count;
    await pollUntil(isTold, { deadlineMs: WAIT_MS, what: `${count} dead letters` });
  };
  const ingest = site.add("ingest");
  await write('{"before');
  await told(1);
  const [{ reason = "", version = "", ...where } = {}] = await kcatOn(kafka, context).headers(letters);
  expect(where).toEqual({ topic, partition: "0", offset: "0" });
  expect([reason, version]).not.toContain("");
  await sendBomb(kafka, topic);
  const doctor = await squall(["doctor", "--for", "ingest"], { env: site.environment("ingest") });
  expect(doctor.out).toMatch(
    /^FAIL {2}topic \S+\.mail-logs: its newest records cannot be unpacked: gzip: a batch inflates to more than 67108864 bytes.*\n +squall reads none, gzip/mu,
  );
  await write('{"behind');
  expect(await ingest.process.ended()).toBe(1);
  const said = site.log(ingest);
  expect(said).toMatch(/cannot be unpacked: gzip: a batch inflates to more than 67108864 bytes/u);
  expect(said).toContain(`It stands at ${topic}, partition 0, offset 1,`);
  const again = site.add("ingest");
  expect(await again.process.ended()).toBe(1);

  // As it was told to do.
  await kafka.withAdmin(async (admin) => {
    // kafkajs deletes only of topics that it was asked of before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "2" }] });
  });
  const behind = site.add("ingest");
  await told(2);
  behind.process.expectRunning();
  expect((await kcatOn(kafka, context).read(letters)).map(String)).toEqual(['{"before', '{"behind']);
});
