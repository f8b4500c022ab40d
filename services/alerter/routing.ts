// alert, receiver, what it was told before -> whether it is to hear this. The whole table:
//
// | alert     | heard when                                                                                           |
// | watch     | the receiver wants watches                                                                           |
// | opened    | severe enough, not silenced                                                                          |
// | updated   | the same, and: the receiver wants updates, or it is the first word of this storm, or the severity rose, or the storm
// |           | was told to be over                                                                                  |
// |           | (never a revision that it has heard, or a later one: what a silence held back may come twice)          |
// | resolved  | the receiver was told of the storm, silenced or not; never otherwise                                 |

import type { Severity, StormAlert } from "../../shared/domain/storm-alert.ts";
import { SEVERITIES } from "../../shared/domain/storm-alert.ts";
import type { UnheardReason } from "./delivery.ts";
import type { Receiver } from "./receiver.ts";

/** What one receiver was told, or is going to be told, of one storm. */
export interface Told {
  readonly state: "open" | "resolved";
  /** The highest that it was told. */
  readonly severity: Severity;
  /** Revision of the last word of the storm that has reached it; 0 before the first. */
  readonly heard: number;
}

/** `waits`: a word of the storm is on its way to the receiver. */
export type Route = "send" | UnheardReason;

export function routeOf(
  alert: StormAlert,
  receiver: Pick<Receiver, "minSeverity" | "updates">,
  before: { readonly told: Told | undefined; readonly waits: boolean; readonly silenced: boolean },
): Route {
  const { told, silenced } = before;
  if (alert.revision <= (told?.heard ?? 0)) return "told-already";
  if (alert.type === "storm.resolved") return told?.state === "open" ? "send" : "nothing-to-resolve";
  if (rank(alert.severity) < rank(receiver.minSeverity)) return "below-severity";
  if (silenced) return "silenced";
  if (alert.type !== "storm.updated" || receiver.updates) return "send";
  const isNews = isFirstWord(before) || rank(alert.severity) > rank(told?.severity ?? "watch");
  return isNews ? "send" : "updates-off";
}

/** The receiver knows nothing of a storm that is on: nothing was said, or it was told to be over, or what was said was lost. */
export function isFirstWord(before: { readonly told: Told | undefined; readonly waits: boolean }): boolean {
  const { told, waits } = before;
  return told?.state !== "open" || (told.heard === 0 && !waits);
}

/** What the receiver is told once this alert is sent. */
export function toldAfter(alert: StormAlert, told: Told | undefined): Told {
  const severity = told !== undefined && rank(told.severity) > rank(alert.severity) ? told.severity : alert.severity;
  return {
    state: alert.type === "storm.resolved" ? "resolved" : "open",
    severity,
    heard: told?.heard ?? 0,
  };
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
