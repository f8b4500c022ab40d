// One moment of a conversation, by the clock of its storm.

import type { OutgoingMail } from "../support/smtp-client.ts";

/** First mail of the storm. */
export const STORM_AT = Date.UTC(2016, 10, 14, 8, 29);

export interface Step {
  readonly at: number;
  /** Handed over at the same time. */
  readonly mails: readonly OutgoingMail[];
  /** Afterwards the moderator lets the held mail go. */
  readonly releases?: boolean;
}

/** `seconds` after the first mail of the storm. */
export function step(seconds: number, mails: readonly OutgoingMail[]): Step {
  return { at: STORM_AT + seconds * 1000, mails };
}
