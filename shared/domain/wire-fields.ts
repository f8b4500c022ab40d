// A field of a wire object -> its value, read once with its type and bounds.

import { hasUnprintable, printableText } from "./printable-text.ts";
import type { WireObject } from "./wire-object.ts";
import { refuse, required, valueOf } from "./wire-object.ts";
import { decodeWireTime, encodeWireTime } from "./wire-time.ts";

export interface TextLimits {
  /** Longest in UTF-16 units, as JavaScript counts. */
  readonly max: number;
  /** What an empty text does: refuse the line as out of range (default), count as absent, or stay. */
  readonly empty?: "refuse" | "absent" | "keep";
  /** What control characters, bidi controls and invisible marks do: refuse the line (default), vanish, or stay. */
  readonly unprintable?: "refuse" | "strip" | "keep";
}

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
}

/** Largest count any record may hold: beyond every mail system, far below where doubles lose whole numbers. */
const COUNT_MAX = 1_000_000_000_000;
const COUNTS: NumberLimits = { min: 0, max: COUNT_MAX };
const TIMES: NumberLimits = { min: 0, max: Number.MAX_SAFE_INTEGER };

export function textOf(object: WireObject, key: string, limits: TextLimits): string | undefined {
  const value = valueOf(object, key);
  if (value === undefined) return undefined;
  return checkText(object, key, { value, limits });
}

export function requiredText(object: WireObject, key: string, limits: TextLimits): string {
  return checkText(object, key, { value: required(object, key), limits }) ?? "";
}

/** Checks one text that is a field, or with a key such as `references[3]` an item of one. */
export function checkText(
  object: WireObject,
  key: string,
  what: { readonly value: unknown; readonly limits: TextLimits },
): string | undefined {
  const { value, limits } = what;
  if (typeof value !== "string") {
    refuse(object, "wrong-type", key);
    return undefined;
  }
  if (value.length > limits.max) refuse(object, "too-long", key);
  const text = limits.unprintable === "strip" ? printableText(value) : value;
  if ((limits.unprintable ?? "refuse") === "refuse" && hasUnprintable(text)) refuse(object, "control-character", key);
  if (text !== "" || limits.empty === "keep") return text;
  if (limits.empty !== "absent") refuse(object, "out-of-range", key);
  return undefined;
}

export function integerOf(object: WireObject, key: string, limits: NumberLimits): number | undefined {
  const value = valueOf(object, key);
  return value === undefined ? undefined : checkNumber(object, key, { value, limits, whole: true });
}

export function requiredInteger(object: WireObject, key: string, limits: NumberLimits): number {
  return checkNumber(object, key, { value: required(object, key), limits, whole: true });
}

/** A count: a whole number from 0. */
export function requiredCount(object: WireObject, key: string): number {
  return requiredInteger(object, key, COUNTS);
}

/** A finite number, whole or not. */
export function requiredNumber(object: WireObject, key: string, limits: NumberLimits): number {
  return checkNumber(object, key, { value: required(object, key), limits, whole: false });
}

function checkNumber(
  object: WireObject,
  key: string,
  what: { readonly value: unknown; readonly limits: NumberLimits; readonly whole: boolean },
): number {
  const { value, limits, whole } = what;
  if (typeof value !== "number" || (whole && !Number.isInteger(value))) {
    refuse(object, "wrong-type", key);
    return limits.min;
  }
  if (!(value >= limits.min && value <= limits.max)) refuse(object, "out-of-range", key);
  return value;
}

export function flagOf(object: WireObject, key: string): boolean | undefined {
  const value = valueOf(object, key);
  if (value === undefined || typeof value === "boolean") return value;
  refuse(object, "wrong-type", key);
  return undefined;
}

export function requiredFlag(object: WireObject, key: string): boolean {
  required(object, key);
  return flagOf(object, key) ?? false;
}

/** A time as ms since the epoch; times before 1970 are out of range. */
export function timeOf(object: WireObject, key: string): number | undefined {
  const value = valueOf(object, key);
  if (value === undefined) return undefined;
  const at = typeof value === "string" ? decodeWireTime(value) : undefined;
  if (at === undefined) {
    refuse(object, "wrong-type", key);
    return undefined;
  }
  if (at < TIMES.min) refuse(object, "out-of-range", key);
  return at;
}

export function requiredTime(object: WireObject, key: string): number {
  required(object, key);
  return timeOf(object, key) ?? 0;
}

/** One of a closed set of words; another word is out of range. */
export function choiceOf<const Word extends string>(
  object: WireObject,
  key: string,
  words: readonly Word[],
): Word | undefined {
  const value = valueOf(object, key);
  return value === undefined ? undefined : checkChoice(object, key, { value, words });
}

export function checkChoice<const Word extends string>(
  object: WireObject,
  key: string,
  what: { readonly value: unknown; readonly words: readonly Word[] },
): Word | undefined {
  const word = what.words.find((candidate) => candidate === what.value);
  if (word === undefined) refuse(object, typeof what.value === "string" ? "out-of-range" : "wrong-type", key);
  return word;
}

export function requiredChoice<const Word extends string>(
  object: WireObject,
  key: string,
  words: readonly [Word, ...Word[]],
): Word {
  required(object, key);
  return choiceOf(object, key, words) ?? words[0];
}

/** Sets an optional property only when there is a value: absent and undefined are not the same on the wire. */
export function setPresent<Target, Key extends keyof Target>(
  target: Target,
  key: Key,
  value: Target[Key] | undefined,
): void {
  if (value !== undefined) target[key] = value;
}

/** A time for the wire, undefined for an absent one, which JSON.stringify leaves out. */
export function wireTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : encodeWireTime(at);
}

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
