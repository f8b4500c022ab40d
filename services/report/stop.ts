// messages of a storm, a moment -> what a stop of the list at that moment would have changed. Counted, not estimated:
//
//   mail accepted   deliveries                     stop at 08:31
//   08:29           08:29 300, 08:30 200           300 + 200 before it
//   08:31           08:31 100, 08:33 400           was accepted: it would have been delivered all the same
//   08:32           08:32  50, 08:34 450           500 averted

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { StormMessage } from "../../shared/domain/storm-account.ts";
import type { Stop } from "./incident.ts";

export function stopAt(messages: readonly StormMessage[], at: number): Stop {
  const stop = {
    at,
    replyAlls: 0,
    automatic: 0,
    deliveredBefore: 0,
    laterMails: 0,
    laterRecipients: 0,
    averted: 0,
  };
  for (const message of messages) {
    for (const { start, delivered } of message.minutes) {
      if (start + MINUTE_MS <= at) stop.deliveredBefore += delivered;
    }
    if (message.at > at) {
      stop.laterMails += 1;
      stop.laterRecipients += message.recipients;
      stop.averted += deliveredOf(message);
    } else if (message.role === "reply-all") stop.replyAlls += 1;
    else if (message.role === "automatic") stop.automatic += 1;
  }
  return stop;
}

export function deliveredOf({ minutes }: StormMessage): number {
  return minutes.reduce((sum, { delivered }) => sum + delivered, 0);
}
