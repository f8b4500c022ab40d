// Server-sent events: one word to all who listen. Each word says all there is: who is slow needs the last alone.

import type { ServerResponse } from "node:http";

/** What may wait for one listener; more than that and it gets the next word, not this. */
const WAITING_BYTES_MAX = 1_048_576;
const RETRY_MS = 1_000;

export class EventStream {
  /** Words that a slow listener was spared. */
  skipped = 0;
  private readonly listeners = new Set<ServerResponse>();

  get size(): number {
    return this.listeners.size;
  }

  /** Keeps the answer open until the other side closes it. */
  open(response: ServerResponse): void {
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.listeners.add(response);
    response.on("close", () => this.listeners.delete(response));
  }

  /** `data`: JSON, of one line. */
  tell(event: string, data: string): void {
    const word = `event: ${event}\ndata: ${data}\n\n`;
    for (const listener of this.listeners) {
      if (listener.writableLength > WAITING_BYTES_MAX) this.skipped += 1;
      else listener.write(word);
    }
  }

  close(): void {
    for (const listener of this.listeners) listener.end();
    this.listeners.clear();
  }
}
