// Silences of the services: a word to the alerter is a line among the alerts, and what holds is read from the alerter's state.

import { randomUUID } from "node:crypto";
import { encodeSilenceLine, type SilenceWord } from "../../../shared/domain/silence-line.ts";
import { stateTopic, type TopicNames } from "../../../shared/domain/topics.ts";
import { type Clock, passed } from "../../../shared/runtime/clock.ts";
import { LogError, type NewRecord, type TopicLog, type TopicPartition } from "../../../shared/runtime/topic-log.ts";
import { type Silence, silenceFault } from "../../alerter/silence.ts";
import { SILENCE_PREFIX, SilenceEntryError, Silences } from "../../alerter/silences.ts";
import type { SilenceQuestion } from "../silence-control.ts";
import type { SilenceReply } from "../silence-question.ts";

export interface SilencesOnKafkaDeps {
  readonly log: TopicLog;
  readonly topics: TopicNames;
  readonly clock: Clock;
}

/** How long the alerter is waited for, and how often it is looked whether it has heard. */
const HEARD_MS = 5_000;
const LOOK_MS = 250;
/** The topic of alerts has one partition. */
const PARTITION = 0;

/**
 * `isRunning` of the reply: the alerter has heard it. Where none does meanwhile the silence has no number yet (0): it holds from the line
 * on, as soon as an alerter reads it.
 */
export async function askOverKafka(question: SilenceQuestion, deps: SilencesOnKafkaDeps): Promise<SilenceReply> {
  try {
    return await answer(question, deps);
  } catch (error) {
    if (error instanceof SilenceEntryError) return { kind: "refused", message: error.message };
    if (!(error instanceof LogError)) throw error;
    return { kind: error.fault === "refused" ? "refused" : "unavailable", message: error.message };
  }
}

async function answer(question: SilenceQuestion, deps: SilencesOnKafkaDeps): Promise<SilenceReply> {
  const { log, topics, clock } = deps;
  const at = { topic: topics["storm-alerts"], partition: PARTITION };
  const stateAt = { topic: stateTopic(at.topic, "alerter"), partition: PARTITION };
  await mustBeThere(log, [at.topic, stateAt.topic]);
  if (question.do === "silence") {
    const fault = silenceFault(question);
    if (fault !== undefined) return { kind: "refused", message: fault };
  }
  const before = await silencesNow(log, stateAt, clock.nowMs());
  if (question.do === "list-silences") return { kind: "done", silences: before, isRunning: true };
  const ending = question.do === "end-silence" ? before.find(({ id }) => id === question.id) : undefined;
  if (question.do === "end-silence" && ending === undefined) {
    const message = `no silence ${question.id} holds: squall silences --kafka lists those that do`;
    return { kind: "refused", message };
  }
  await write(log, [{ ...at, key: undefined, value: Buffer.from(encodeSilenceLine(question)) }]);
  const outcome = (now: readonly Silence[]): Silence | undefined =>
    question.do === "silence" ? added(question, before, now) : ended(ending, now);
  const heard = await untilHeard(outcome, deps, stateAt);
  return {
    kind: "done",
    silences: [heard ?? ending ?? expected(question, clock.nowMs())],
    isRunning: heard !== undefined,
  };
}

async function untilHeard(
  outcome: (now: readonly Silence[]) => Silence | undefined,
  { log, clock }: SilencesOnKafkaDeps,
  stateAt: TopicPartition,
): Promise<Silence | undefined> {
  const giveUpAtMs = clock.nowMs() + HEARD_MS;
  for (;;) {
    const heard = outcome(await silencesNow(log, stateAt, clock.nowMs()));
    if (heard !== undefined || clock.nowMs() >= giveUpAtMs) return heard;
    await passed(clock, LOOK_MS);
  }
}

/** The one that was asked for is the newest that says so. */
function added(word: SilenceWord, before: readonly Silence[], now: readonly Silence[]): Silence | undefined {
  if (word.do !== "silence") return undefined;
  const known = new Set(before.map(({ id }) => id));
  return now.findLast(
    ({ id, target, why, who }) => !known.has(id) && target === word.target && why === word.why && who === word.who,
  );
}

function ended(ending: Silence | undefined, now: readonly Silence[]): Silence | undefined {
  return now.some(({ id }) => id === ending?.id) ? undefined : ending;
}

function expected(question: SilenceQuestion, nowMs: number): Silence {
  if (question.do !== "silence") throw new Error("only a new silence is expected");
  const { target, durationMs, why, who } = question;
  return { id: 0, target, since: nowMs, until: nowMs + durationMs, why, who };
}

async function mustBeThere(log: TopicLog, topics: readonly string[]): Promise<void> {
  for (const topic of topics) {
    if ((await log.partitionsOf(topic)) !== undefined) continue;
    throw new LogError(
      "refused",
      `no such topic: ${topic}. Is the prefix the services'? squall topics --create makes it`,
    );
  }
}

/**
 * Those that hold. Of a compacted partition nobody knows the last record, so one is written: a tombstone of a key that nobody has, which
 * no alerter takes notice of.
 */
async function silencesNow(log: TopicLog, at: TopicPartition, nowMs: number): Promise<Silence[]> {
  const key = `squall/look/${randomUUID()}`;
  await write(log, [{ ...at, key, value: undefined }]);
  const entries = new Map<string, Buffer>();
  await log.readBack(
    at,
    (record) => record.key?.toString() === key,
    (record) => {
      const name = record.key?.toString() ?? "";
      if (!name.startsWith(SILENCE_PREFIX)) return;
      if (record.value === undefined) entries.delete(name);
      else entries.set(name, Buffer.from(record.value));
    },
  );
  const silences = new Silences();
  for (const [name, value] of entries) silences.restore(name, value);
  return silences.list(nowMs);
}

async function write(log: TopicLog, records: readonly NewRecord[]): Promise<void> {
  const writer = await log.openPlainWriter();
  try {
    await writer.write(records);
  } finally {
    await writer.close();
  }
}
