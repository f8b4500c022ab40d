// alert, receiver, what it was told before -> whether it is to hear this. The whole table:
//
// | alert     | heard when                                                                                           |
// | watch     | the receiver wants watches                                                                           |
// | opened    | severe enough, not silenced                                                                          |
// | updated   | the same, and: the receiver wants updates, or it is the first word of this storm, or the severity rose, or the storm
// |           | was told to be over                                                                                  |
// | resolved  | the receiver was told of the storm, silenced or not; never otherwise                                 |

import type { Severity, StormAlert } from "../../shared/domain/storm-alert.ts";
import { SEVERITIES } from "../../shared/domain/storm-alert.ts";
import type { UnheardReason } from "./delivery.ts";
import type { ReceiverSettings } from "./receiver-settings.ts";

/** What one receiver was told, or is going to be told, of one storm. */
export interface Told {
  readonly state: "open" | "resolved";
  /** The highest that it was told. */
  readonly severity: Severity;
  /** A word of the storm has reached it. */
  readonly heard: boolean;
}

export type Route = "send" | UnheardReason;

export function routeOf(
  alert: StormAlert,
  receiver: Pick<ReceiverSettings, "minSeverity" | "updates">,
  before: { readonly told: Told | undefined; readonly silenced: boolean },
): Route {
  const { told, silenced } = before;
  if (alert.type === "storm.resolved") return told?.state === "open" ? "send" : "nothing-to-resolve";
  if (rank(alert.severity) < rank(receiver.minSeverity)) return "below-severity";
  if (silenced) return "silenced";
  if (alert.type !== "storm.updated" || receiver.updates) return "send";
  const isNews = told?.state !== "open" || rank(alert.severity) > rank(told.severity);
  return isNews ? "send" : "updates-off";
}

/** What the receiver is told once this alert is sent. */
export function toldAfter(alert: StormAlert, told: Told | undefined): Told {
  const severity = told !== undefined && rank(told.severity) > rank(alert.severity) ? told.severity : alert.severity;
  return {
    state: alert.type === "storm.resolved" ? "resolved" : "open",
    severity,
    heard: told?.heard ?? false,
  };
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
