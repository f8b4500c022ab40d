// one simulated log and the truth about it -> what squall and Microsoft's rule do on it.

import type { DiscussionTruth, GroundTruth, StormTruth } from "../../services/squall/simulate/ground-truth.ts";
import type { ScenarioName } from "../../services/squall/simulate/scenarios.ts";
import { simulate } from "../../services/squall/simulate/simulation.ts";
import type { SquallConfig } from "../../services/squall/squall-defaults.ts";
import type { StormAlert, StormReason } from "../../shared/domain/storm-alert.ts";
import { replayChunks } from "../e2e/memory-input.ts";
import { MicrosoftRule } from "../../services/report/microsoft-rule.ts";

export interface ScenarioRun {
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly scale: number;
}

/** When a rule called a conversation a storm. */
export interface Catch {
  /** Reply-alls up to and with the one that decided; mails sent by machines, where the storm is one of these. */
  readonly replyAlls: number;
  /** After the first mail. */
  readonly seconds: number;
}

export interface SquallCatch extends Catch {
  /** Deliveries of the storm in minutes that had ended by then. */
  readonly deliveries: number;
}

export interface StormOutcome {
  readonly audience: number;
  readonly replyAlls: number;
  /** Recipients of the first mail and of all reply-alls. */
  readonly deliveries: number;
  readonly squall: SquallCatch | undefined;
  /** Squall raised a watch, whether or not a storm opened. */
  readonly watched: boolean;
  readonly microsoft: Catch | undefined;
}

export interface FalseAlarm {
  readonly list: string;
  readonly subject: string;
  readonly audience: number;
  readonly reasons: readonly StormReason[];
  readonly replyAlls: number;
  /** Since its first mail. */
  readonly seconds: number;
}

export interface ScenarioOutcome {
  readonly run: ScenarioRun;
  readonly lines: number;
  readonly storms: readonly StormOutcome[];
  /** Conversations that are no storm, and people on the largest list that had one. */
  readonly discussions: number;
  readonly discussionAudience: number;
  /** Storms that squall opened where there is none. */
  readonly squallFalse: readonly FalseAlarm[];
  /** Such conversations that trip Microsoft's rule. */
  readonly microsoftFalse: number;
}

/** A conversation as the truth has it. */
interface MicrosoftTalk {
  readonly audience: number;
  /** The reply-alls are sent by machines. */
  readonly automatic?: boolean;
  /** RFC 3339. */
  readonly replyAllTimes: readonly string[];
}

/** Plays the scenario through the whole of `squall replay`. */
export async function playScenario(run: ScenarioRun, config: SquallConfig): Promise<ScenarioOutcome> {
  const simulation = simulate(run);
  const { alerts } = await replayChunks(simulation.chunks(), config);
  return outcomeOf(run, simulation.truth(), alerts);
}

export function outcomeOf(run: ScenarioRun, truth: GroundTruth, alerts: readonly StormAlert[]): ScenarioOutcome {
  const opened = alerts.filter(({ type }) => type === "storm.opened");
  return {
    run,
    lines: truth.lines,
    storms: truth.storms.map((storm) => stormOutcome(storm, alerts)),
    discussions: truth.discussions.length,
    discussionAudience: truth.discussions.reduce((most, { audience }) => Math.max(most, audience), 0),
    squallFalse: opened.filter((alert) => truth.storms.every((storm) => !isOf(alert, storm))).map(falseAlarm),
    microsoftFalse: truth.discussions.filter((talk) => microsoftCatch(talk, firstReplyAt(talk)) !== undefined).length,
  };
}

function stormOutcome(storm: StormTruth, alerts: readonly StormAlert[]): StormOutcome {
  const { audience, replyAlls } = storm;
  const firstAt = Date.parse(storm.firstAt);
  const mine = alerts.filter((alert) => isOf(alert, storm));
  const opening = mine.find(({ type }) => type === "storm.opened");
  return {
    audience,
    replyAlls,
    deliveries: audience * (replyAlls + 1),
    squall: opening === undefined ? undefined : squallCatch(opening, firstAt),
    watched: mine.some(({ type }) => type === "storm.watch"),
    microsoft: microsoftCatch(storm, firstAt),
  };
}

function squallCatch({ evidence, reasons, detectedAt }: StormAlert, firstAt: number): SquallCatch {
  const { replyAlls, autoReplies, deliveriesSoFar } = evidence;
  const mails = reasons.includes("automatic") ? autoReplies : replyAlls;
  return { replyAlls: mails, seconds: (detectedAt - firstAt) / 1000, deliveries: deliveriesSoFar };
}

function falseAlarm({
  list = "no list",
  subject = "",
  reasons,
  evidence,
  startedAt,
  detectedAt,
}: StormAlert): FalseAlarm {
  const { audience, replyAlls } = evidence;
  return { list, subject, audience, reasons, replyAlls, seconds: (detectedAt - startedAt) / 1000 };
}

/** It names a message of the storm, or was raised on its list while it went on. */
function isOf({ list, detectedAt, evidence }: StormAlert, storm: StormTruth): boolean {
  if (evidence.messageIds.some((id) => storm.threadMessageIds.includes(id))) return true;
  const during = detectedAt >= Date.parse(storm.firstAt) && detectedAt <= Date.parse(storm.lastAt);
  return list === storm.list && during;
}

/**
 * All reply-alls of a conversation count as one conversation to Microsoft's rule, whatever became of subject and headers: it is
 * given the best case. They are by others than the starter.
 */
function microsoftCatch(talk: MicrosoftTalk, firstAt: number): Catch | undefined {
  const rule = new MicrosoftRule();
  const { audience, automatic = false } = talk;
  const mail = { thread: "it", recipients: audience, isAutomatic: automatic };
  rule.see({ ...mail, atMs: firstAt, sender: "starter", isReply: false });
  for (const [number, time] of talk.replyAllTimes.toSorted().entries()) {
    const trip = rule.see({ ...mail, atMs: Date.parse(time), sender: `replier ${number}`, isReply: true });
    if (trip !== undefined) return { replyAlls: trip.replyAlls, seconds: (trip.atMs - firstAt) / 1000 };
  }
  return undefined;
}

function firstReplyAt({ replyAllTimes }: DiscussionTruth): number {
  return Math.min(...replyAllTimes.map((time) => Date.parse(time)));
}
