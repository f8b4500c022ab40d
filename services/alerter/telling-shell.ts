// The loop that tells receivers: sends what the outbox says, when it says so, and reports how it went.
//
// With the state log it is one dance: add() at the turn that decides an alert; changes() into the flush; flushed() once that is
// written, and only then something is sent. When a try has ended, requestFlush() is called, and the receiver's next word waits
// for that flush. Without a state log, call changes() into nothing and flushed() right after add(), and in requestFlush().

import type { HttpClient } from "../../shared/adapters/http/http-client.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import type { PutEntry } from "../../shared/domain/state-value.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { tryOnce } from "./attempt-shell.ts";
import type { ShortTextOptions } from "./bodies/short-text.ts";
import type { DeliveryRecord } from "./delivery-log.ts";
import { DeliveryLog } from "./delivery-log.ts";
import type { OutboxBounds } from "./outbox-bounds.ts";
import { defaultOutboxBounds } from "./outbox-bounds.ts";
import { OutboxRestore } from "./outbox-restore.ts";
import type { Attempt } from "./outbox.ts";
import { Outbox } from "./outbox.ts";
import type { ReceiverStatus } from "./receiver-counters.ts";
import type { Receiver } from "./receiver.ts";
import type { RetrySchedule } from "./retry-schedule.ts";
import { defaultRetrySchedule } from "./retry-schedule.ts";
import type { TellingEvent } from "./telling-event.ts";

export interface TellingOptions {
  /** Their names differ. */
  readonly receivers: readonly Receiver[];
  /** Not closed by stop(). */
  readonly http: HttpClient;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Zone and advice of bodies for people. */
  readonly text: ShortTextOptions;
  /** `squall/0.2.0`. */
  readonly userAgent: string;
  /** Commands see it, less SQUALL_*. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isSilenced: (alert: StormAlert, nowMs: number) => boolean;
  /** A try has ended: make a flush soon. */
  readonly requestFlush: () => void;
  /** One line in the log each; see tellingEventInWords. Called from within the other calls. */
  readonly say: (event: TellingEvent) => void;
  readonly bounds?: OutboxBounds;
  readonly schedule?: RetrySchedule;
}

export interface Telling {
  /** At start, before anything else: every entry under "outbox/". Throws OutboxEntryError. */
  restore(key: string, value: Buffer): void;
  /** All entries were given; also when there were none. */
  restored(): void;
  /** What waits from a former run goes out from here on. */
  start(): void;
  /** Decides who hears of an alert. Nothing is sent before flushed(). */
  add(alert: StormAlert): void;
  /** Every entry that changed since the last call, each once. */
  changes(put: PutEntry): void;
  /** All that changes() told is written. One flush at a time. */
  flushed(): void;
  /** Other receivers from now on; one that was disabled is tried again. */
  reload(receivers: readonly Receiver[]): void;
  status(): TellingStatus;
  /** How the last notifications ended, newest last. */
  latest(): readonly DeliveryRecord[];
  /** Resolves when nothing waits to be told, or when the signal is aborted. */
  settled(signal: AbortSignal): Promise<void>;
  /** Starts nothing more, waits for what is out, gives it up after graceMs. A last flush should follow. */
  stop(graceMs: number): Promise<void>;
}

export interface TellingStatus {
  readonly receivers: readonly ReceiverStatus[];
  /** Deliveries that were lost because their receiver is no longer configured. */
  readonly lostWithReceiver: number;
  /** Storms of which it was forgotten, for want of room, what was told. */
  readonly stormsForgotten: number;
}

const RECORDS_MAX = 1_000;

export function createTelling(options: TellingOptions): Telling {
  return new TellingLoop(options);
}

class TellingLoop implements Telling {
  private readonly options: TellingOptions;
  private readonly outbox: Outbox;
  private readonly records = new DeliveryLog(RECORDS_MAX);
  private readonly restoring: OutboxRestore;
  private readonly stopping = new AbortController();
  private readonly out = new Set<Promise<void>>();
  private cancelTimer: () => void = () => undefined;
  private onSettled: () => void = () => undefined;
  private isRunning = false;

  constructor(options: TellingOptions) {
    this.options = options;
    const { random, isSilenced, clock, say } = options;
    this.outbox = new Outbox(options.receivers, {
      bounds: options.bounds ?? defaultOutboxBounds,
      schedule: options.schedule ?? defaultRetrySchedule,
      random,
      isSilenced,
      say: (event) => {
        this.records.note(event, clock.nowMs());
        say(event);
      },
    });
    this.restoring = new OutboxRestore(this.outbox);
  }

  restore(key: string, value: Buffer): void {
    this.restoring.restore(key, value);
  }

  restored(): void {
    this.restoring.restored(this.options.clock.nowMs());
  }

  start(): void {
    for (const { name: receiver, waiting, failingSinceMs: sinceMs } of this.outbox.status()) {
      if (sinceMs !== undefined) this.options.say({ event: "failing-still", receiver, waiting, sinceMs });
    }
    this.isRunning = true;
    this.pump();
  }

  add(alert: StormAlert): void {
    this.outbox.add(alert, this.options.clock.nowMs());
  }

  changes(put: PutEntry): void {
    this.outbox.ledger.log.changes(put);
  }

  flushed(): void {
    this.outbox.ledger.log.flushed();
    this.pump();
  }

  reload(receivers: readonly Receiver[]): void {
    this.outbox.reload(receivers, this.options.clock.nowMs());
    this.pump();
  }

  status(): TellingStatus {
    const { ledger } = this.outbox;
    return {
      receivers: this.outbox.status(),
      lostWithReceiver: ledger.lostWithReceiver,
      stormsForgotten: ledger.told.evicted,
    };
  }

  latest(): readonly DeliveryRecord[] {
    return this.records.latest();
  }

  async settled(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.waiting === 0) return;
    await new Promise<void>((resolve) => {
      this.onSettled = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.isRunning = false;
    this.cancelTimer();
    if (graceMs <= 0) this.stopping.abort();
    const cancel = this.options.clock.after(graceMs, () => this.stopping.abort());
    await Promise.all(this.out);
    cancel();
  }

  private get waiting(): number {
    return this.outbox.status().reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Sends what is due, and comes back when something will be. */
  private pump(): void {
    if (!this.isRunning) return;
    if (this.waiting === 0) this.onSettled();
    const { clock } = this.options;
    for (const attempt of this.outbox.due(clock.nowMs())) {
      const sending = this.send(attempt).finally(() => this.out.delete(sending));
      this.out.add(sending);
    }
    this.cancelTimer();
    const nowMs = clock.nowMs();
    const dueAt = this.outbox.dueAt(nowMs);
    this.cancelTimer =
      dueAt === Number.POSITIVE_INFINITY ? () => undefined : clock.after(dueAt - nowMs, () => this.pump());
  }

  private async send(attempt: Attempt): Promise<void> {
    const { http, text, userAgent, env, clock } = this.options;
    const tools = { http, text, userAgent, env, nowMs: () => clock.nowMs(), signal: this.stopping.signal };
    const outcome = await tryOnce(attempt.receiver, attempt.delivery.content, { id: attempt.id, tools });
    if (this.outbox.ended(attempt, outcome, clock.nowMs())) this.options.requestFlush();
    this.pump();
  }
}
