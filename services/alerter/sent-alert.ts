// StormAlert -> the line that is kept and sent. A state entry has room for 64 KiB, and receivers refuse what is much larger: of
// an alert that would not fit, the longest lists and commands are left out, never what happened, where, or how bad.

import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";

const ALERT_BYTES_MAX = 60_000;

const MESSAGE_IDS_KEPT = 5;
const STEPS_KEPT = 3;
const LEFT_OUT = "(The command is left out: the alert would have been too large to send.)";

export interface SentAlert {
  readonly alert: StormAlert;
  readonly line: string;
}

export function sentAlert(whole: StormAlert): SentAlert {
  let alert = whole;
  let line = encodeStormAlert(alert);
  for (const shorter of [withFewerIds, withoutLongestCommand, withoutAdvice, withoutIds]) {
    while (Buffer.byteLength(line) > ALERT_BYTES_MAX) {
      const next = shorter(alert);
      if (next === undefined) break;
      alert = next;
      line = encodeStormAlert(alert);
    }
  }
  return { alert, line };
}

function withFewerIds(alert: StormAlert): StormAlert | undefined {
  const { messageIds, steps } = alert.evidence;
  if (messageIds.length <= MESSAGE_IDS_KEPT && steps.length <= STEPS_KEPT) return undefined;
  const kept = { messageIds: messageIds.slice(-MESSAGE_IDS_KEPT), steps: steps.slice(-STEPS_KEPT) };
  return { ...alert, evidence: { ...alert.evidence, ...kept } };
}

function withoutLongestCommand(alert: StormAlert): StormAlert | undefined {
  const longest = alert.advice.toSorted((a, b) => b.command.length - a.command.length)[0];
  if (longest === undefined || longest.command.length <= LEFT_OUT.length) return undefined;
  const advice = alert.advice.map((one) =>
    one === longest ? { ...one, command: "", text: `${one.text} ${LEFT_OUT}` } : one,
  );
  return { ...alert, advice };
}

function withoutAdvice(alert: StormAlert): StormAlert | undefined {
  return alert.advice.length === 0 ? undefined : { ...alert, advice: [] };
}

function withoutIds(alert: StormAlert): StormAlert | undefined {
  const { messageIds, steps } = alert.evidence;
  if (messageIds.length === 0 && steps.length === 0) return undefined;
  return { ...alert, evidence: { ...alert.evidence, messageIds: [], steps: [] } };
}
