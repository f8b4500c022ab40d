// What the reader of a log message is handed: where it stands, whose it is and when it was said.

import type { Mutable } from "../../../shared/domain/wire-fields.ts";
import type { Host } from "../combine.ts";

/** One message: its bytes behind the queue id, and where the program's own name stands; nowhere (an empty piece) where it was not said. */
export interface MessageBytes {
  readonly host: Host;
  readonly eventTimeMs: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly component: number;
  readonly componentEnd: number;
}

/** The same, to be filled in again for every line. */
export type MessageAtHand = Mutable<MessageBytes>;
