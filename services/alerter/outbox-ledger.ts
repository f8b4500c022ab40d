// What is kept of the outbox: which deliveries are on their way, which are over and why, and what each receiver was told. Every
// change of it is a changed state entry.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { ChangeLog } from "./change-log.ts";
import type { Delivery, LossReason, OutboxAlert, UnheardReason } from "./delivery.ts";
import type { OutboxBounds } from "./outbox-bounds.ts";
import { alertKey, deliveryKey, deliveryValue, failingKey, failingValue, stormEntryKey } from "./outbox-entries.ts";
import { countOne } from "./receiver-counters.ts";
import type { Failing, ReceiverQueue } from "./receiver-queue.ts";
import { sentAlert } from "./sent-alert.ts";
import { webhookId } from "./signature.ts";
import type { TellingEvent } from "./telling-event.ts";
import { ToldStorms } from "./told-storms.ts";

export class OutboxLedger {
  readonly log = new ChangeLog();
  readonly told: ToldStorms;
  /** Deliveries whose receiver is no longer configured. */
  lostWithReceiver = 0;
  private lastOrder = 0;
  /** What deliveries hold, by the key of its entry. */
  private readonly contents = new Map<string, OutboxAlert>();
  private readonly say: (event: TellingEvent) => void;

  constructor(bounds: OutboxBounds, say: (event: TellingEvent) => void) {
    this.told = new ToldStorms({ stormsMax: bounds.stormsMax, keepMs: bounds.stormKeepMs }, (stormKey) => {
      this.log.mark(stormEntryKey(stormKey), () => {
        const entry = this.told.entry(stormKey);
        return entry === undefined ? undefined : Buffer.from(JSON.stringify(entry));
      });
    });
    this.say = say;
  }

  /** The alert as it is kept, once, though it may be told again to others when a silence ends. */
  contentOf(stormKey: string, alert: StormAlert): OutboxAlert {
    const kept = this.contents.get(alertKey(stormKey, alert.revision));
    return kept ?? { stormKey, ...sentAlert(alert), holders: 0 };
  }

  nextOrder(): number {
    this.lastOrder += 1;
    return this.lastOrder;
  }

  /** Such an order was given in a former run. */
  ordersAfter(order: number): void {
    this.lastOrder = Math.max(this.lastOrder, order);
  }

  /** A delivery is on its way; what it overtakes is over. */
  enter(queue: ReceiverQueue, delivery: Delivery): void {
    this.markAlert(delivery);
    delivery.afterFlush = this.mark(delivery);
    this.resume(queue, delivery);
  }

  /** A delivery that is kept already goes on; lost when its receiver is gone. */
  resume(queue: ReceiverQueue | undefined, delivery: Delivery): void {
    delivery.content.holders += 1;
    this.contents.set(alertKey(delivery.stormKey, delivery.revision), delivery.content);
    if (queue === undefined) {
      this.lose(undefined, delivery, "receiver-gone");
      return;
    }
    for (const overtaken of queue.push(delivery)) this.unhear(queue, overtaken, "overtaken");
    for (const victim of queue.makeRoom()) this.lose(queue, victim, "outbox-full");
  }

  /** Says anew how a delivery stands; returns the flush that will hold it. */
  mark(delivery: Delivery): number {
    return this.log.mark(deliveryKey(delivery), () => (delivery.isOver ? undefined : deliveryValue(delivery)));
  }

  /** `failing` undefined: the receiver fails no longer, or is gone. */
  markFailing(receiver: string, failing: Failing | undefined): void {
    this.log.mark(failingKey(receiver), () => (failing === undefined ? undefined : failingValue(failing)));
  }

  heard(queue: ReceiverQueue, delivery: Delivery): void {
    queue.counters.delivered += 1;
    const told = this.told.get(delivery.stormKey, delivery.receiver);
    if (told !== undefined) this.told.set(delivery.stormKey, delivery.receiver, { ...told, heard: delivery.revision });
    this.over(queue, delivery);
  }

  /** A delivery that will never be heard. */
  lose(queue: ReceiverQueue | undefined, delivery: Delivery, reason: LossReason, detail = ""): void {
    if (queue !== undefined) countOne(queue.counters.lost, reason);
    if (reason === "receiver-gone") this.lostWithReceiver += 1;
    this.over(queue, delivery);
    const { receiver, type, attempts, stormKey, revision } = delivery;
    this.say({ event: "lost", receiver, id: webhookId(stormKey, revision), type, attempts, reason, detail });
  }

  /** A delivery that need not be heard. */
  unhear(queue: ReceiverQueue, delivery: Delivery, reason: UnheardReason): void {
    countOne(queue.counters.unheard, reason);
    this.over(queue, delivery);
  }

  /** An alert that nothing holds any more is forgotten. */
  markAlert({ stormKey, revision, content }: Pick<Delivery, "stormKey" | "revision" | "content">): void {
    this.log.mark(alertKey(stormKey, revision), () => (content.holders > 0 ? Buffer.from(content.line) : undefined));
  }

  private over(queue: ReceiverQueue | undefined, delivery: Delivery): void {
    queue?.remove(delivery);
    delivery.isOver = true;
    delivery.content.holders -= 1;
    if (delivery.content.holders === 0) {
      this.contents.delete(alertKey(delivery.stormKey, delivery.revision));
      this.markAlert(delivery);
    }
    this.mark(delivery);
  }
}
