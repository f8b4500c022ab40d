// What a scenario is given to make things happen with.

import type { EventQueue } from "./event-queue.ts";
import type { LogClock } from "./log-clock.ts";
import type { TruthBook } from "./truth-book.ts";
import type { MailSystem } from "./mail.ts";
import type { Random } from "./random.ts";

export interface World {
  readonly scale: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly clock: LogClock;
  readonly events: EventQueue;
  readonly mailSystem: MailSystem;
  readonly truth: TruthBook;
  readonly subjects: "kept" | "changed" | "mixed";
  /** Independent chance for one concern. */
  readonly random: (stream: string) => Random;
}
