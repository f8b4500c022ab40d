import { beforeEach, expect, test } from "vitest";
import { closersAfterEach } from "../../../test/support/closers.ts";
import { MemoryBroker } from "../../../test/support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../../../test/support/memory-log/memory-topic-log.ts";
import { pollUntil } from "../../../test/support/poll.ts";
import { stormAlert } from "../../../test/support/storm-alert.ts";
import { tellingTo } from "../../../test/support/telling-to.ts";
import { encodeStormAlert } from "../../../shared/domain/storm-alert-codec.ts";
import { consumerGroup, deadLetterTopic, stateTopic, topicNames } from "../../../shared/domain/topics.ts";
import { type Clock, systemClock } from "../../../shared/runtime/clock.ts";
import { StageRunner } from "../../../shared/runtime/stage/stage-runner.ts";
import { AlerterPartition } from "../../alerter/alerter-partition-shell.ts";
import type { SilenceQuestion } from "../silence-control.ts";
import type { SilenceReply } from "../silence-question.ts";
import { askOverKafka } from "./silences-on-kafka.ts";

const TOPICS = topicNames("squall");
const ALERTS = TOPICS["storm-alerts"];
const STATE = stateTopic(ALERTS, "alerter");
const LIST = "all@example.org";
const QUESTION = { do: "silence", target: LIST, durationMs: 3_600_000, why: "town hall", who: "jo" } as const;
const closers = closersAfterEach();

let broker: MemoryBroker;
beforeEach(() => {
  broker = new MemoryBroker();
  for (const topic of [ALERTS, STATE, deadLetterTopic(ALERTS)]) broker.createTopic(topic, 1);
});

function ask(question: SilenceQuestion, clock: Clock = systemClock): Promise<SilenceReply> {
  return askOverKafka(question, { log: new MemoryTopicLog(broker), topics: TOPICS, clock });
}

/** Time flies while it is waited for. */
function hurriedClock(): Clock {
  let nowMs = Date.now();
  return {
    nowMs: () => nowMs,
    after(delayMs, act) {
      nowMs += delayMs;
      const turn = setImmediate(act);
      return () => {
        clearImmediate(turn);
      };
    },
  };
}

/** An alerter; what it tells, by storm. */
async function alerter(): Promise<string[]> {
  const told: string[] = [];
  const runner = new StageRunner({
    log: new MemoryTopicLog(broker),
    group: consumerGroup(ALERTS, "alerter"),
    inputTopic: ALERTS,
    stateTopic: STATE,
    createFold: (at) =>
      new AlerterPartition({
        at,
        deadLetters: deadLetterTopic(ALERTS),
        version: "0.0.0",
        createTelling: ({ isSilenced }) =>
          tellingTo((alert) => {
            if (!isSilenced(alert, Date.now())) told.push(alert.stormId);
          }),
      }),
    flushEveryMs: 10,
    clock: systemClock,
    monotonicMs: () => performance.now(),
    say: () => undefined,
  });
  await runner.start();
  closers.push(() => runner.stop());
  return told;
}

function raise(stormId: string, list: string): void {
  const value = Buffer.from(`${encodeStormAlert(stormAlert({ stormId, list }))}\n`);
  broker.append([{ topic: ALERTS, partition: 0, key: undefined, value }]);
}

test("a list is silenced, listed, told of by nobody, and told after all when the silence is ended", async () => {
  const told = await alerter();
  const set = await ask(QUESTION);
  expect(set).toMatchObject({ kind: "done", isRunning: true, silences: [{ id: 1, target: LIST, why: "town hall" }] });
  expect(await ask({ do: "list-silences" })).toEqual(set);
  raise("silenced", LIST);
  raise("heard", "other@example.org");
  await pollUntil(() => told.length > 0, { deadlineMs: 10_000, what: "the other list to be told" });
  expect(told).toEqual(["heard"]);
  expect(await ask({ do: "end-silence", id: 1 })).toEqual(set);
  await pollUntil(() => told.length > 1, { deadlineMs: 10_000, what: "the silenced storm to be told" });
  expect(told).toEqual(["heard", "silenced"]);
  expect(await ask({ do: "list-silences" })).toMatchObject({ silences: [] });
  expect(broker.recordsOf({ topic: deadLetterTopic(ALERTS), partition: 0 })).toEqual([]);
});

test("the same again is a silence of its own", async () => {
  await alerter();
  await ask(QUESTION);
  expect(await ask(QUESTION)).toMatchObject({ isRunning: true, silences: [{ id: 2 }] });
});

test("while no alerter runs it is asked for, and holds when one does", async () => {
  expect(await ask(QUESTION, hurriedClock())).toMatchObject({
    kind: "done",
    isRunning: false,
    silences: [{ id: 0, target: LIST }],
  });
  const told = await alerter();
  raise("silenced", LIST);
  raise("heard", "other@example.org");
  await pollUntil(() => told.length > 0, { deadlineMs: 10_000, what: "the other list to be told" });
  expect(told).toEqual(["heard"]);
});

test.each<[string, SilenceQuestion, string]>([
  ["without a reason", { ...QUESTION, why: " " }, "why? 1 to 500 printable characters: others will ask"],
  ["too long", { ...QUESTION, durationMs: 1e12 }, "for how long? 1s to 90d; what should never page is exempt"],
  ["a number that none has", { do: "end-silence", id: 7 }, "no silence 7 holds: squall silences --kafka lists"],
])("refused: %s; nothing is written", async (_, question, words) => {
  const reply = await ask(question);
  expect(reply).toMatchObject({ kind: "refused" });
  expect("message" in reply && reply.message).toContain(words);
  expect(broker.recordsOf({ topic: ALERTS, partition: 0 })).toEqual([]);
});

test("no such topic, and no broker", async () => {
  broker.createTopic("other.storm-alerts", 1);
  const deps = { log: new MemoryTopicLog(broker), topics: topicNames("other"), clock: systemClock };
  expect(await askOverKafka(QUESTION, deps)).toEqual({
    kind: "refused",
    message:
      "no such topic: other.storm-alerts.alerter-state. Is the prefix the services'? squall topics --create makes it",
  });
  broker.isDown = true;
  expect(await ask(QUESTION)).toEqual({ kind: "unavailable", message: "the broker is down" });
});
