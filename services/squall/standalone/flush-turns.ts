// When the state is written: at once for an alert, else within a tenth of a second of what changed; one flush at a time.

import type { PutEntry } from "../../../shared/domain/state-value.ts";
import { PendingFlush } from "../../../shared/runtime/pending-flush.ts";
import type { StateLog } from "../../../shared/runtime/state-log.ts";
import { StateLogError } from "../../../shared/runtime/state-log.ts";

const FLUSH_MS = 100;

export interface FlushTurnsOptions {
  readonly log: StateLog;
  /** Tells what changed since the last call. */
  readonly changes: (put: PutEntry) => void;
  /** All that was collected is written, or (`isKept` false) there is no room and it waits; what is to be told may be told. */
  readonly onFlushed: (isKept: boolean, tookMs: number) => void;
  /** The state log cannot go on: nothing can be kept any more. */
  readonly onBroken: (error: StateLogError) => void;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

export class FlushTurns {
  private readonly options: FlushTurnsOptions;
  private readonly pending = new PendingFlush();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isWantedAgain = false;
  /** The last flush found no room; what it held waits. */
  isFull = false;
  private isBroken = false;

  constructor(options: FlushTurnsOptions) {
    this.options = options;
  }

  /** Something changed. */
  soon(): void {
    this.timer ??= setTimeout(() => {
      void this.now();
    }, FLUSH_MS);
  }

  /** Resolves when all that has changed up to now is written, or found no room. */
  now(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running !== undefined) {
      this.isWantedAgain = true;
      return this.running;
    }
    this.running = this.run();
    return this.running;
  }

  private async run(): Promise<void> {
    do {
      this.isWantedAgain = false;
      await this.once();
    } while (this.isWantedAgain);
    this.running = undefined;
  }

  private async once(): Promise<void> {
    if (this.isBroken) return;
    const { log, changes, onFlushed, onBroken, say } = this.options;
    const startedAt = performance.now();
    try {
      changes(this.pending.put);
      await this.pending.write(log);
      if (this.isFull) say("the state is written again");
      this.isFull = false;
      onFlushed(true, performance.now() - startedAt);
    } catch (error) {
      if (!(error instanceof StateLogError)) throw error;
      if (error.fault !== "full") {
        this.isBroken = true;
        onBroken(error);
        return;
      }
      if (!this.isFull) say(`${error.message}; detection and notifications go on, and a restart would repeat some`);
      this.isFull = true;
      // Whoever waits for room must not wait with an alert: mail storms fill disks.
      onFlushed(false, performance.now() - startedAt);
      this.soon();
    }
  }
}
