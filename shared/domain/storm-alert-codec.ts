// StormAlert <-> one JSON line. What each field may hold is published in storm-alert.schema.json.

import type { DecodeFault } from "./decode-fault.ts";
import type { Advice, ScoreStep, StormAlert, StormEvidence, StormForecast, StormReason } from "./storm-alert.ts";
import { ADVICE_SYSTEMS, SEVERITIES, STORM_REASONS } from "./storm-alert.ts";
import type { Mutable, TextLimits } from "./wire-fields.ts";
import {
  checkChoice,
  checkText,
  flagOf,
  requiredChoice,
  requiredCount,
  requiredInteger,
  requiredNumber,
  requiredText,
  requiredTime,
  setPresent,
  textOf,
  timeOf,
  wireTime,
} from "./wire-fields.ts";
import type { WireObject } from "./wire-object.ts";
import { decodeLine, openField, refuse, required, requiredItems } from "./wire-object.ts";
import { encodeWireTime } from "./wire-time.ts";

const STEPS_MAX = 10;
const ALERT_MESSAGE_IDS_MAX = 50;
const ADVICE_MAX = 64;
const REASONS_MAX = 64;

const TYPES = ["storm.watch", "storm.opened", "storm.updated", "storm.resolved"] as const;
const SCOPES = ["thread", "list"] as const;

const NAME: TextLimits = { max: 255 };
const ADDRESS: TextLimits = { max: 320 };
const KEY: TextLimits = { max: 998 };
const MESSAGE_ID: TextLimits = { max: 998, empty: "keep" };
const SUBJECT: TextLimits = { max: 998, empty: "absent", unprintable: "strip" };
const ADVICE_TEXT: TextLimits = { max: 4000, unprintable: "strip" };
/** A command may hold line breaks, and is empty where none could be given; it is checked where it is shown. */
const COMMAND: TextLimits = { max: 65_536, empty: "keep", unprintable: "keep" };
const ANY_NUMBER = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
const POSITIVE = { min: 0, max: Number.MAX_VALUE };
const FORECAST_MINUTES = { min: 15, max: 15 };
const REVISIONS = { min: 1, max: Number.MAX_SAFE_INTEGER };

/** Writes a StormAlert as one JSON line without the line break; the same alert gives the same bytes. */
export function encodeStormAlert(alert: StormAlert): string {
  return JSON.stringify({
    v: alert.v,
    type: alert.type,
    stormId: alert.stormId,
    revision: alert.revision,
    site: alert.site,
    scope: alert.scope,
    scopes: alert.scopes,
    threadKey: alert.threadKey,
    list: alert.list,
    subject: alert.subject,
    starter: alert.starter,
    severity: alert.severity,
    startedAt: encodeWireTime(alert.startedAt),
    detectedAt: encodeWireTime(alert.detectedAt),
    resolvedAt: wireTime(alert.resolvedAt),
    reasons: alert.reasons,
    evidence: wireEvidence(alert.evidence),
    forecast: { minutes: alert.forecast.minutes, atLeast: alert.forecast.atLeast },
    advice: alert.advice.map(({ system, text, command, isPerishable: perishable }) => ({
      system,
      text,
      command,
      perishable,
    })),
  });
}

function wireEvidence(evidence: StormEvidence): object {
  return {
    replyAlls: evidence.replyAlls,
    distinctRepliers: evidence.distinctRepliers,
    autoReplies: evidence.autoReplies,
    audience: evidence.audience,
    repliesPerMinute: evidence.repliesPerMinute,
    deliveriesPerMinute: evidence.deliveriesPerMinute,
    deliveriesSoFar: evidence.deliveriesSoFar,
    growthFactor: evidence.growthFactor,
    score: evidence.score,
    steps: evidence.steps.map((step) => ({
      at: encodeWireTime(step.at),
      secondsSinceLast: step.secondsSinceLast,
      person: step.person,
      timing: step.timing,
      newcomer: step.newcomer,
      pause: step.pause,
      score: step.score,
    })),
    firstMessageId: evidence.firstMessageId,
    messageIds: evidence.messageIds,
  };
}

/** Reads one JSON line; anything that is not a whole StormAlert of version 1 is refused with a named reason. */
export function decodeStormAlert(line: string): { readonly ok: true; readonly alert: StormAlert } | DecodeFault {
  const decoded = decodeLine(line, readAlert);
  return decoded.ok ? { ok: true, alert: decoded.value } : decoded;
}

function readAlert(object: WireObject): StormAlert {
  const alert: Mutable<StormAlert> = {
    v: 1,
    type: requiredChoice(object, "type", TYPES),
    stormId: requiredText(object, "stormId", NAME),
    revision: requiredInteger(object, "revision", REVISIONS),
    site: requiredText(object, "site", NAME),
    scope: requiredChoice(object, "scope", SCOPES),
    scopes: wordsOf(object, "scopes", SCOPES),
    threadKey: requiredText(object, "threadKey", KEY),
    severity: requiredChoice(object, "severity", SEVERITIES),
    startedAt: requiredTime(object, "startedAt"),
    detectedAt: requiredTime(object, "detectedAt"),
    reasons: reasonsOf(object),
    evidence: readEvidence(object),
    forecast: readForecast(object),
    advice: readAdvice(object),
  };
  setPresent(alert, "list", textOf(object, "list", ADDRESS));
  setPresent(alert, "subject", textOf(object, "subject", SUBJECT));
  setPresent(alert, "starter", textOf(object, "starter", ADDRESS));
  setPresent(alert, "resolvedAt", timeOf(object, "resolvedAt"));
  return alert;
}

/** A list of words of a closed set, each once. */
function wordsOf<const Word extends string>(object: WireObject, key: string, words: readonly Word[]): Word[] {
  const seen = new Set<Word>();
  const readItem = (value: unknown, itemKey: string): Word | undefined => {
    const word = checkChoice(object, itemKey, { value, words });
    if (word !== undefined && seen.has(word)) refuse(object, "out-of-range", itemKey);
    if (word !== undefined) seen.add(word);
    return word;
  };
  return requiredItems(object, key, { max: words.length, readItem });
}

/** Those that are known: an alert of a newer squall, which has more of them, is told all the same. */
function reasonsOf(object: WireObject): StormReason[] {
  const readItem = (value: unknown, key: string): StormReason | undefined => {
    if (typeof value !== "string") refuse(object, "wrong-type", key);
    return STORM_REASONS.find((reason) => reason === value);
  };
  return [...new Set(requiredItems(object, "reasons", { max: REASONS_MAX, readItem }))];
}

/** A nested object that must be there; a stand-in without fields when it is not one. */
function nested(parent: WireObject, key: string): WireObject {
  const opened = openField(parent, key, { value: required(parent, key) });
  return opened ?? { reading: parent.reading, path: key, fields: {} };
}

function readEvidence(parent: WireObject): StormEvidence {
  const object = nested(parent, "evidence");
  const readStep = (value: unknown, key: string): ScoreStep | undefined => {
    const step = openField(object, key, { value });
    return step === undefined ? undefined : readScoreStep(step);
  };
  const readId = (value: unknown, key: string): string | undefined =>
    checkText(object, key, { value, limits: MESSAGE_ID });
  return {
    replyAlls: requiredCount(object, "replyAlls"),
    distinctRepliers: requiredCount(object, "distinctRepliers"),
    autoReplies: requiredCount(object, "autoReplies"),
    audience: requiredCount(object, "audience"),
    repliesPerMinute: requiredNumber(object, "repliesPerMinute", POSITIVE),
    deliveriesPerMinute: requiredNumber(object, "deliveriesPerMinute", POSITIVE),
    deliveriesSoFar: requiredCount(object, "deliveriesSoFar"),
    growthFactor: requiredNumber(object, "growthFactor", POSITIVE),
    score: requiredNumber(object, "score", POSITIVE),
    steps: requiredItems(object, "steps", { max: STEPS_MAX, readItem: readStep }),
    firstMessageId: requiredText(object, "firstMessageId", MESSAGE_ID),
    messageIds: requiredItems(object, "messageIds", { max: ALERT_MESSAGE_IDS_MAX, readItem: readId }),
  };
}

function readScoreStep(object: WireObject): ScoreStep {
  return {
    at: requiredTime(object, "at"),
    secondsSinceLast: requiredNumber(object, "secondsSinceLast", POSITIVE),
    person: requiredText(object, "person", ADDRESS),
    timing: requiredNumber(object, "timing", ANY_NUMBER),
    newcomer: requiredNumber(object, "newcomer", ANY_NUMBER),
    pause: requiredNumber(object, "pause", ANY_NUMBER),
    score: requiredNumber(object, "score", POSITIVE),
  };
}

function readForecast(parent: WireObject): StormForecast {
  const object = nested(parent, "forecast");
  requiredInteger(object, "minutes", FORECAST_MINUTES);
  return { minutes: 15, atLeast: requiredCount(object, "atLeast") };
}

function readAdvice(parent: WireObject): Advice[] {
  const readItem = (value: unknown, key: string): Advice | undefined => {
    const object = openField(parent, key, { value });
    if (object === undefined) return undefined;
    const named = requiredText(object, "system", NAME);
    const text = requiredText(object, "text", ADVICE_TEXT);
    const command = requiredText(object, "command", COMMAND);
    const isPerishable = flagOf(object, "perishable");
    // Advice for a mail system that a newer squall knows is left out.
    const system = ADVICE_SYSTEMS.find((known) => known === named);
    if (system === undefined) return undefined;
    return { system, text, command, ...(isPerishable === true ? { isPerishable } : {}) };
  };
  return requiredItems(parent, "advice", { max: ADVICE_MAX, readItem });
}
