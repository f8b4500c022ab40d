// What the reader of one input knows, and its wire form: all but its position, which is its file's matter.

import { integerOf, requiredFlag, requiredInteger, requiredText, textOf } from "../../../shared/domain/wire-fields.ts";
import {
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
import { COUNTS, finite, readStreamTime, type StreamTimeState, TIMES, wireStreamTime } from "./stream-time-state.ts";

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

/** A squall that knows more of them may have written before this one. */
const REASONS_MAX = 1000;

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
    // A format that a newer squall knows: each line says anew which it is.
    current: FORMAT_NAMES.find((name) => name === textOf(object, "current", { max: 255 })),
    formats: formatsOf(object),
    counters: countersOf(part(object, "counters")),
    streamTime: readStreamTime(part(object, "streamTime")),
    arrival: arrivalOf(part(object, "arrival")),
    stamps: stampsOf(part(object, "stamps")),
    isFirst: requiredFlag(object, "isFirst"),
    discarded: discarded === undefined ? undefined : Buffer.from(discarded, "latin1"),
  };
}

function part(parent: WireObject, key: string): WireObject {
  const object = openField(parent, key, { value: required(parent, key) });
  return object ?? { reading: parent.reading, path: key, fields: {} };
}

function formatsOf(parent: WireObject): Map<FormatName, unknown> {
  const object = part(parent, "formats");
  const formats = new Map<FormatName, unknown>();
  for (const name of FORMAT_NAMES) {
    const state = valueOf(object, name);
    if (state !== undefined) formats.set(name, state);
  }
  return formats;
}

function countersOf(object: WireObject): IngestCounters {
  const readItem = (value: unknown, key: string): [RejectionReason, number] | undefined => {
    const item = openField(object, key, { value });
    if (item === undefined) return undefined;
    const [named, lines] = [requiredText(item, "reason", { max: 255 }), requiredInteger(item, "lines", COUNTS)];
    const reason = REJECTION_REASONS.find((known) => known === named);
    return reason === undefined ? undefined : [reason, lines];
  };
  return {
    lines: requiredInteger(object, "lines", COUNTS),
    used: requiredInteger(object, "used", COUNTS),
    other: requiredInteger(object, "other", COUNTS),
    rejected: new Map(requiredItems(object, "rejected", { max: REASONS_MAX, readItem })),
  };
}

function arrivalOf(object: WireObject): ArrivalState {
  const readItem = (value: unknown, key: string): ArrivalState["slow"][number] | undefined => {
    const item = openField(object, key, { value });
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
