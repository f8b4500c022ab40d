// Keeps a simulated log from running ahead of the pace at which it is shown.

import { setTimeout as sleep } from "node:timers/promises";
import type { Terminal } from "../terminal.ts";

export class Pace {
  private readonly speed: number;
  private readonly fromMs: number;
  private readonly terminal: Terminal;
  private startedAt: number | undefined;

  /** `speed`: event time a second of wall clock, in seconds; `fromMs`: event time at which the clock starts. */
  constructor(options: { readonly speed: number; readonly fromMs: number; readonly terminal: Terminal }) {
    this.speed = options.speed;
    this.fromMs = options.fromMs;
    this.terminal = options.terminal;
  }

  /** Waits until `eventTimeMs` is due. */
  async keep(eventTimeMs: number): Promise<void> {
    const now = this.terminal.nowMs();
    this.startedAt ??= now;
    const dueInMs = this.startedAt + (eventTimeMs - this.fromMs) / this.speed - now;
    // A slow machine falls behind; it goes on from where it is rather than rush after.
    if (dueInMs < 0) this.startedAt -= dueInMs;
    else await this.wait(dueInMs);
  }

  /** Stands still for the reader. */
  async pause(ms: number): Promise<void> {
    if (this.startedAt !== undefined) this.startedAt += ms;
    await this.wait(ms);
  }

  private async wait(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.terminal.signal });
    } catch {
      // Interrupted: the caller looks at the signal.
    }
  }
}
