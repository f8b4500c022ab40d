// Incident -> its moments, in order of time: mails, alerts, what Microsoft's rule would have done, the busiest minute, the end.

import { MINUTE_MS, minuteStart } from "../../shared/domain/delivery-minutes.ts";
import { stormAlertStory } from "../../shared/domain/storm-alert-text.ts";
import { counted, reasonInWords, spanInWords, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { Incident, IncidentMinute } from "./incident.ts";
import { itsReplyAll } from "./microsoft-words.ts";
import type { ReportClock } from "./report-clock.ts";
import { deliveries, shownName, somebody } from "./report-words.ts";

export interface StormEvent {
  readonly at: number;
  readonly words: string;
  readonly isMarked: boolean;
}

export function stormEvents(incident: Incident, clock: ReportClock): StormEvent[] {
  const { startedAt, lastAnswerAt, lastDeliveryAt, calmAt } = incident;
  const events = [
    ...plain(startedAt, firstMail(incident)),
    ...plain(incident.firstAnswer?.at, firstAnswer(incident)),
    ...incident.alerts.shown.flatMap((alert) => alertEvent(alert, calmAt, clock)),
    ...microsoftEvent(incident),
    ...busiest(incident),
    ...plain(lastAnswerAt, incident.replyAlls === 0 ? "the last mail" : "the last reply-all"),
    ...plain(lastDeliveryAt, "the last delivery of its mails, by the minute"),
    ...plain(calmAt, calm(incident)),
  ];
  return events.sort((one, other) => one.at - other.at);
}

function plain(at: number | undefined, words: string): StormEvent[] {
  return at === undefined ? [] : [{ at, words, isMarked: false }];
}

function firstMail({ starter, audience, list, subject }: Incident): string {
  const what = subject === undefined ? "" : `, subject "${shownName(subject)}"`;
  const where = list === undefined ? "to" : "to a list of";
  return `first mail, by ${somebody(starter)}, ${where} ${counted(audience, "recipient")}${what}`;
}

function firstAnswer({ firstAnswer: first }: Incident): string {
  return first?.person === undefined ? "first answer to all" : `first answer to all, by ${shownName(first.person)}`;
}

function alertEvent(alert: StormAlert, calmAt: number | undefined, clock: ReportClock): StormEvent[] {
  const { type, severity, reasons, resolvedAt } = alert;
  // Its end is said once, from the account; it may have looked calm before.
  if (type === "storm.resolved") {
    return plain(resolvedAt === calmAt ? undefined : resolvedAt, "squall tells that it is calm; it went on later");
  }
  const story = stormAlertStory(alert);
  const words = {
    "storm.watch": () => `squall watches (pages nobody): ${story}`,
    "storm.opened": () => `squall alerts, ${severity}: ${story}; ${reasons.map(reasonInWords).join("; ")}`,
    "storm.updated": () =>
      `squall tells that it goes on, ${severity}: ${story}, ${deliveries(alert.evidence.deliveriesSoFar)} by ${clock.time(minuteStart(alert.detectedAt))}`,
  }[type]();
  return [{ at: alert.detectedAt, words, isMarked: type === "storm.opened" }];
}

function microsoftEvent({ microsoft }: Incident): StormEvent[] {
  if (microsoft.kind === "never") return [];
  const words = `Microsoft 365's default rule would have acted, at the ${itsReplyAll(microsoft)}`;
  return [{ at: microsoft.stop.at, words, isMarked: false }];
}

function calm({ afterCalm }: Incident): string {
  const { mails = 0, replyAlls = 0 } = afterCalm ?? {};
  const later = replyAlls > 0 ? counted(replyAlls, "reply-all") : counted(mails, "mail");
  return `calm: nobody new has answered for a while${mails === 0 ? "" : `; ${later} came after that`}`;
}

/** The minute with the most reply-alls, and the one with the most deliveries. */
function busiest({ minutes: { rows, stepMs } }: Incident): StormEvent[] {
  const span = stepMs === MINUTE_MS ? "minute" : spanInWords(stepMs);
  const replies = topOf(rows, ({ replyAlls }) => replyAlls);
  const most = topOf(rows, ({ delivered }) => delivered);
  const both = replies !== undefined && replies === most ? `, ${deliveries(most.delivered)}` : "";
  return [
    ...plain(replies?.start, `the busiest ${span}: ${counted(replies?.replyAlls ?? 0, "reply-all")}${both}`),
    ...(both === ""
      ? plain(most?.start, `the ${span} with most deliveries: ${wholeNumber(most?.delivered ?? 0)}`)
      : []),
  ];
}

/** The first of the largest; undefined where none has more than one. */
function topOf(rows: readonly IncidentMinute[], of: (row: IncidentMinute) => number): IncidentMinute | undefined {
  let top: IncidentMinute | undefined;
  for (const row of rows) if (of(row) > (top === undefined ? 1 : of(top))) top = row;
  return top;
}
