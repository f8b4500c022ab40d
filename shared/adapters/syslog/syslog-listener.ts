// A syslog port as a source of log lines: what all senders sent, line by line, in the order of arrival.

import type { LiveInput } from "../files/live-input.ts";
import { LineQueue } from "./line-queue.ts";
import { syslogAddressText, type SyslogAddress } from "./syslog-address.ts";
import { emptySyslogCounters, type SyslogCounters } from "./syslog-counters.ts";
import { addSyslogLine } from "./syslog-line.ts";
import {
  defaultSyslogListenerSettings,
  type Message,
  type SyslogListenerSettings,
  type SyslogPort,
  type SyslogPortOwner,
} from "./syslog-port.ts";
import { TcpPort } from "./tcp-port.ts";
import { UdpPort } from "./udp-port.ts";

/** A counted message longer than this is not waited for: its connection is closed. */
const SKIP_BYTES_MAX = 16 * 1024 * 1024;

export interface SyslogListenerOptions extends Partial<SyslogListenerSettings> {
  readonly address: SyslogAddress;
  /** Monotonic clock, ms. */
  readonly nowMs?: () => number;
}

/** One port with all its senders. Their lines are never joined: each connection is cut into messages by itself. */
export class SyslogListener implements LiveInput {
  readonly name: string;
  readonly counters: SyslogCounters = emptySyslogCounters();
  private readonly settings: SyslogListenerSettings;
  private readonly queue = new LineQueue();
  private readonly socket: SyslogPort;
  private onReadable: () => void = () => undefined;
  private wasBusy = false;

  constructor(options: SyslogListenerOptions) {
    const { address, nowMs = () => performance.now(), ...settings } = options;
    this.name = syslogAddressText(address);
    this.settings = { ...defaultSyslogListenerSettings, ...settings };
    const owner: SyslogPortOwner = {
      settings: this.settings,
      skipBytesMax: SKIP_BYTES_MAX,
      counters: this.counters,
      nowMs,
      isBusy: () => this.isBusy(),
      isFull: () => this.queue.waiting >= this.settings.queueBytesMax,
      take: (message, peer) => {
        this.add(message, peer);
      },
      lose: (reason) => {
        this.counters.lost[reason] += 1;
      },
    };
    this.socket = address.transport === "tcp" ? new TcpPort(address, owner) : new UdpPort(address, owner);
  }

  /** Port that it listens on: the one asked for, or the one that was free. */
  get port(): number {
    return this.socket.port;
  }

  /** Rejects with InputError, in words, where the port cannot be had. */
  async start(onReadable: () => void): Promise<void> {
    this.onReadable = onReadable;
    await this.socket.listen();
  }

  take(): { readonly bytes: Buffer; readonly begins: boolean } | undefined {
    const bytes = this.queue.take();
    if (this.wasBusy && this.queue.waiting < this.settings.queueBytesMax / 4) {
      this.wasBusy = false;
      this.socket.resume();
    }
    return bytes === undefined ? undefined : { bytes, begins: false };
  }

  /** What was sent to a port is nowhere to be read again. */
  position(): undefined {
    return undefined;
  }

  kernelDrops(): number | undefined {
    return this.socket.kernelDrops();
  }

  receiveBufferBytes(): number | undefined {
    return this.socket.receiveBufferBytes();
  }

  /** Takes nothing more; what waits can still be taken. */
  async close(): Promise<void> {
    await this.socket.close();
  }

  private isBusy(): boolean {
    if (this.queue.waiting >= this.settings.queueBytesMax / 2) this.wasBusy = true;
    return this.wasBusy;
  }

  private add(message: Message, peer: string): void {
    const { counters } = this;
    const bytes = addSyslogLine(this.queue, message, peer);
    if (bytes === 0) return;
    counters.messages += 1;
    counters.bytes += bytes;
    this.onReadable();
  }
}
