import { expect, test } from "vitest";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import type { NewestRecords, TopicTrials, WriteTrial } from "../../../shared/runtime/topic-trials.ts";
import type { InputUse } from "./rights-check.ts";
import { tryRights } from "./rights-check.ts";

const use: InputUse = {
  input: "squall.mail-logs",
  state: "squall.mail-logs.ingest-state",
  writes: ["squall.mail-fragments", "squall.mail-logs.ingest-state"],
  group: "squall.mail-logs.ingest",
  isTransactional: true,
};
const context = { tools: { brokers: ["kafka:9092"], isSecured: false }, user: "squall" };
const acl = "  kafka-acls.sh --bootstrap-server kafka:9092 --add --allow-principal 'User:squall'";
const prefixed = "--resource-pattern-type prefixed";

/** Everything may be done, but for what is given. */
function trials(other: Partial<TopicTrials> = {}): TopicTrials {
  const nothing: NewestRecords = { records: [], undecodable: undefined };
  return {
    brokers: () => Promise.resolve(["kafka:9092"]),
    askGroup: () => Promise.resolve(),
    readNewest: () => Promise.resolve(nothing),
    writeAndTakeBack: (_, topics) => Promise.resolve(topics.map((topic) => written(topic, undefined))),
    close: () => Promise.resolve(),
    ...other,
  };
}

function written(topic: string, fault: LogError | undefined): WriteTrial {
  return { topic, fault, appendedAtMs: 0, sentAtMs: 0, answeredAtMs: 0 };
}

async function lines(tried: TopicTrials, of: InputUse = use): Promise<string[]> {
  const { findings } = await tryRights(of, tried, context);
  return findings.flatMap(({ level, subject, text, mend = [] }) => [
    `${level} ${subject}: ${text}`,
    ...mend.map((line) => `  ${line}`),
  ]);
}

test("all rights: what was tried", async () => {
  expect(await lines(trials())).toEqual([
    "ok group squall.mail-logs.ingest: may be asked where it stands",
    "ok topic squall.mail-logs: may be read",
    "ok topic squall.mail-logs.ingest-state: may be read",
    "ok transactional id squall.mail-logs.ingest.doctor: may be used",
    "ok topic squall.mail-fragments: may be written to",
    "ok topic squall.mail-logs.ingest-state: may be written to",
  ]);
});

test("no right to the group: nothing is read", async () => {
  const read: string[] = [];
  const said = await lines(
    trials({
      askGroup: () => Promise.reject(new LogError("refused", "Group authorization failed")),
      readNewest: (topic) => {
        read.push(topic);
        return Promise.reject(new Error("not to be asked"));
      },
    }),
  );
  expect(said.slice(0, 3)).toEqual([
    "fail group squall.mail-logs.ingest: may not be used, so nothing can be read: Group authorization failed",
    `${acl} --operation Read --group squall.mail-logs.ingest ${prefixed}`,
    "ok transactional id squall.mail-logs.ingest.doctor: may be used",
  ]);
  expect(read).toEqual([]);
});

test("a right to the one group alone, and none to read the other topic", async () => {
  const said = await lines(
    trials({
      readNewest: (topic) =>
        Promise.reject(
          new LogError("refused", topic === use.input ? "Topic authorization failed" : "Group authorization failed"),
        ),
    }),
  );
  expect(said.slice(1, 5)).toEqual([
    "fail topic squall.mail-logs: may not be read: Topic authorization failed",
    `${acl} --operation Read --topic squall.mail-logs ${prefixed}`,
    "fail topic squall.mail-logs.ingest-state: may not be read by groups whose names begin with squall.mail-logs.ingest-state: Group authorization failed",
    `${acl} --operation Read --group squall.mail-logs.ingest-state ${prefixed}`,
  ]);
});

test("records that cannot be unpacked", async () => {
  const undecodable = "LZ4 compression not implemented";
  const said = await lines(trials({ readNewest: () => Promise.resolve({ records: [], undecodable }) }));
  expect(said.slice(1, 3)).toEqual([
    `fail topic squall.mail-logs: its newest records cannot be unpacked: ${undecodable}`,
    "  squall reads none, gzip, snappy, lz4 and zstd. With which does its writer (the shipper) pack?",
  ]);
});

test("topics that may not be written to, each by its name", async () => {
  const fault = new LogError("refused", "Topic authorization failed");
  const said = await lines(
    trials({
      writeAndTakeBack: (_, topics) =>
        Promise.resolve(topics.map((topic) => written(topic, topic.endsWith("fragments") ? fault : undefined))),
    }),
  );
  expect(said.slice(-3)).toEqual([
    "fail topic squall.mail-fragments: may not be written to: Topic authorization failed",
    `${acl} --operation Write --topic squall.mail-fragments ${prefixed}`,
    "ok topic squall.mail-logs.ingest-state: may be written to",
  ]);
});

const noId = new LogError("refused", "Transactional Id authorization failed");

test("no right to transactions", async () => {
  const said = await lines(trials({ writeAndTakeBack: () => Promise.reject(noId) }));
  expect(said.slice(-2)).toEqual([
    "fail transactional id squall.mail-logs.ingest.doctor: may not be used: Transactional Id authorization failed",
    `${acl} --operation Describe --operation Write --transactional-id squall.mail-logs.ingest ${prefixed}`,
  ]);
});

test("a service without transactions needs no right to them", async () => {
  const recorder = { ...use, state: undefined, writes: ["squall.thread-windows.dead-letters"], isTransactional: false };
  const said = await lines(trials({ writeAndTakeBack: () => Promise.reject(noId) }), recorder);
  expect(said.slice(-2)[0]).toBe(
    "warn transactional id squall.mail-logs.ingest.doctor: not tried whether squall.thread-windows.dead-letters may be written to: it takes a transaction to take that back",
  );
});

test.each([
  ["fenced", ["  Does another squall doctor run? Try again."]],
  ["unreachable", []],
] as const)("%s: not tried, which is no matter of rights", async (fault, mend) => {
  const said = await lines(trials({ writeAndTakeBack: () => Promise.reject(new LogError(fault, "gone")) }));
  expect(said.slice(3)).toEqual([
    "fail transactional id squall.mail-logs.ingest.doctor: could not be tried: gone",
    ...mend,
  ]);
});

test("a fault of ours is not taken for one of theirs", async () => {
  await expect(lines(trials({ askGroup: () => Promise.reject(new TypeError("ours")) }))).rejects.toThrow("ours");
});
