// What StreamTime knows, and its wire form. Times that are not known are left out.

import { integerOf, requiredInteger } from "../../../shared/domain/wire-fields.ts";
import { openField, requiredItems, type WireObject } from "../../../shared/domain/wire-object.ts";

/** A run of lines far ahead of what is believed. */
export interface Leap {
  readonly from: number;
  /** Lowest and highest stamp. */
  earliest: number;
  now: number;
  /** Lines since it was last contradicted. */
  lines: number;
  /** How often lines from before it came back. */
  contradictions: number;
}

export interface StreamTimeState {
  readonly now: number;
  readonly earliest: number;
  readonly leaps: readonly Leap[];
  readonly refused: readonly Leap[];
  readonly arrivedAtMs: number;
  readonly movedTo: number;
  readonly movedAtMs: number;
  readonly setBacks: number;
}

/** Before and after every Date. */
export const TIMES = { min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 };
export const COUNTS = { min: 0, max: Number.MAX_SAFE_INTEGER };
const LEAPS_MAX = 100;

/** JSON knows no infinities: they are what is not known. */
export function wireStreamTime(state: StreamTimeState): object {
  return {
    ...state,
    now: finite(state.now),
    earliest: finite(state.earliest),
    arrivedAtMs: finite(state.arrivedAtMs),
    movedTo: finite(state.movedTo),
    movedAtMs: finite(state.movedAtMs),
  };
}

export function readStreamTime(object: WireObject): StreamTimeState {
  return {
    now: integerOf(object, "now", TIMES) ?? Number.NEGATIVE_INFINITY,
    earliest: integerOf(object, "earliest", TIMES) ?? Number.POSITIVE_INFINITY,
    leaps: leapsOf(object, "leaps"),
    refused: leapsOf(object, "refused"),
    arrivedAtMs: integerOf(object, "arrivedAtMs", TIMES) ?? Number.NaN,
    movedTo: integerOf(object, "movedTo", TIMES) ?? Number.NEGATIVE_INFINITY,
    movedAtMs: integerOf(object, "movedAtMs", TIMES) ?? Number.NaN,
    setBacks: requiredInteger(object, "setBacks", COUNTS),
  };
}

export function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}

function leapsOf(parent: WireObject, key: string): Leap[] {
  const readItem = (value: unknown, itemKey: string): Leap | undefined => {
    const object = openField(parent, itemKey, { value });
    if (object === undefined) return undefined;
    return {
      from: requiredInteger(object, "from", TIMES),
      earliest: requiredInteger(object, "earliest", TIMES),
      now: requiredInteger(object, "now", TIMES),
      lines: requiredInteger(object, "lines", COUNTS),
      contradictions: requiredInteger(object, "contradictions", COUNTS),
    };
  };
  return requiredItems(parent, key, { max: LEAPS_MAX, readItem });
}
