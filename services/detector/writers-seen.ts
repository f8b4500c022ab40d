// writers (client, login, envelope sender and From, as hashes of their bytes) seen before -> the machine that hands over their mail.
// A cache of fixed size: what it does not know is looked up where it is kept for good.

import type { Client } from "./clients.ts";

const SLOTS = 1 << 17;

export class WritersSeen {
  /** Two hashes of the writer asked for; set by whoever asks. */
  readonly key = new Int32Array(2);
  private readonly hashes = new Int32Array(SLOTS * 2);
  private readonly clients: (Client | undefined)[] = [];
  /** Raised to forget all at once. */
  private round = 0;

  find(): Client | undefined {
    const slot = this.slot();
    const [first = 0, second = 0] = this.key;
    if (this.hashes[slot * 2] !== first || this.hashes[slot * 2 + 1] !== (second ^ this.round)) return undefined;
    return this.clients[slot];
  }

  enter(client: Client): void {
    const slot = this.slot();
    const [first = 0, second = 0] = this.key;
    this.hashes[slot * 2] = first;
    this.hashes[slot * 2 + 1] = second ^ this.round;
    this.clients[slot] = client;
  }

  forget(): void {
    this.round = (this.round + 1) | 0;
    this.clients.length = 0;
  }

  private slot(): number {
    return (this.key[0] ?? 0) & (SLOTS - 1);
  }
}
