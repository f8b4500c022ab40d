// What a port of either kind offers, what it asks of the listener, and the bounds of both.

import type { SyslogCounters, SyslogLoss } from "./syslog-counters.ts";

export interface SyslogListenerSettings {
  /** Bytes of lines that may wait to be read: then datagrams are lost and counted, and streams held up. */
  readonly queueBytesMax: number;
  /** Longest message, bytes; a longer one is skipped whole and counted. */
  readonly messageBytesMax: number;
  /** Connections open at a time. */
  readonly connectionsMax: number;
  /** A connection that was silent for so long gives way to a new one when there is no room; otherwise none is closed, since a sender loses a message by it. */
  readonly idleMs: number;
  /** Asked of the kernel for datagrams that wait; it may give less (net.core.rmem_max). */
  readonly receiveBufferBytes: number;
}

export const defaultSyslogListenerSettings: SyslogListenerSettings = {
  queueBytesMax: 16 * 1024 * 1024,
  messageBytesMax: 64 * 1024,
  connectionsMax: 256,
  idleMs: 10 * 60_000,
  receiveBufferBytes: 8 * 1024 * 1024,
};

/** Where a message stands; the bytes are not kept. */
export interface Message {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What a port needs of whoever takes its messages. */
export interface SyslogPortOwner {
  readonly settings: SyslogListenerSettings;
  readonly skipBytesMax: number;
  readonly counters: SyslogCounters;
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  /** Half of what may wait waits: hold up who can be held up. */
  readonly isBusy: () => boolean;
  /** As much waits as may: what cannot be held up is lost. */
  readonly isFull: () => boolean;
  readonly take: (message: Message, peer: string) => void;
  readonly lose: (reason: SyslogLoss) => void;
}

/** A socket of either kind. */
export interface SyslogPort {
  /** Port that it listens on, once it does. */
  readonly port: number;
  listen(): Promise<void>;
  /** There is room again. */
  resume(): void;
  /** Datagrams that the kernel dropped because nobody read them in time; undefined where it does not say. */
  kernelDrops(): number | undefined;
  /** Bytes that the kernel keeps for datagrams; undefined for streams. */
  receiveBufferBytes(): number | undefined;
  close(): Promise<void>;
}
