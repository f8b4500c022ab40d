// alerts, requests, our clock -> which alerts nobody is told of, and which of them are told after all when a silence ends.
//
//   alert                     silenced                                      not silenced
//   watch                     not told                                      told
//   opened, updated           not told; the latest one of the storm waits   told; what waits of the storm is outdated
//   resolved                  what waits of the storm is forgotten          the same
//   a silence ends: what waits and no other silence covers is told.

import { createHash } from "node:crypto";
import { decodeStormAlert, encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { PutEntry } from "../../shared/domain/state-value.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { Silence, SilenceRequest } from "./silence.ts";
import { decodeSilence, encodeSilence, isSilencedBy, longestSilence, silenceFault } from "./silence.ts";

export interface SilencesBounds {
  readonly silencesMax: number;
  /** Open storms whose latest alert waits. Where there are more, they are told rather than forgotten. */
  readonly waitingMax: number;
}

const defaultSilencesBounds: SilencesBounds = { silencesMax: 1000, waitingMax: 1000 };

export interface SilencesCounters {
  /** Alerts that nobody was told of when they came. */
  silenced: number;
  /** Told because a silence ended while the storm went on. */
  toldAfterwards: number;
  /** Told although silenced: too many waited. */
  toldForWantOfRoom: number;
  expired: number;
}

/** A state entry that this version does not understand. */
export class SilenceEntryError extends Error {
  override readonly name = "SilenceEntryError";
}

export const SILENCE_PREFIX = "silence/";
/** Of the silences themselves. */
export const SILENCE_SET_PREFIX = "silence/set/";
const WAITING = "silence/waiting/";
const LAST_ID = "silence/last-id";
/** A state entry has room for 64 KiB. */
const ALERT_BYTES_MAX = 60_000;

export class Silences {
  readonly counters: SilencesCounters = { silenced: 0, toldAfterwards: 0, toldForWantOfRoom: 0, expired: 0 };
  private readonly bounds: SilencesBounds;
  private readonly silences = new Map<number, Silence>();
  /** By storm. */
  private readonly waiting = new Map<string, StormAlert>();
  private lastId = 0;
  private readonly changed = new Map<string, () => Buffer | undefined>();
  /** A silence has ended since the last look at what waits. */
  private hasEnded = false;

  constructor(bounds: SilencesBounds = defaultSilencesBounds) {
    this.bounds = bounds;
  }

  /** The silence, or what is wrong with the request, for a person. */
  add(request: SilenceRequest, nowMs: number): Silence | { readonly fault: string } {
    this.expire(nowMs);
    const fault = silenceFault(request);
    if (fault !== undefined) return { fault };
    if (this.silences.size >= this.bounds.silencesMax) {
      return { fault: `${this.bounds.silencesMax} silences are set already: end some first` };
    }
    this.lastId += 1;
    const { target, why, who, durationMs } = request;
    const silence = { id: this.lastId, target, since: nowMs, until: nowMs + durationMs, why, who };
    this.silences.set(silence.id, silence);
    this.markSilence(silence.id);
    this.changed.set(LAST_ID, () => Buffer.from(JSON.stringify({ v: 1, lastId: this.lastId })));
    return silence;
  }

  /** Ends a silence before its time; undefined when there is none of that number. */
  end(id: number, nowMs: number): Silence | undefined {
    this.expire(nowMs);
    const silence = this.silences.get(id);
    if (silence !== undefined) this.remove(id);
    return silence;
  }

  /** Those that hold now, in the order of their numbers. */
  list(nowMs: number): Silence[] {
    this.expire(nowMs);
    return Array.from(this.silences.values()).toSorted((one, other) => one.id - other.id);
  }

  /** Nobody is to be told of the alert; it is told by `due` when the silence ends and the storm has not. To be asked of every alert, and again before each try to tell it. */
  isSilenced(alert: StormAlert, nowMs: number): boolean {
    this.expire(nowMs);
    const isSilenced = this.covers(alert);
    const waits = this.waiting.get(alert.stormId);
    if (alert.type === "storm.resolved" || (!isSilenced && waits !== undefined && waits.revision <= alert.revision)) {
      this.forgetWaiting(alert.stormId);
    }
    if (!isSilenced) return false;
    if (alert.type !== "storm.opened" && alert.type !== "storm.updated") {
      this.counters.silenced += 1;
      return true;
    }
    if (waits === undefined && this.waiting.size >= this.bounds.waitingMax) {
      this.counters.toldForWantOfRoom += 1;
      return false;
    }
    this.counters.silenced += 1;
    if (waits === undefined || waits.revision < alert.revision) {
      this.waiting.set(alert.stormId, alert);
      this.markWaiting(alert.stormId);
    }
    return true;
  }

  /** Why nobody is told of an alert; undefined: somebody is. To look, without any consequence. */
  silenceOf(alert: StormAlert, nowMs: number): Silence | undefined {
    return longestSilence(this.silences.values(), alert, nowMs);
  }

  /** What is to be told now because a silence has ended: the latest alert of each storm that went on. */
  due(nowMs: number): StormAlert[] {
    this.expire(nowMs);
    if (!this.hasEnded) return [];
    this.hasEnded = false;
    const due: StormAlert[] = [];
    for (const alert of this.waiting.values()) {
      if (this.covers(alert)) continue;
      this.forgetWaiting(alert.stormId);
      due.push(alert);
    }
    this.counters.toldAfterwards += due.length;
    return due;
  }

  /** When `due` may have something if nothing else happens, ms since the epoch; Infinity: never. */
  dueAt(): number {
    if (this.hasEnded) return Number.NEGATIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const { until } of this.silences.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  /** Silences that hold, and storms whose latest alert waits for their end. */
  size(): { readonly silences: number; readonly waiting: number } {
    return { silences: this.silences.size, waiting: this.waiting.size };
  }

  changes(put: PutEntry): void {
    for (const [key, value] of this.changed) put(key, value());
    this.changed.clear();
  }

  /** Throws SilenceEntryError. */
  restore(key: string, value: Buffer): void {
    try {
      if (!this.take(key, value)) throw new SilenceEntryError(`${key}: not written by this version of squall`);
    } catch (error) {
      if (error instanceof SyntaxError) throw new SilenceEntryError(`${key}: no JSON`);
      throw error;
    }
  }

  restored(): void {
    // One may have ended while nobody was there to tell what waits.
    this.hasEnded = this.waiting.size > 0;
  }

  private take(key: string, value: Buffer): boolean {
    if (key === LAST_ID) {
      const parsed: unknown = JSON.parse(value.toString());
      if (typeof parsed !== "object" || parsed === null || !("lastId" in parsed)) return false;
      if (!("v" in parsed) || parsed.v !== 1 || typeof parsed.lastId !== "number") return false;
      this.lastId = Math.max(this.lastId, parsed.lastId);
      return true;
    }
    if (key.startsWith(SILENCE_SET_PREFIX)) {
      const silence = decodeSilence(value);
      if (silence === undefined) return false;
      this.silences.set(silence.id, silence);
      this.lastId = Math.max(this.lastId, silence.id);
      return true;
    }
    if (!key.startsWith(WAITING)) {
      // A newer squall's: it is let go of, for nobody here could keep it true (UnknownEntries).
      this.changed.set(key, () => undefined);
      return true;
    }
    const decoded = decodeStormAlert(value.toString());
    if (!decoded.ok) return false;
    this.waiting.set(decoded.alert.stormId, decoded.alert);
    return true;
  }

  private covers(alert: StormAlert): boolean {
    for (const silence of this.silences.values()) if (isSilencedBy(alert, silence)) return true;
    return false;
  }

  private expire(nowMs: number): void {
    for (const { id, until } of this.silences.values()) {
      if (until > nowMs) continue;
      this.remove(id);
      this.counters.expired += 1;
    }
  }

  private remove(id: number): void {
    this.silences.delete(id);
    this.hasEnded = true;
    this.markSilence(id);
  }

  private forgetWaiting(stormId: string): void {
    if (this.waiting.delete(stormId)) this.markWaiting(stormId);
  }

  private markSilence(id: number): void {
    this.changed.set(`${SILENCE_SET_PREFIX}${id}`, () => {
      const silence = this.silences.get(id);
      return silence === undefined ? undefined : encodeSilence(silence);
    });
  }

  private markWaiting(stormId: string): void {
    // An id may be longer than a key.
    this.changed.set(`${WAITING}${createHash("sha256").update(stormId).digest("hex")}`, () => {
      const alert = this.waiting.get(stormId);
      return alert === undefined ? undefined : Buffer.from(fittingLine(alert));
    });
  }
}

function fittingLine(alert: StormAlert): string {
  const line = encodeStormAlert(alert);
  if (Buffer.byteLength(line) <= ALERT_BYTES_MAX) return line;
  const evidence = { ...alert.evidence, messageIds: alert.evidence.messageIds.slice(-5), steps: [] };
  return encodeStormAlert({ ...alert, evidence, advice: [] });
}
