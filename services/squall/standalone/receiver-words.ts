// A receiver that cannot be told -> what there is to say of it.

import { counted } from "../../../shared/domain/storm-alert-words.ts";
import type { ReceiverStatus } from "../../alerter/receiver-counters.ts";
import { clockOf } from "../words.ts";

/** `2 notifications to be told, tries have failed since 2026-11-27 08:31:05 (UTC)`; undefined: its last try did not fail. */
export function failingInWords(
  { waiting, failingSinceMs }: Pick<ReceiverStatus, "waiting" | "failingSinceMs">,
  timeZone: string,
): string | undefined {
  if (failingSinceMs === undefined) return undefined;
  const what = waiting === 0 ? "nothing is to be told, but" : `${counted(waiting, "notification")} to be told,`;
  return `${what} tries have failed since ${clockOf(failingSinceMs, timeZone)} (${timeZone})`;
}
