// Alerts -> standard output, as text or NDJSON, those of a severity.

import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { stormAlertText } from "../../shared/domain/storm-alert-text.ts";
import type { AdviceSystem, Severity, StormAlert } from "../../shared/domain/storm-alert.ts";
import { SEVERITIES } from "../../shared/domain/storm-alert.ts";
import type { Terminal } from "./terminal.ts";

export interface AlertOutputOptions {
  readonly output: "text" | "ndjson";
  readonly minSeverity: Severity;
  readonly timezone: string;
  readonly advice: readonly AdviceSystem[];
}

/** What writes an alert; false for one below the severity, which is not written. */
export function alertOutput(
  { output, minSeverity, timezone: timeZone, advice }: AlertOutputOptions,
  { color, width, out }: Pick<Terminal, "color" | "width" | "out">,
): (alert: StormAlert) => boolean {
  const least = SEVERITIES.indexOf(minSeverity);
  const text = { timeZone, color, width, advice };
  return (alert) => {
    if (SEVERITIES.indexOf(alert.severity) < least) return false;
    out(output === "ndjson" ? `${encodeStormAlert(alert)}\n` : `${stormAlertText(alert, text)}\n`);
    return true;
  };
}
