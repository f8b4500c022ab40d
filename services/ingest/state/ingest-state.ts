// What the reader of one input knows, and its wire form: all but its position, which is its file's matter.

import {
  integerOf,
  requiredChoice,
  requiredFlag,
  requiredInteger,
  requiredText,
  choiceOf,
  textOf,
} from "../../../shared/domain/wire-fields.ts";
import {
  fieldSet,
  openField,
  refuse,
  required,
  requiredItems,
  valueOf,
  type WireObject,
} from "../../../shared/domain/wire-object.ts";
import type { ArrivalState } from "../arrival-time.ts";
import { FORMAT_NAMES, type FormatName } from "../formats.ts";
import type { IngestCounters } from "../ingest.ts";
import { REJECTION_REASONS, type RejectionReason } from "../rejection.ts";
import type { StampState } from "../syslog-stamp.ts";
import {
  COUNTS,
  finite,
  readStreamTime,
  STREAM_TIME_FIELDS,
  type StreamTimeState,
  TIMES,
  wireStreamTime,
} from "./stream-time-state.ts";

export interface IngestState {
  /** Format of the line before. */
  readonly current: FormatName | undefined;
  /** What formats know that keep anything from line to line. */
  readonly formats: ReadonlyMap<FormatName, unknown>;
  readonly counters: Readonly<IngestCounters>;
  readonly streamTime: StreamTimeState;
  readonly arrival: ArrivalState;
  readonly stamps: StampState;
  /** No line of the file has been read. */
  readonly isFirst: boolean;
  /** First bytes of an overlong line whose rest is to be passed over. */
  readonly discarded: Buffer | undefined;
}

export const INGEST_FIELDS = "current formats counters streamTime arrival stamps isFirst discarded";
const COUNTER_FIELDS = fieldSet("lines used other rejected");
const REJECTED_FIELDS = fieldSet("reason lines");
const ARRIVAL_FIELDS = fieldSet("stampsAhead stampsBehind waitedAtMs slow");
const SLOW_FIELDS = fieldSet("host arrivedAtMs stampMs lines behindMs");
const STAMP_FIELDS = fieldSet("dayKey dayMs last lastMs");
const FORMAT_FIELDS: ReadonlySet<string> = new Set(FORMAT_NAMES);

const SLOW_MAX = 1000;
const STAMP_CHARS = 15;
const HOST_CHARS_MAX = 1024;
const SHOWN_CHARS_MAX = 65_536;
const KEYS = { min: -1, max: Number.MAX_SAFE_INTEGER };

export function wireIngest(state: IngestState): object {
  const { counters, arrival, stamps, discarded } = state;
  return {
    current: state.current,
    formats: Object.fromEntries(state.formats),
    counters: { ...counters, rejected: Array.from(counters.rejected, ([reason, lines]) => ({ reason, lines })) },
    streamTime: wireStreamTime(state.streamTime),
    arrival: { ...arrival.counters, waitedAtMs: finite(arrival.waitedAtMs), slow: arrival.slow },
    stamps,
    isFirst: state.isFirst,
    discarded: discarded?.toString("latin1"),
  };
}

/** Notes the first fault in the object's reading. */
export function readIngest(object: WireObject): IngestState {
  const discarded = textOf(object, "discarded", { max: SHOWN_CHARS_MAX, empty: "keep", unprintable: "keep" });
  return {
    current: choiceOf(object, "current", FORMAT_NAMES),
    formats: formatsOf(object),
    counters: countersOf(part(object, "counters", COUNTER_FIELDS)),
    streamTime: readStreamTime(part(object, "streamTime", STREAM_TIME_FIELDS)),
    arrival: arrivalOf(part(object, "arrival", ARRIVAL_FIELDS)),
    stamps: stampsOf(part(object, "stamps", STAMP_FIELDS)),
    isFirst: requiredFlag(object, "isFirst"),
    discarded: discarded === undefined ? undefined : Buffer.from(discarded, "latin1"),
  };
}

function part(parent: WireObject, key: string, known: ReadonlySet<string>): WireObject {
  const object = openField(parent, key, { value: required(parent, key), known });
  return object ?? { reading: parent.reading, path: key, fields: {} };
}

function formatsOf(parent: WireObject): Map<FormatName, unknown> {
  const object = part(parent, "formats", FORMAT_FIELDS);
  const formats = new Map<FormatName, unknown>();
  for (const name of FORMAT_NAMES) {
    const state = valueOf(object, name);
    if (state !== undefined) formats.set(name, state);
  }
  return formats;
}

function countersOf(object: WireObject): IngestCounters {
  const readItem = (value: unknown, key: string): [RejectionReason, number] | undefined => {
    const item = openField(object, key, { value, known: REJECTED_FIELDS });
    if (item === undefined) return undefined;
    return [requiredChoice(item, "reason", REJECTION_REASONS), requiredInteger(item, "lines", COUNTS)];
  };
  return {
    lines: requiredInteger(object, "lines", COUNTS),
    used: requiredInteger(object, "used", COUNTS),
    other: requiredInteger(object, "other", COUNTS),
    rejected: new Map(requiredItems(object, "rejected", { max: REJECTION_REASONS.length, readItem })),
  };
}

function arrivalOf(object: WireObject): ArrivalState {
  const readItem = (value: unknown, key: string): ArrivalState["slow"][number] | undefined => {
    const item = openField(object, key, { value, known: SLOW_FIELDS });
    if (item === undefined) return undefined;
    return {
      host: requiredText(item, "host", { max: HOST_CHARS_MAX, unprintable: "keep" }),
      arrivedAtMs: requiredInteger(item, "arrivedAtMs", TIMES),
      stampMs: requiredInteger(item, "stampMs", TIMES),
      lines: requiredInteger(item, "lines", COUNTS),
      behindMs: requiredInteger(item, "behindMs", TIMES),
    };
  };
  return {
    counters: {
      stampsAhead: requiredInteger(object, "stampsAhead", COUNTS),
      stampsBehind: requiredInteger(object, "stampsBehind", COUNTS),
    },
    waitedAtMs: integerOf(object, "waitedAtMs", TIMES) ?? Number.NaN,
    slow: requiredItems(object, "slow", { max: SLOW_MAX, readItem }),
  };
}

function stampsOf(object: WireObject): StampState {
  const last = requiredText(object, "last", { max: STAMP_CHARS, unprintable: "keep" });
  if (last.length !== STAMP_CHARS) refuse(object, "out-of-range", "last");
  return {
    dayKey: requiredInteger(object, "dayKey", KEYS),
    dayMs: requiredInteger(object, "dayMs", TIMES),
    last,
    lastMs: requiredInteger(object, "lastMs", TIMES),
  };
}
