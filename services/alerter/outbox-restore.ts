// State entries of a former run -> the outbox as it was: what was on its way goes on, in order, the eldest word to each receiver at once.

import type { Delivery, OutboxAlert } from "./delivery.ts";
import type { KeptDelivery } from "./outbox-entries.ts";
import { alertKey, readEntry } from "./outbox-entries.ts";
import type { Outbox } from "./outbox.ts";
import type { Failing } from "./receiver-queue.ts";

export class OutboxRestore {
  private readonly outbox: Outbox;
  private readonly alerts = new Map<string, OutboxAlert>();
  private readonly deliveries: KeptDelivery[] = [];
  private readonly failing = new Map<string, Failing>();

  constructor(outbox: Outbox) {
    this.outbox = outbox;
  }

  /** Throws OutboxEntryError for an entry that cannot be read. */
  restore(key: string, value: Buffer): void {
    const entry = readEntry(key, value);
    if (entry.kind === "storm") this.outbox.ledger.told.restore(entry.stormKey, entry.atMs, entry.told);
    else if (entry.kind === "delivery") this.deliveries.push(entry.delivery);
    else if (entry.kind === "failing") this.failing.set(entry.receiver, entry.failing);
    // It is let go of: nobody here could keep it true (UnknownEntries).
    else if (entry.kind === "unknown") this.outbox.ledger.log.mark(key, () => undefined);
    else {
      const { stormKey, alert, line } = entry;
      this.alerts.set(alertKey(stormKey, alert.revision), { stormKey, alert, line, holders: 0 });
    }
  }

  /** All entries were given. */
  restored(nowMs: number): void {
    const { ledger, queues } = this.outbox;
    ledger.told.restored();
    for (const kept of this.deliveries.toSorted((a, b) => a.order - b.order)) {
      ledger.ordersAfter(kept.order);
      const content = this.alerts.get(alertKey(kept.stormKey, kept.revision));
      if (content !== undefined) ledger.resume(queues.get(kept.receiver), resumed(kept, content, nowMs));
    }
    for (const content of this.alerts.values()) {
      const { stormKey, alert, holders } = content;
      if (holders === 0) ledger.markAlert({ stormKey, revision: alert.revision, content });
    }
    for (const [receiver, { sinceMs, failures }] of this.failing) {
      const queue = queues.get(receiver);
      // Of a receiver that nothing waits for nobody would learn that it was mended: it begins anew.
      if (queue === undefined || queue.deliveries().length === 0) ledger.markFailing(receiver, undefined);
      else queue.failing = { sinceMs: Math.min(sinceMs, nowMs), failures };
    }
    for (const queue of queues.values()) queue.tryAtOnce(nowMs);
    this.failing.clear();
    this.alerts.clear();
    this.deliveries.length = 0;
  }
}

function resumed(kept: KeptDelivery, content: OutboxAlert, nowMs: number): Delivery {
  return {
    ...kept,
    type: content.alert.type,
    content,
    sinceMs: Math.min(kept.sinceMs, nowMs),
    startedAtMs: undefined,
    afterFlush: 0,
    isOver: false,
  };
}
