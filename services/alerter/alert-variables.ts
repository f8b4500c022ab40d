// StormAlert -> the SQUALL_ALERT_* variables of a command. Texts are printable, and bounded: a mail log decides what they say.

import { shownText } from "../../shared/domain/storm-alert-words.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { alertTitle } from "../../shared/domain/storm-alert-title.ts";

const TEXT_CHARS_MAX = 320;

export function alertVariables(alert: StormAlert, id: string): Record<string, string> {
  return {
    SQUALL_ALERT_ID: id,
    SQUALL_ALERT_TYPE: alert.type,
    SQUALL_ALERT_SEVERITY: alert.severity,
    SQUALL_ALERT_STORM: shownText(alert.stormId, TEXT_CHARS_MAX),
    SQUALL_ALERT_REVISION: `${alert.revision}`,
    SQUALL_ALERT_SITE: shownText(alert.site, TEXT_CHARS_MAX),
    SQUALL_ALERT_LIST: shownText(alert.list ?? "", TEXT_CHARS_MAX),
    SQUALL_ALERT_SUBJECT: shownText(alert.subject ?? "", TEXT_CHARS_MAX),
    SQUALL_ALERT_TITLE: alertTitle(alert),
  };
}

/** What a command sees of squall's own environment: all but squall's own variables, some of which are secrets. */
export function inheritedVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !name.startsWith("SQUALL_")) inherited[name] = value;
  }
  return inherited;
}
