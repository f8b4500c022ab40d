// When the state is written: at once for an alert, else within a tenth of a second of what changed; one flush at a time.

import type { PutEntry } from "../../../shared/domain/state-value.ts";
import { PendingFlush } from "../../../shared/runtime/pending-flush.ts";
import type { StateLog } from "../../../shared/runtime/state-log.ts";
import { StateLogError } from "../../../shared/runtime/state-log.ts";

const FLUSH_MS = 100;
/** Without room all that waits is written anew each time, and it grows: the tries may take this part of the time, and come this late. */
const FULL_TRY_TIMES = 20;
const FULL_WAIT_MAX_MS = 10_000;
/** What waits for room takes no more memory than this; files and streams wait then, and datagrams are lost and counted. */
const PENDING_BYTES_MAX = 256 * 1024 * 1024;

export interface FlushTurnsOptions {
  readonly log: StateLog;
  /** Tells what changed since the last call. */
  readonly changes: (put: PutEntry) => void;
  /** All that was collected is written, or (`isKept` false) there is no room and it waits; what is to be told may be told. */
  readonly onFlushed: (isKept: boolean, tookMs: number) => void;
  /** The state log cannot go on, or what changed cannot be told: nothing can be kept any more. */
  readonly onBroken: (error: unknown) => void;
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
  private isOverloadSaid = false;
  private startedAt: number | undefined;
  /** Without room: the next try, by the monotonic clock, ms. */
  private nextTryAt = 0;

  constructor(options: FlushTurnsOptions) {
    this.options = options;
  }

  /** How long a flush has been under way, ms; 0: none is. */
  get runsForMs(): number {
    return this.startedAt === undefined ? 0 : performance.now() - this.startedAt;
  }

  /** As much waits to be written as may: nothing more should be taken in before there is room. */
  get isOverloaded(): boolean {
    const isMuch = this.pending.bytes > PENDING_BYTES_MAX;
    if (isMuch && !this.isOverloadSaid) {
      this.options.say("too much waits to be written to the state: nothing more is read until there is room");
    }
    this.isOverloadSaid = isMuch;
    return isMuch;
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
      this.startedAt = performance.now();
      await this.once();
      this.startedAt = undefined;
    } while (this.isWantedAgain);
    this.running = undefined;
  }

  private async once(): Promise<void> {
    if (this.isBroken) return;
    const { log, changes, onFlushed, onBroken, say } = this.options;
    const startedAt = performance.now();
    try {
      changes(this.pending.put);
      if (this.isFull && startedAt < this.nextTryAt) {
        onFlushed(false, 0);
        this.soon();
        return;
      }
      await this.pending.write(log);
      if (this.isFull) say("the state is written again");
      this.isFull = false;
      onFlushed(true, performance.now() - startedAt);
    } catch (error) {
      if (!(error instanceof StateLogError) || error.fault !== "full") {
        this.isBroken = true;
        onBroken(error);
        return;
      }
      if (!this.isFull) say(`${error.message}; detection and notifications go on, and a restart would repeat some`);
      this.isFull = true;
      const tookMs = performance.now() - startedAt;
      this.nextTryAt = performance.now() + Math.min(FULL_WAIT_MAX_MS, tookMs * FULL_TRY_TIMES);
      // Whoever waits for room must not wait with an alert: mail storms fill disks.
      onFlushed(false, performance.now() - startedAt);
      this.soon();
    }
  }
}
