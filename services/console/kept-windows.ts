// The windows of the hour that the page shows <-> entries of a state, so that after a restart neither the hour looks empty, nor an open storm
// as it was when it was last told of: `hour/N`, numbered as they came. A window that is told again takes the place of what it said.

import { decodedState, type PutEntry } from "../../shared/domain/state-value.ts";
import { decodeThreadWindow, encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { firstMinute, isShown, nameOf } from "./last-hour.ts";

export const WINDOW_PREFIX = "hour/";

export interface KeptWindowsOptions {
  /** Our clock. */
  readonly nowMs: () => number;
  /** Hears of each that was kept. */
  readonly onRestored: (window: ThreadWindow) => void;
  /** Of all kinds together: of 300 bytes each in the state. */
  readonly windowsMax: number;
}

export class KeptWindows {
  /** Windows that a restart would miss for want of room. */
  dropped = 0;
  private readonly nowMs: () => number;
  private readonly onRestored: (window: ThreadWindow) => void;
  private readonly windowsMax: number;
  /** By the start of its minute and what it tells of: the number of its entry. */
  private readonly minutes = new Map<number, Map<string, number>>();
  /** Start of the last minute in which it was answered, by thread or list. */
  private readonly answered = new Map<string, number>();
  private readonly news = new Map<number, ThreadWindow>();
  private readonly forgotten: number[] = [];
  private size = 0;
  private next = 0;

  constructor({ nowMs, onRestored, windowsMax }: KeptWindowsOptions) {
    this.nowMs = nowMs;
    this.onRestored = onRestored;
    this.windowsMax = windowsMax;
  }

  add(window: ThreadWindow): void {
    // A log of long ago that is read now tells of no hour that is shown.
    if (window.windowStart < firstMinute(this.nowMs())) return;
    const name = scopedName(window);
    if (!isShown(window) && !this.answered.has(name)) return;
    const number = this.numberOf(window.windowStart, name);
    if (number === undefined) {
      // It is told several times, and to its end once.
      if (window.final) this.dropped += 1;
      return;
    }
    this.news.set(number, window);
    if (isShown(window)) this.answered.set(name, Math.max(window.windowStart, this.answered.get(name) ?? 0));
  }

  /** Tells every entry that changed since the last call, each once. */
  changes(put: PutEntry): void {
    this.forgetBefore(firstMinute(this.nowMs()));
    for (const number of this.forgotten.splice(0)) put(`${WINDOW_PREFIX}${number}`, undefined);
    for (const [number, window] of this.news) put(`${WINDOW_PREFIX}${number}`, Buffer.from(encodeThreadWindow(window)));
    this.news.clear();
  }

  /** Throws StateValueError. */
  restore(key: string, value: Buffer): void {
    const decoded = decodeThreadWindow(value.toString());
    const window = decodedState(key, decoded.ok ? { ok: true, value: decoded.window } : decoded);
    const name = scopedName(window);
    this.note(window.windowStart, name, Number(key.slice(WINDOW_PREFIX.length)));
    this.answered.set(name, Math.max(window.windowStart, this.answered.get(name) ?? 0));
    this.onRestored(window);
  }

  restored(): void {
    // Nothing waits for another.
  }

  /** Undefined: there is no room for one more. */
  private numberOf(start: number, name: string): number | undefined {
    const known = this.minutes.get(start)?.get(name);
    if (known !== undefined) return known;
    if (this.size >= this.windowsMax) this.makeRoom(start);
    return this.size >= this.windowsMax ? undefined : this.note(start, name, this.next);
  }

  private note(start: number, name: string, number: number): number {
    const minute = this.minutes.get(start) ?? new Map<string, number>();
    minute.set(name, number);
    this.minutes.set(start, minute);
    this.size += 1;
    this.next = Math.max(this.next, number + 1);
    return number;
  }

  /** The eldest minute goes, where that is not the one for which room is wanted. */
  private makeRoom(wanted: number): void {
    const eldest = Math.min(...this.minutes.keys());
    const minute = this.minutes.get(eldest);
    if (minute === undefined || eldest >= wanted) return;
    this.dropped += minute.size;
    this.forget(eldest, minute);
  }

  private forgetBefore(from: number): void {
    for (const [start, minute] of this.minutes) if (start < from) this.forget(start, minute);
  }

  private forget(start: number, minute: ReadonlyMap<string, number>): void {
    for (const [name, number] of minute) {
      this.news.delete(number);
      this.forgotten.push(number);
      if (this.answered.get(name) === start) this.answered.delete(name);
    }
    this.minutes.delete(start);
    this.size -= minute.size;
  }
}

function scopedName(window: ThreadWindow): string {
  return `${window.scope}\n${nameOf(window)}`;
}
