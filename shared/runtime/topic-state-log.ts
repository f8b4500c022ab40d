// A state log on one partition of a compacted topic. Opening it fences whoever had it before; a flush is one transaction, which
// takes along what is to be written to other topics.

import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { checkEntries, type StateEntry, type StateLog, StateLogError, type StateLogFault } from "./state-log.ts";
import {
  LogError,
  type LogFault,
  type NewRecord,
  type TopicLog,
  type TopicPartition,
  type TransactionalWriter,
} from "./topic-log.ts";

/**
 * Entries given at a time. A large state takes seconds, and a process that says nothing meanwhile is taken for dead: its other
 * partitions would be lost over it.
 */
const ENTRIES_A_TURN = 1_000;
const SLAB_BYTES = 1_048_576;

/** Who wrote last. Reading back ends with it: of a compacted partition nobody knows the last record otherwise. */
const OWNER_KEY = "squall/owner";

const FAULTS: Readonly<Record<LogFault, StateLogFault>> = {
  fenced: "held",
  unknown: "failed",
  unreachable: "failed",
  refused: "access",
};

export interface TopicStateLogPlace {
  readonly log: TopicLog;
  readonly at: TopicPartition;
  /** One writer an id: the last that opened it. */
  readonly writerId: string;
  /** A record was read back. */
  readonly onRead?: () => void;
}

/** Takes the state over. Rejects with StateLogError; the LogError is its cause. */
export async function openTopicStateLog(place: TopicStateLogPlace): Promise<TopicStateLog> {
  const { log, at, writerId } = place;
  const owner = randomUUID();
  let writer: TransactionalWriter | undefined;
  try {
    writer = await log.openWriter(writerId);
    await writer.write([{ ...at, key: OWNER_KEY, value: Buffer.from(owner) }]);
    return new TopicStateLog(place, { writer, owner });
  } catch (error) {
    await writer?.close();
    throw stateLogError(at, error);
  }
}

export class TopicStateLog implements StateLog {
  private readonly log: TopicLog;
  private readonly at: TopicPartition;
  private readonly onRead: () => void;
  private readonly writer: TransactionalWriter;
  private readonly owner: string;
  private last: Promise<void> = Promise.resolve();
  private broken: StateLogError | undefined;
  private hasAppended = false;

  constructor(
    { log, at, onRead = () => undefined }: TopicStateLogPlace,
    { writer, owner }: { readonly writer: TransactionalWriter; readonly owner: string },
  ) {
    this.log = log;
    this.at = at;
    this.onRead = onRead;
    this.writer = writer;
    this.owner = owner;
  }

  append(entries: readonly StateEntry[]): Promise<void> {
    return this.flush(entries, []);
  }

  /** As `append`; `outputs` are written with the entries, or not at all. */
  flush(entries: readonly StateEntry[], outputs: readonly NewRecord[]): Promise<void> {
    this.hasAppended = true;
    const flushed = this.last.then(() => this.write(entries, outputs));
    this.last = flushed.catch(() => undefined);
    return flushed;
  }

  async read(onEntry: (key: string, value: Buffer) => void): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    if (this.hasAppended) throw new StateLogError("misuse", "the state is read before the first flush");
    const latest = new Map<string, Buffer>();
    const slabs = new Slabs();
    const isLast = ({
      key,
      value,
    }: {
      readonly key: Buffer | undefined;
      readonly value: Buffer | undefined;
    }): boolean =>
      value?.length === this.owner.length && key?.toString() === OWNER_KEY && value.toString() === this.owner;
    try {
      await this.log.readBack(this.at, isLast, ({ key, value }) => {
        this.onRead();
        const name = key?.toString() ?? "";
        if (name === OWNER_KEY || name === "") return;
        if (value === undefined) latest.delete(name);
        else latest.set(name, slabs.copyOf(value));
      });
    } catch (error) {
      throw stateLogError(this.at, error);
    }
    let given = 0;
    for (const [key, value] of latest) {
      onEntry(key, value);
      given += 1;
      if (given % ENTRIES_A_TURN === 0) await nextTurn();
    }
  }

  async close(): Promise<void> {
    await this.last;
    this.broken ??= new StateLogError("misuse", "the state log is closed");
    await this.writer.close();
  }

  private async write(entries: readonly StateEntry[], outputs: readonly NewRecord[]): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    checkEntries(entries);
    const { topic, partition } = this.at;
    const records: NewRecord[] = [...outputs];
    for (const { key, value } of entries) records.push({ topic, partition, key, value });
    try {
      await this.writer.write(records);
    } catch (error) {
      this.broken = stateLogError(this.at, error);
      throw this.broken;
    }
  }
}

/** Room for the values of a state that is read back: hundreds of thousands of small buffers of their own would be the collector's. */
class Slabs {
  private slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  private used = 0;

  copyOf(value: Buffer): Buffer {
    if (value.length > SLAB_BYTES - this.used) {
      this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, value.length));
      this.used = 0;
    }
    const from = this.used;
    this.used += value.copy(this.slab, from);
    return this.slab.subarray(from, this.used);
  }
}

function stateLogError({ topic, partition }: TopicPartition, error: unknown): StateLogError {
  if (error instanceof StateLogError) return error;
  const fault = error instanceof LogError ? FAULTS[error.fault] : "failed";
  const message = error instanceof Error ? error.message : String(error);
  const stateError = new StateLogError(fault, `${topic}, partition ${partition}: ${message}`);
  stateError.cause = error;
  return stateError;
}
