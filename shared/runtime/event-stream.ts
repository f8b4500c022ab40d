// Server-sent events: one word to all who listen. Each word says all there is: who is slow needs the last alone.

import type { ServerResponse } from "node:http";

/** What may wait for one listener; more than that and it gets the next word, not this. */
const WAITING_BYTES_MAX = 1_048_576;
/** One that takes nothing for so long is gone, whatever its connection says: others need the place. */
const TAKES_NOTHING_MS = 30_000;
const RETRY_MS = 1_000;

export class EventStream {
  /** Words that a slow listener was spared, and listeners that were given up. */
  skipped = 0;
  givenUp = 0;
  /** Since when each takes nothing, by the clock that only goes forward. */
  private readonly listeners = new Map<ServerResponse, number | undefined>();
  private readonly monotonicMs: () => number;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.monotonicMs = monotonicMs;
  }

  get size(): number {
    return this.listeners.size;
  }

  /** Keeps the answer open until the other side closes it. It hears the first word: JSON, of one line. */
  open(response: ServerResponse, event: string, data: string): void {
    response.write(`retry: ${RETRY_MS}\n\n${wordOf(event, data)}`);
    this.listeners.set(response, undefined);
    response.on("close", () => this.listeners.delete(response));
  }

  /** `data`: JSON, of one line. */
  tell(event: string, data: string): void {
    const word = wordOf(event, data);
    for (const [listener, since] of this.listeners) {
      if (listener.writableLength <= WAITING_BYTES_MAX) {
        listener.write(word);
        this.listeners.set(listener, undefined);
        continue;
      }
      this.skipped += 1;
      const nowMs = this.monotonicMs();
      this.listeners.set(listener, since ?? nowMs);
      if (nowMs - (since ?? nowMs) < TAKES_NOTHING_MS) continue;
      this.givenUp += 1;
      this.listeners.delete(listener);
      listener.destroy();
    }
  }

  close(): void {
    for (const listener of this.listeners.keys()) listener.end();
    this.listeners.clear();
  }
}

function wordOf(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
