// What a service does with topics, tried without harm -> findings on its rights, on codecs, clocks and on what its state was made with.

import { LogError } from "../../../shared/runtime/topic-log.ts";
import type { NewestRecord, TopicTrials, WriteTrial } from "../../../shared/runtime/topic-trials.ts";
import type { Allowance, ToolContext } from "../topics/kafka-tools.ts";
import { allow } from "../topics/kafka-tools.ts";
import type { Finding } from "./finding.ts";

/** One input of a service and what goes with it; topics that are there and may be looked at. */
export interface InputUse {
  readonly input: string;
  /** Undefined: the service keeps no state, or the topic is missing. */
  readonly state: string | undefined;
  /** Outputs, dead letters and state. */
  readonly writes: readonly string[];
  readonly group: string;
  /** It writes by transactions; else a record cannot be taken back, and writing is only tried if it may have an id. */
  readonly isTransactional: boolean;
}

export interface RightsContext {
  readonly tools: ToolContext;
  readonly user: string | undefined;
}

export interface RightsOutcome {
  readonly findings: readonly Finding[];
  readonly newestOfInput: readonly NewestRecord[];
  readonly newestOfState: readonly NewestRecord[];
  readonly writes: readonly WriteTrial[];
}

/** Rejects with LogError when the brokers are gone meanwhile. */
export async function tryRights(use: InputUse, trials: TopicTrials, context: RightsContext): Promise<RightsOutcome> {
  const group = await groupFinding(use, trials, context);
  const [input, state, writing] = await Promise.all([
    // Whoever may not use the group reads nothing.
    group.level === "fail" ? NOTHING : tryReading({ topic: use.input, group: use.group }, trials, context),
    group.level === "fail" || use.state === undefined
      ? NOTHING
      : tryReading({ topic: use.state, group: use.state }, trials, context),
    tryWriting(use, trials, context),
  ]);
  return {
    findings: [group, ...input.findings, ...state.findings, ...writing.findings],
    newestOfInput: input.records,
    newestOfState: state.records,
    writes: writing.trials,
  };
}

interface ReadOutcome {
  readonly findings: readonly Finding[];
  readonly records: readonly NewestRecord[];
}

const NOTHING: ReadOutcome = { findings: [], records: [] };

async function groupFinding({ group, input }: InputUse, trials: TopicTrials, context: RightsContext): Promise<Finding> {
  const subject = `group ${group}`;
  try {
    await trials.askGroup(group, input);
    return { level: "ok", subject, text: "may be asked where it stands" };
  } catch (error) {
    const allowance = { on: "group", prefix: group, operations: ["Read"] } as const;
    return refused(subject, error, { what: "may not be used, so nothing can be read", allowance, context });
  }
}

interface Reading {
  readonly topic: string;
  readonly group: string;
}

async function tryReading(
  { topic, group }: Reading,
  trials: TopicTrials,
  context: RightsContext,
): Promise<ReadOutcome> {
  const subject = `topic ${topic}`;
  try {
    const { records, undecodable } = await trials.readNewest(topic, group);
    if (undecodable === undefined) return { findings: [{ level: "ok", subject, text: "may be read" }], records };
    const mend = [
      "squall reads none, gzip, snappy, lz4 and zstd. With which does its writer (the shipper) pack?",
      "Set another there, such as zstd, and wait until what is packed in the old way is gone, or begin behind it.",
    ];
    const text = `its newest records cannot be unpacked: ${undecodable}`;
    return { findings: [{ level: "fail", subject, text, mend }], records };
  } catch (error) {
    // A right to the one group alone does not do: state is read by groups whose names begin with the topic's.
    const isGroup = error instanceof Error && /group/iu.test(error.message);
    const what = isGroup ? `may not be read by groups whose names begin with ${group}` : "may not be read";
    const on = isGroup ? "group" : "topic";
    const allowance: Allowance = { on, prefix: isGroup ? group : topic, operations: ["Read"] };
    return { findings: [refused(subject, error, { what, allowance, context })], records: [] };
  }
}

async function tryWriting(
  use: InputUse,
  trials: TopicTrials,
  context: RightsContext,
): Promise<{ findings: Finding[]; trials: readonly WriteTrial[] }> {
  const { group, writes, isTransactional } = use;
  if (writes.length === 0) return { findings: [], trials: [] };
  const subject = `transactional id ${group}.doctor`;
  try {
    const tried = await trials.writeAndTakeBack(`${group}.doctor`, writes);
    const findings = tried.map((trial) => writeFinding(trial, context));
    if (isTransactional) findings.unshift({ level: "ok", subject, text: "may be used" });
    return { findings, trials: tried };
  } catch (error) {
    if (!isTransactional && isRefused(error)) {
      const text = `not tried whether ${writes.join(", ")} may be written to: it takes a transaction to take that back`;
      const mend = [allow({ on: "topic", prefix: group, operations: ["Write"] }, context.user, context.tools)];
      return { findings: [{ level: "warn", subject, text, mend }], trials: [] };
    }
    const allowance = { on: "transactional-id", prefix: group, operations: ["Describe", "Write"] } as const;
    return { findings: [refused(subject, error, { what: "may not be used", allowance, context })], trials: [] };
  }
}

function writeFinding({ topic, fault }: WriteTrial, context: RightsContext): Finding {
  const subject = `topic ${topic}`;
  if (fault === undefined) return { level: "ok", subject, text: "may be written to" };
  const allowance = { on: "topic", prefix: topic, operations: ["Write"] } as const;
  return refused(subject, fault, { what: "may not be written to", allowance, context });
}

interface Refusal {
  readonly what: string;
  readonly allowance: Allowance;
  readonly context: RightsContext;
}

/** Throws what is no LogError. */
function refused(subject: string, error: unknown, { what, allowance, context }: Refusal): Finding {
  if (!(error instanceof LogError)) throw error;
  if (error.fault !== "refused") {
    // Fenced: another doctor does the same.
    const mend = error.fault === "fenced" ? ["Does another squall doctor run? Try again."] : [];
    return { level: "fail", subject, text: `could not be tried: ${error.message}`, mend };
  }
  const mend = [allow(allowance, context.user, context.tools)];
  return { level: "fail", subject, text: `${what}: ${error.message}`, mend };
}

function isRefused(error: unknown): boolean {
  return error instanceof LogError && error.fault === "refused";
}
