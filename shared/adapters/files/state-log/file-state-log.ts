// The state log in a folder: appends one after the other, in between the oldest segment is cleaned, beside it all is brought to the
// disk once a second. A kill costs nothing that was resolved. A power cut costs what was written since the last time it was brought
// to the disk: the log is then as it was after some earlier flush, and the inputs are read again from there.

import { setImmediate as nextTurn } from "node:timers/promises";
import type { StateEntry, StateLog } from "../../../runtime/state-log.ts";
import { checkEntries, StateLogError, UnfinishedFlush } from "../../../runtime/state-log.ts";
import type { Disk } from "./disk.ts";
import { encodeEntries } from "./frame.ts";
import { LogSpace } from "./log-space.ts";
import type { CutOff } from "./recover.ts";
import { recoverLog } from "./recover.ts";
import { stateFault } from "./state-fault.ts";
import type { StateLogCounters, StateLogSettings, StateLogSize } from "./state-log-settings.ts";
import { defaultStateLogSettings } from "./state-log-settings.ts";

interface Waiting {
  readonly entries: readonly StateEntry[];
  readonly frame: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: StateLogError) => void;
}

/** Opens the log of a folder that this process holds; cuts a torn end off, or refuses what is damaged. Throws StateLogError. */
export async function openFileStateLog(disk: Disk, change: Partial<StateLogSettings> = {}): Promise<FileStateLog> {
  const settings = { ...defaultStateLogSettings, ...change };
  const recovered = await recoverLog(disk);
  const space = new LogSpace(disk, settings, recovered);
  await space.open(recovered);
  return new FileStateLog(space, settings, recovered.cutOff);
}

export class FileStateLog implements StateLog {
  readonly counters: StateLogCounters;
  /** What was torn at the end when it was opened. */
  readonly cutOff: CutOff | undefined;
  private readonly space: LogSpace;
  private readonly settings: StateLogSettings;
  private readonly waiting: Waiting[] = [];
  private readonly unfinished = new UnfinishedFlush();
  private readonly beat: NodeJS.Timeout;
  private hasAppended = false;
  /** The last flush found no room. */
  private isFull = false;
  /** Cleaning found no room either. */
  private isCleaningStuck = false;
  private broken: StateLogError | undefined;
  private isClosing = false;
  private isPumping = false;
  private pumped: Promise<void> = Promise.resolve();
  private syncing: Promise<void> | undefined;

  constructor(space: LogSpace, settings: StateLogSettings, cutOff: CutOff | undefined) {
    this.space = space;
    this.settings = settings;
    this.cutOff = cutOff;
    this.counters = {
      flushes: 0,
      flushedBytes: 0,
      copiedBytes: 0,
      refusedForRoom: 0,
      syncs: 0,
      slowestSyncMs: 0,
      cutOffBytes: cutOff?.bytes ?? 0,
      cutOffFlushes: cutOff?.flushes ?? 0,
    };
    this.beat = setInterval(() => {
      this.syncing ??= this.sync();
    }, settings.syncEveryMs);
    this.beat.unref();
    // What the one before has left.
    if (space.hasDropped) this.syncing = this.sync();
  }

  get size(): StateLogSize {
    return this.space.size;
  }

  append(entries: readonly StateEntry[]): Promise<void> {
    const refusal = this.refusal(entries);
    if (refusal !== undefined) return Promise.reject(refusal);
    this.hasAppended = true;
    return new Promise((resolve, reject) => {
      this.waiting.push({ entries, frame: encodeEntries(entries), resolve, reject });
      this.pump();
    });
  }

  async read(onEntry: (key: string, value: Buffer) => void): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    if (this.hasAppended) throw new StateLogError("misuse", "the state is read before the first flush");
    await this.space.read(onEntry);
  }

  async close(): Promise<void> {
    clearInterval(this.beat);
    // What waits is written; nothing new is taken, nothing more is cleaned.
    this.isClosing = true;
    while (this.isPumping) await this.pumped;
    await this.syncing;
    const isSound = this.broken === undefined;
    this.broken ??= new StateLogError("misuse", "the state log is closed");
    await this.space.close(isSound);
  }

  private refusal(entries: readonly StateEntry[]): StateLogError | undefined {
    if (this.broken !== undefined) return this.broken;
    if (this.isClosing) return new StateLogError("misuse", "the state log is closed");
    try {
      checkEntries(entries);
      this.unfinished.check(entries);
    } catch (error) {
      if (error instanceof StateLogError) return error;
      throw error;
    }
    const { keysMax } = this.settings;
    if (this.space.index.keys + entries.length <= keysMax) return undefined;
    const added = new Set(entries.map(({ key }) => key).filter((key) => !this.space.knows(key))).size;
    if (this.space.index.keys + added <= keysMax) return undefined;
    return new StateLogError("misuse", `more than ${keysMax} keys of state`);
  }

  private pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    this.pumped = this.run();
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    while (this.broken === undefined) {
      const next = this.waiting.shift();
      if (next !== undefined) await this.flush(next);
      const isLong = !this.isClosing && !this.isCleaningStuck && this.space.isLong(this.isFull);
      if (isLong) await this.clean();
      else if (this.waiting.length === 0) break;
    }
    this.isPumping = false;
  }

  private async flush({ entries, frame, resolve, reject }: Waiting): Promise<void> {
    try {
      if (entries.length > 0) await this.space.append(frame);
      this.counters.flushes += 1;
      this.counters.flushedBytes += frame.length;
      this.unfinished.finished();
      this.isFull = false;
      this.isCleaningStuck = false;
      resolve();
    } catch (error) {
      const fault = stateFault("state log", error);
      if (fault.fault === "full") this.findNoRoom(entries, fault);
      else this.fail(fault);
      reject(fault);
    }
  }

  /** Flushes that wait behind the one that found no room fail with it: without it they would leave a gap. */
  private findNoRoom(entries: readonly StateEntry[], fault: StateLogError): void {
    this.isFull = true;
    this.isCleaningStuck = false;
    this.counters.refusedForRoom += 1;
    this.unfinished.failed(entries);
    for (const { entries: others, reject } of this.waiting.splice(0)) {
      this.unfinished.failed(others);
      reject(fault);
    }
  }

  private async clean(): Promise<void> {
    try {
      await this.space.clean();
      this.counters.copiedBytes = this.space.copiedBytes;
    } catch (error) {
      const fault = stateFault("state log", error);
      if (fault.fault === "full") this.isCleaningStuck = true;
      else this.fail(fault);
    }
    // A slice without anything to keep has waited for nothing: others have their turn.
    await nextTurn();
  }

  /** Never rejects. */
  private async sync(): Promise<void> {
    const startedMs = performance.now();
    try {
      await this.settings.checkHeld();
      await this.space.sync(this.isFull);
      this.counters.syncs += 1;
    } catch (error) {
      this.fail(stateFault("state log", error));
    }
    this.counters.slowestSyncMs = Math.max(this.counters.slowestSyncMs, performance.now() - startedMs);
    this.syncing = undefined;
  }

  private fail(fault: StateLogError): void {
    this.broken ??= fault.fault === "full" ? new StateLogError("failed", fault.message) : fault;
    for (const { reject } of this.waiting.splice(0)) reject(this.broken);
  }
}
