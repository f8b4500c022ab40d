// How a receiver is -> what the live page says of it.

import { counted, localClock, shownText } from "../../../shared/domain/storm-alert-words.ts";
import type { ReceiverStatus } from "../../alerter/receiver-counters.ts";
import type { HealthView } from "../../console/console-view.ts";

const WHY_CHARS_MAX = 160;

/**
 * A receiver that failed before a restart fails still, until it takes something. Since when is a time and not a span: what changes every second
 * would be spoken every second.
 */
export function receiverHealth(receiver: ReceiverStatus, timeZone: string): HealthView {
  const { waiting, failingSinceMs, failure, isDisabled } = receiver;
  const name = `Telling ${receiver.name}`;
  if (isDisabled) return { name, state: "down", words: "it answered that it is gone (410)" };
  const toTell = counted(waiting, "notification");
  if (failingSinceMs === undefined) {
    return { name, state: "well", words: waiting === 0 ? "all was told" : `${toTell} to be told` };
  }
  const clock = localClock(timeZone);
  const since = `no try has come through since ${clock.time(failingSinceMs)} on ${clock.date(failingSinceMs)}`;
  const why = failure === undefined ? "" : ` (${shownText(failure, WHY_CHARS_MAX)})`;
  const left = waiting === 0 ? "what it was to hear was given up, or is out of date" : `it has not heard ${toTell}`;
  return { name, state: "down", words: `${left}; ${since}${why}` };
}
