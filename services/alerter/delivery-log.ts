// How the last notifications ended, newest last: for whoever asks what was told to whom.

import type { StormAlertType } from "../../shared/domain/storm-alert.ts";
import type { LossReason } from "./delivery.ts";
import type { TellingEvent } from "./telling-event.ts";

export interface DeliveryRecord {
  /** When it ended, ms since the epoch. */
  readonly atMs: number;
  readonly receiver: string;
  /** The webhook id. */
  readonly id: string;
  readonly type: StormAlertType;
  readonly end: "delivered" | LossReason;
  readonly attempts: number;
}

export class DeliveryLog {
  private readonly recordsMax: number;
  private readonly records: DeliveryRecord[] = [];

  constructor(recordsMax: number) {
    this.recordsMax = recordsMax;
  }

  note(event: TellingEvent, atMs: number): void {
    if (event.event !== "delivered" && event.event !== "lost") return;
    const { receiver, id, type, attempts } = event;
    const end = event.event === "delivered" ? "delivered" : event.reason;
    this.records.push({ atMs, receiver, id, type, end, attempts });
    if (this.records.length > this.recordsMax) this.records.shift();
  }

  latest(): readonly DeliveryRecord[] {
    return [...this.records];
  }
}
