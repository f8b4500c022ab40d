// alerts -> deliveries to receivers -> what to send now. Decides everything about telling; its shell sends, and says how it went.
//
// Nothing is sent before the flush that holds it is written, and after a try has ended nothing more goes to that receiver
// before its end is written too. So at a kill at most one word a receiver may have been heard that is sent again, under the same
// id: the one whose answer was awaited, or not yet written. More only at a receiver that takes longer than
// OutboxBounds.slowAfterMs to answer: as many as it is asked at once. One over all receivers cannot be promised: a receiver
// that hangs would have to delay the others.

import { retryDelayMs } from "../../shared/domain/retry-delay.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { AttemptOutcome, Delivery, OutboxAlert } from "./delivery.ts";
import type { OutboxBounds } from "./outbox-bounds.ts";
import { OutboxLedger } from "./outbox-ledger.ts";
import type { ReceiverStatus } from "./receiver-counters.ts";
import { countOne } from "./receiver-counters.ts";
import { ReceiverQueue } from "./receiver-queue.ts";
import type { Receiver } from "./receiver.ts";
import type { RetrySchedule } from "./retry-schedule.ts";
import { isFirstWord, routeOf, toldAfter } from "./routing.ts";
import { stormKeyOf, webhookId } from "./signature.ts";
import type { TellingEvent } from "./telling-event.ts";

export interface OutboxOptions {
  readonly bounds: OutboxBounds;
  readonly schedule: RetrySchedule;
  /** In [0, 1). */
  readonly random: () => number;
  /** Asked when an alert is decided, and again before each try. */
  readonly isSilenced: (alert: StormAlert, nowMs: number) => boolean;
  readonly say: (event: TellingEvent) => void;
}

/** One try that is to be made now. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly receiver: Receiver;
  readonly id: string;
}

type Failure = Extract<AttemptOutcome, { readonly kind: "retry" }>;

export class Outbox {
  readonly ledger: OutboxLedger;
  readonly queues = new Map<string, ReceiverQueue>();
  private readonly options: OutboxOptions;

  constructor(receivers: readonly Receiver[], options: OutboxOptions) {
    this.options = options;
    this.ledger = new OutboxLedger(options.bounds, options.say);
    for (const receiver of receivers) this.queues.set(receiver.name, new ReceiverQueue(receiver, options.bounds));
  }

  /** Decides who hears of the alert. It may be sent once the next flush is written. */
  add(alert: StormAlert, nowMs: number): void {
    const { told } = this.ledger;
    const stormKey = stormKeyOf(alert.stormId);
    const silenced = this.options.isSilenced(alert, nowMs);
    let content: OutboxAlert | undefined;
    for (const queue of this.queues.values()) {
      const { name } = queue.settings;
      const before = told.get(stormKey, name);
      const waits = queue.wordsOf(stormKey).length > 0;
      const route = queue.holds(stormKey, alert.revision)
        ? "told-already"
        : routeOf(alert, queue.settings, { told: before, waits, silenced });
      if (route !== "send") {
        countOne(queue.counters.unheard, route);
        continue;
      }
      if (content === undefined) {
        content = this.ledger.contentOf(stormKey, alert);
        told.touch(stormKey, nowMs);
      }
      told.set(stormKey, name, toldAfter(alert, before));
      this.ledger.enter(
        queue,
        newDelivery(name, content, {
          order: this.ledger.nextOrder(),
          opens: isFirstWord({ told: before, waits }),
          nowMs,
        }),
      );
    }
  }

  /** The tries to be made now; each must be given back to ended(). */
  due(nowMs: number): Attempt[] {
    const attempts: Attempt[] = [];
    for (const queue of this.queues.values()) {
      for (let next = queue.next(nowMs, this.isWritten); next !== undefined; next = queue.next(nowMs, this.isWritten)) {
        if (this.wasSilenced(queue, next, nowMs)) continue;
        queue.start(next, nowMs);
        attempts.push({ delivery: next, receiver: queue.settings, id: webhookId(next.stormKey, next.revision) });
      }
    }
    return attempts;
  }

  /** When due() will have something, as long as nothing else happens, ms since the epoch; Infinity when it never will. */
  dueAt(nowMs: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const queue of this.queues.values()) earliest = Math.min(earliest, queue.dueAt(nowMs, this.isWritten));
    return earliest;
  }

  /** How a try ended. True when that should be written at once: the receiver's next word waits for it. */
  ended(attempt: Attempt, outcome: AttemptOutcome, nowMs: number): boolean {
    const { delivery } = attempt;
    const queue = this.queues.get(delivery.receiver);
    if (queue === undefined || delivery.isOver) return false;
    queue.end(delivery);
    if (outcome.kind === "retry" && outcome.reason === "aborted") return false;
    delivery.attempts += 1;
    if (outcome.kind === "delivered") this.heard(queue, attempt, nowMs);
    else if (outcome.kind === "refused") this.ledger.lose(queue, delivery, "body-refused", outcome.detail);
    else if (outcome.kind === "gone") this.disable(queue, outcome.detail);
    else this.failed(queue, delivery, { outcome, nowMs });
    const flush = this.ledger.mark(delivery);
    if (delivery.isOver) queue.afterFlush = flush;
    return delivery.isOver;
  }

  /**
   * Other receivers from now on. What waits for one that stays goes on, under its new settings; one that was disabled is tried
   * again; what waits for one that is gone is lost, and told so.
   */
  reload(receivers: readonly Receiver[], nowMs: number): void {
    const wanted = new Map(receivers.map((receiver) => [receiver.name, receiver]));
    for (const [name, queue] of this.queues) {
      if (wanted.has(name)) continue;
      for (const delivery of queue.deliveries()) this.ledger.lose(queue, delivery, "receiver-gone");
      this.ledger.markFailing(name, undefined);
      this.queues.delete(name);
    }
    for (const [name, settings] of wanted) {
      const queue = this.queues.get(name) ?? new ReceiverQueue(settings, this.options.bounds);
      this.queues.set(name, queue);
      queue.settings = settings;
      queue.isDisabled = false;
      queue.pausedUntilMs = 0;
      this.catchUp(queue, nowMs);
    }
  }

  /** How every receiver stands. */
  status(): ReceiverStatus[] {
    return Array.from(this.queues.values(), (queue) => queue.status());
  }

  private readonly isWritten = (flush: number): boolean => this.ledger.log.isWritten(flush);

  /**
   * A silence that came while the word waited. The receiver that has heard nothing of the storm yet hears nothing of its end
   * either; one that has, hears the end.
   */
  private wasSilenced(queue: ReceiverQueue, next: Delivery, nowMs: number): boolean {
    if (next.type === "storm.resolved" || !this.options.isSilenced(next.content.alert, nowMs)) return false;
    const { told } = this.ledger;
    const isUntouched = next.attempts === 0 && (told.get(next.stormKey, next.receiver)?.heard ?? 0) === 0;
    const words = isUntouched ? [...queue.wordsOf(next.stormKey)] : [next];
    if (isUntouched) told.unset(next.stormKey, next.receiver);
    for (const word of words) this.ledger.unhear(queue, word, "silenced");
    return true;
  }

  private heard(queue: ReceiverQueue, { delivery, id }: Attempt, nowMs: number): void {
    const { receiver, type, attempts, sinceMs } = delivery;
    this.ledger.heard(queue, delivery);
    this.options.say({ event: "delivered", receiver, id, type, attempts, latencyMs: Math.max(0, nowMs - sinceMs) });
    if (queue.failing === undefined) return;
    this.options.say({ event: "recovered", receiver, failures: queue.failing.failures });
    queue.failing = undefined;
    queue.isFailureTold = false;
    this.ledger.markFailing(receiver, undefined);
    this.catchUp(queue, nowMs);
  }

  /** The receiver is back: what waits need not sit out its delay. */
  private catchUp(queue: ReceiverQueue, nowMs: number): void {
    const { random, schedule } = this.options;
    for (const waiting of queue.deliveries()) {
      waiting.notBeforeMs = Math.min(waiting.notBeforeMs, nowMs + Math.floor(random() * schedule.catchUpMs));
    }
  }

  private disable(queue: ReceiverQueue, detail: string): void {
    if (queue.isDisabled) return;
    queue.isDisabled = true;
    this.options.say({ event: "disabled", receiver: queue.settings.name, detail });
  }

  private failed(queue: ReceiverQueue, delivery: Delivery, what: { outcome: Failure; nowMs: number }): void {
    const { schedule, random, say } = this.options;
    const { outcome, nowMs } = what;
    const { reason, detail } = outcome;
    countOne(queue.counters.failed, reason);
    queue.failing = { sinceMs: queue.failing?.sinceMs ?? nowMs, failures: (queue.failing?.failures ?? 0) + 1 };
    queue.failure = detail;
    this.ledger.markFailing(delivery.receiver, queue.failing);
    if (!queue.isFailureTold) say({ event: "failing", receiver: delivery.receiver, reason, detail });
    queue.isFailureTold = true;
    if (queue.isOvertaken(delivery)) {
      this.ledger.unhear(queue, delivery, "overtaken");
      return;
    }
    const lastAt = delivery.sinceMs + schedule.giveUpAfterMs;
    if (nowMs >= lastAt) {
      this.ledger.lose(queue, delivery, "too-old", detail);
      return;
    }
    const askedMs = Math.min(outcome.waitMs ?? 0, schedule.retryAfterMaxMs);
    const delayMs = askedMs + retryDelayMs(schedule, delivery.attempts, random());
    delivery.notBeforeMs = Math.min(nowMs + delayMs, lastAt);
    if (outcome.pausesReceiver === true) queue.pausedUntilMs = nowMs + delayMs;
  }
}

function newDelivery(
  receiver: string,
  content: OutboxAlert,
  when: { order: number; opens: boolean; nowMs: number },
): Delivery {
  const { order, opens, nowMs } = when;
  return {
    receiver,
    stormKey: content.stormKey,
    revision: content.alert.revision,
    type: content.alert.type,
    content,
    order,
    opens,
    sinceMs: nowMs,
    attempts: 0,
    notBeforeMs: nowMs,
    startedAtMs: undefined,
    afterFlush: 0,
    isOver: false,
  };
}
