import { expect, test } from "vitest";
import type { BrokerProbe } from "../../../shared/adapters/kafka/broker-probe.ts";
import { topicPlan } from "../../../shared/domain/topic-plan.ts";
import type { TopicAdmin } from "../../../shared/runtime/topic-admin.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import type { TopicTrials } from "../../../shared/runtime/topic-trials.ts";
import type { KafkaReader } from "../service-settings.ts";
import { loadConsoleConfig, loadServiceConfig } from "../service-config.ts";
import type { KafkaPorts } from "./kafka-check.ts";
import { kafkaFindings } from "./kafka-check.ts";

const NOW_MS = Date.UTC(2026, 10, 26);
const answers: BrokerProbe = { addresses: ["192.0.2.1"], connectedTo: "192.0.2.1" };
const refuses: BrokerProbe = {
  addresses: ["192.0.2.1"],
  fault: { stage: "connect", message: "nothing listens there", code: "ECONNREFUSED" },
};
const plan = topicPlan({ prefix: "squall", replication: 3 });

const admin: TopicAdmin = {
  describe(topic) {
    const planned = plan.find((one) => one.topic === topic);
    if (planned === undefined) return Promise.resolve(undefined);
    const settings = new Map(planned.settings.map(({ name, value }) => [name, value]));
    return Promise.resolve({ partitions: planned.partitions, replication: 3, settings });
  },
  create: () => Promise.reject(new Error("a doctor makes nothing")),
  close: () => Promise.resolve(),
};

function trialsOf(other: Partial<TopicTrials> = {}): TopicTrials {
  return {
    brokers: () => Promise.resolve(["kafka1:9092"]),
    askGroup: () => Promise.resolve(),
    readNewest: () => Promise.resolve({ records: [], undecodable: undefined }),
    writeAndTakeBack: (_, topics) =>
      Promise.resolve(
        topics.map((topic) => ({
          topic,
          fault: undefined,
          appendedAtMs: NOW_MS,
          sentAtMs: NOW_MS,
          answeredAtMs: NOW_MS,
        })),
      ),
    close: () => Promise.resolve(),
    ...other,
  };
}

/** All is well but for what is given; two brokers are configured. */
async function said(other: Partial<KafkaPorts> = {}, role: KafkaReader = "detector"): Promise<string[]> {
  const flags = [{ flag: "--brokers", path: ["kafka", "brokers"], value: ["kafka1:9092", "kafka2:9092"] }];
  const influx = { SQUALL_INFLUX_URL: "http://influx.example.org:8086", SQUALL_INFLUX_BUCKET: "squall" };
  const sources = { env: influx, flags, fallbacks: [], readSecret: undefined };
  const { kafka } = role === "console" ? loadConsoleConfig(sources) : loadServiceConfig({ role, ...sources });
  const ports: KafkaPorts = {
    probeBroker: () => Promise.resolve(answers),
    admin,
    trials: trialsOf(),
    isLoginRefused: () => false,
    ...other,
  };
  const lines: string[] = [];
  for await (const { level, subject, text } of kafkaFindings({ config: { role, kafka }, ports, nowMs: () => NOW_MS })) {
    lines.push(`${level} ${subject}: ${text}`);
  }
  return lines;
}

test("all is well: what each service reads and writes, and nothing else", async () => {
  const fine = (topic: string, partitions = "6 partitions"): string =>
    `ok topic squall.${topic}: ${partitions}, 3 copies, settings as planned`;
  expect(await said()).toEqual([
    "ok broker kafka1:9092: 192.0.2.1 answers in the clear",
    "ok broker kafka2:9092: 192.0.2.1 answers in the clear",
    "ok login: none is asked for",
    fine("mail-events"),
    fine("mail-events.detector-state"),
    fine("mail-events.dead-letters"),
    fine("thread-windows"),
    fine("storm-alerts", "1 partition"),
    "ok group squall.mail-events.detector: may be asked where it stands",
    "ok topic squall.mail-events: may be read",
    "ok topic squall.mail-events.detector-state: may be read",
    "ok transactional id squall.mail-events.detector.doctor: may be used",
    "ok topic squall.thread-windows: may be written to",
    "ok topic squall.storm-alerts: may be written to",
    "ok topic squall.mail-events.detector-state: may be written to",
    "ok topic squall.mail-events.dead-letters: may be written to",
    "ok clock: the brokers' agrees with this machine's",
  ]);
});

test("the recorder reads two topics, in one group, and keeps no state", async () => {
  expect((await said({}, "recorder")).filter((line) => /group|may be/u.test(line))).toEqual([
    "ok group squall.thread-windows.recorder: may be asked where it stands",
    "ok topic squall.thread-windows: may be read",
    "ok topic squall.thread-windows.dead-letters: may be written to",
    "ok group squall.thread-windows.recorder: may be asked where it stands",
    "ok topic squall.storm-alerts: may be read",
    "ok topic squall.storm-alerts.dead-letters: may be written to",
  ]);
});

test("the live page reads its topics by groups of its own, and writes to none", async () => {
  const lines = await said({}, "console");
  expect(lines.filter((line) => /group|may be|topic/u.test(line))).toEqual([
    "ok topic squall.thread-windows: 6 partitions, 3 copies, settings as planned",
    "ok topic squall.storm-alerts: 1 partition, 3 copies, settings as planned",
    "ok topic squall.storm-alerts.alerter-state: 1 partition, 3 copies, settings as planned",
    "ok group squall.thread-windows.console: may be asked where it stands",
    "ok topic squall.thread-windows: may be read",
    "ok group squall.thread-windows.console: may be asked where it stands",
    "ok topic squall.storm-alerts: may be read",
    "ok group squall.thread-windows.console: may be asked where it stands",
    "ok topic squall.storm-alerts.alerter-state: may be read",
  ]);
});

test("no broker: nothing else is tried", async () => {
  const brokers = (): Promise<string[]> => Promise.reject(new Error("not to be asked"));
  expect(await said({ probeBroker: () => Promise.resolve(refuses), trials: trialsOf({ brokers }) })).toEqual([
    "fail broker kafka1:9092: no connection: nothing listens there",
    "fail broker kafka2:9092: no connection: nothing listens there",
    "fail kafka: no broker can be reached: topics and rights were not looked at",
  ]);
});

test("reached, and not where the brokers say that they are", async () => {
  const brokers = (): Promise<string[]> => Promise.resolve(["kafka-0.internal:9092"]);
  const probeBroker = (broker: string): Promise<BrokerProbe> =>
    Promise.resolve(broker.startsWith("kafka-0") ? refuses : answers);
  expect((await said({ probeBroker, trials: trialsOf({ brokers }) })).slice(3)).toEqual([
    "fail broker kafka-0.internal:9092: told to clients by the other brokers; no connection: nothing listens there",
    "fail kafka: no broker can be reached where clients are told to call: topics and rights were not looked at",
  ]);
});

test("one of several that is away does not end it", async () => {
  const brokers = (): Promise<string[]> => Promise.resolve(["kafka1:9092", "kafka3:9092"]);
  const probeBroker = (broker: string): Promise<BrokerProbe> =>
    Promise.resolve(broker === "kafka3:9092" ? refuses : answers);
  const lines = await said({ probeBroker, trials: trialsOf({ brokers }) });
  expect(lines.filter((line) => line.startsWith("fail"))).toEqual([
    "fail broker kafka3:9092: told to clients by the other brokers; no connection: nothing listens there",
  ]);
  expect(lines.at(-1)).toMatch(/^ok clock/u);
});

test("topics that are missing are not tried", async () => {
  const nothing = { ...admin, describe: () => Promise.resolve(undefined) };
  const lines = await said({ admin: nothing });
  expect(lines.slice(3)).toEqual(lines.slice(3).filter((line) => / is not there: squall topics --create /u.test(line)));
  expect(lines).toHaveLength(8);
});

test("brokers that go away meanwhile", async () => {
  const gone = { ...admin, describe: () => Promise.reject(new LogError("unreachable", "Closed connection")) };
  expect((await said({ admin: gone })).at(-1)).toBe("fail kafka: not looked at any further: Closed connection");
});
