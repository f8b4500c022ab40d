// The alerts that the page has to show <-> entries of a state, so that a restart forgets no storm that is open: `console/alert/N`, numbered
// as they came; as many as the page shows, and beside them the last word on each storm that is open.

import { decodeStormAlert, encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { decodedState, type PutEntry, STATE_VALUE_BYTES_MAX } from "../../shared/domain/state-value.ts";

export const ALERT_PREFIX = "console/alert/";
const OPEN_MAX = 200;

export class KeptAlerts {
  private readonly alertsMax: number;
  private readonly onRestored: (alert: StormAlert) => void;
  private next = 0;
  private kept: { readonly number: number; readonly stormId: string }[] = [];
  /** Of storms that are open, which number is the last word. */
  private readonly lastWords = new Map<string, number>();
  private news: StormAlert[] = [];
  private read: { readonly number: number; readonly alert: StormAlert }[] = [];

  /** `onRestored`: hears of each that was kept, the eldest first. */
  constructor(alertsMax: number, onRestored: (alert: StormAlert) => void) {
    this.alertsMax = alertsMax;
    this.onRestored = onRestored;
  }

  add(alert: StormAlert): void {
    this.news.push(alert);
    if (this.news.length > this.alertsMax) this.news.shift();
  }

  changes(put: PutEntry): void {
    for (const alert of this.news.splice(0)) {
      put(`${ALERT_PREFIX}${this.next}`, valueOf(alert));
      this.keep(this.next, alert);
    }
    const shownFrom = this.kept.at(-this.alertsMax)?.number ?? 0;
    this.kept = this.kept.filter(({ number, stormId }) => {
      const isKept = number >= shownFrom || this.lastWords.get(stormId) === number;
      if (!isKept) put(`${ALERT_PREFIX}${number}`, undefined);
      return isKept;
    });
  }

  private keep(number: number, { stormId, type, severity }: StormAlert): void {
    this.kept.push({ number, stormId });
    this.next = number + 1;
    this.lastWords.delete(stormId);
    if (type === "storm.resolved" || severity === "watch") return;
    this.lastWords.set(stormId, number);
    // One that nobody ends, since its detector forgot it, is given up in its turn.
    for (const eldest of this.lastWords.keys()) {
      if (this.lastWords.size <= OPEN_MAX) return;
      this.lastWords.delete(eldest);
    }
  }

  /** Throws StateValueError. */
  restore(key: string, value: Buffer): void {
    const decoded = decodeStormAlert(value.toString());
    const alert = decodedState(key, decoded.ok ? { ok: true, value: decoded.alert } : decoded);
    this.read.push({ number: Number(key.slice(ALERT_PREFIX.length)), alert });
  }

  restored(): void {
    this.read.sort((one, other) => one.number - other.number);
    for (const { number, alert } of this.read.splice(0)) {
      this.keep(number, alert);
      this.onRestored(alert);
    }
  }
}

/** An alert with very long commands is kept without them. */
function valueOf(alert: StormAlert): Buffer {
  const value = Buffer.from(encodeStormAlert(alert));
  return value.length <= STATE_VALUE_BYTES_MAX ? value : Buffer.from(encodeStormAlert({ ...alert, advice: [] }));
}
