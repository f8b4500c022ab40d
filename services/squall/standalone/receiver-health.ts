// How a receiver is -> what the live page says of it.

import { counted, roughSpan } from "../../../shared/domain/storm-alert-words.ts";
import type { ReceiverStatus } from "../../alerter/receiver-counters.ts";
import type { HealthView } from "../../console/console-view.ts";

/** A receiver that failed before a restart fails still, until it takes something. */
export function receiverHealth(receiver: ReceiverStatus, nowMs: number): HealthView {
  const { waiting, failingSinceMs, isDisabled } = receiver;
  const name = `Telling ${receiver.name}`;
  if (isDisabled) return { name, state: "down", words: "it answered that it is gone (410)" };
  const words = waiting === 0 ? "all was told" : `${counted(waiting, "notification")} to be told`;
  if (failingSinceMs === undefined) return { name, state: "well", words };
  return { name, state: "down", words: `${words}, failing for ${roughSpan(Math.max(0, nowMs - failingSinceMs))}` };
}
