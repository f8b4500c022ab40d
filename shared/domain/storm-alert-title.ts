// StormAlert -> its headline.

import { shownText } from "./storm-alert-words.ts";
import type { StormAlert } from "./storm-alert.ts";

const NAME_CHARS_MAX = 100;

/** One line that says how bad and where; at most about 140 characters. */
export function alertTitle(alert: StormAlert): string {
  const where = shownText(alert.list ?? alert.subject ?? alert.threadKey, NAME_CHARS_MAX);
  if (alert.type === "storm.resolved") return `Over: reply-all storm on ${where}`;
  if (alert.type === "storm.watch") return `Watch: perhaps a reply-all storm on ${where}`;
  const storm = `${alert.severity.toUpperCase()}: reply-all storm on ${where}`;
  return alert.type === "storm.updated" ? `${storm} goes on` : storm;
}
