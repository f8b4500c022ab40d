// messages of a storm, a moment -> what a stop of the list at that moment would have changed. Counted, not estimated:
//
//   mail accepted   deliveries                     stop at 08:31:20
//   08:29:10        08:29 300, 08:30 200           500 before it
//   08:31:20        08:31 100, 08:33 400           was accepted: 0 to 100 before it, 400 to 500 after it all the same
//   08:31:40        08:31  50, 08:34 450           500 averted

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { StormMessage } from "../../shared/domain/storm-account.ts";
import type { Stop } from "./incident.ts";

export function stopAt(messages: readonly StormMessage[], at: number): Stop {
  const stop = { at, replyAlls: 0, automatic: 0, laterMails: 0, laterRecipients: 0, averted: 0 };
  let accepted = 0;
  let least = 0;
  let most = 0;
  for (const message of messages) {
    if (message.at > at) {
      stop.laterMails += 1;
      stop.laterRecipients += message.recipients;
      stop.averted += deliveredOf(message);
      continue;
    }
    if (message.role === "reply-all") stop.replyAlls += 1;
    else if (message.role === "automatic") stop.automatic += 1;
    for (const { start, delivered } of message.minutes) {
      accepted += delivered;
      if (start + MINUTE_MS <= at) least += delivered;
      if (start <= at) most += delivered;
    }
  }
  return { ...stop, delivered: { least, most }, stillDelivered: { least: accepted - most, most: accepted - least } };
}

export function deliveredOf({ minutes }: StormMessage): number {
  return minutes.reduce((sum, { delivered }) => sum + delivered, 0);
}

/** The log says what came by then. */
export function isInLog({ at }: Stop, logEndsAt: number | undefined): boolean {
  return logEndsAt === undefined || at <= logEndsAt;
}
