// A state log in memory, for tests: what was flushed outlives it in a StateMemory, as files outlive a process.

import type { StateEntry, StateLog } from "../../shared/runtime/state-log.ts";
import { checkEntries, StateLogError, UnfinishedFlush } from "../../shared/runtime/state-log.ts";

export interface StateMemory {
  readonly entries: Map<string, Buffer>;
  /** Set: the next append rejects with it. */
  fault: StateLogError | undefined;
}

export function createStateMemory(): StateMemory {
  return { entries: new Map(), fault: undefined };
}

export class MemoryStateLog implements StateLog {
  private readonly memory: StateMemory;
  private readonly unfinished = new UnfinishedFlush();
  private broken: StateLogError | undefined;
  private hasAppended = false;

  constructor(memory: StateMemory) {
    this.memory = memory;
  }

  async append(entries: readonly StateEntry[]): Promise<void> {
    await Promise.resolve();
    this.appendNow(entries);
  }

  async read(onEntry: (key: string, value: Buffer) => void): Promise<void> {
    await Promise.resolve();
    if (this.broken !== undefined) throw this.broken;
    if (this.hasAppended) throw new StateLogError("misuse", "the state is read before the first flush");
    for (const [key, value] of this.memory.entries) onEntry(key, Buffer.from(value));
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.broken ??= new StateLogError("misuse", "the state log is closed");
  }

  private appendNow(entries: readonly StateEntry[]): void {
    if (this.broken !== undefined) throw this.broken;
    checkEntries(entries);
    this.unfinished.check(entries);
    this.hasAppended = true;
    const { fault } = this.memory;
    this.memory.fault = undefined;
    if (fault?.fault === "full") this.unfinished.failed(entries);
    else if (fault !== undefined) this.broken = fault;
    if (fault !== undefined) throw fault;
    this.unfinished.finished();
    for (const { key, value } of entries) {
      if (value === undefined) this.memory.entries.delete(key);
      else this.memory.entries.set(key, Buffer.from(value));
    }
  }
}
