// Silence: for a time nobody is told of the storms of a thread or a list. The state entry of one <-> JSON.

import { matchesGlob } from "../../shared/domain/glob.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { hasUnprintable } from "../../shared/domain/printable-text.ts";

/** The longest that one lasts: what should never page is `exempt` in the configuration. */
const SILENCE_MS_MAX = 90 * 86_400_000;
const SILENCE_MS_MIN = 1000;
const TARGET_CHARS_MAX = 998;
const WHY_CHARS_MAX = 500;
const WHO_CHARS_MAX = 255;

export interface SilenceRequest {
  /** A list (case does not matter, `*` and `?` as in the configuration), a thread or a storm as the alert names it; `*` is everything. */
  readonly target: string;
  readonly durationMs: number;
  readonly why: string;
  /** The user of the operating system who asked. */
  readonly who: string;
}

export interface Silence {
  /** Counted on, never used twice. */
  readonly id: number;
  readonly target: string;
  /** ms since the epoch, our clock. */
  readonly since: number;
  readonly until: number;
  readonly why: string;
  readonly who: string;
}

/** What is wrong with a request, for the person who made it; undefined: nothing. */
export function silenceFault({ target, durationMs, why, who }: SilenceRequest): string | undefined {
  if (!isText(target, TARGET_CHARS_MAX)) return `which thread or list? 1 to ${TARGET_CHARS_MAX} printable characters`;
  if (!isText(why, WHY_CHARS_MAX)) return `why? 1 to ${WHY_CHARS_MAX} printable characters: others will ask`;
  if (!isText(who, WHO_CHARS_MAX)) return `who? 1 to ${WHO_CHARS_MAX} printable characters`;
  if (!Number.isInteger(durationMs) || durationMs < SILENCE_MS_MIN || durationMs > SILENCE_MS_MAX) {
    return "for how long? 1s to 90d; what should never page is exempt in the configuration";
  }
  return undefined;
}

function isText(text: string, most: number): boolean {
  return text.trim() !== "" && text.length <= most && !hasUnprintable(text);
}

export function isSilencedBy(alert: StormAlert, { target }: Silence): boolean {
  if (target === "*" || target === alert.stormId) return true;
  if (target === alert.threadKey || target === `<${alert.threadKey}>`) return true;
  return alert.list !== undefined && matchesGlob(target, alert.list);
}

/** The one of those that cover an alert which holds longest; undefined: none does. */
export function longestSilence(silences: Iterable<Silence>, alert: StormAlert, nowMs: number): Silence | undefined {
  let longest: Silence | undefined;
  for (const silence of silences) {
    if (silence.until <= nowMs || !isSilencedBy(alert, silence)) continue;
    if (longest === undefined || silence.until > longest.until) longest = silence;
  }
  return longest;
}

/** As it is stored, and told to a command. */
export function wireSilence(silence: Silence): Silence & { readonly v: 1 } {
  return { v: 1, ...silence };
}

export function encodeSilence(silence: Silence): Buffer {
  return Buffer.from(JSON.stringify(wireSilence(silence)));
}

/** Undefined for what is no silence of this version. Throws SyntaxError for what is no JSON. */
export function decodeSilence(value: Buffer): Silence | undefined {
  const parsed: unknown = JSON.parse(value.toString());
  return silenceOf(parsed);
}

/** A silence as JSON has it. */
export function silenceOf(value: unknown): Silence | undefined {
  if (!isRecord(value) || value["v"] !== 1) return undefined;
  const { id, target, since, until, why, who } = value;
  if (typeof id !== "number" || typeof since !== "number" || typeof until !== "number") return undefined;
  if (typeof target !== "string" || typeof why !== "string" || typeof who !== "string") return undefined;
  return { id, target, since, until, why, who };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
