// Incident -> what it comes to, in the sentences at its head.

import { counted, spanInWords, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Incident, Stop } from "./incident.ts";
import type { ReportClock } from "./report-clock.ts";
import { itsReplyAll, whyNever } from "./microsoft-words.ts";
import { deliveries, deliveriesBetween, nameOf, ordinal, people, percent, soFar, spared } from "./report-words.ts";
import { isInLog } from "./stop.ts";

/** `logEndsAt`: of the last line that was read. */
export function stormLead(incident: Incident, clock: ReportClock, logEndsAt: number | undefined): string[] {
  return [
    whatHappened(incident, clock),
    whenSquall(incident, clock),
    whenMicrosoft(incident, clock),
    whatIf(incident, logEndsAt),
  ];
}

function whatHappened(incident: Incident, clock: ReportClock): string {
  const { startedAt, calmAt, lastAnswerAt, audience } = incident;
  const where = whereOf(incident);
  const { day, full, isOneDay, time } = clock;
  const when = isOneDay ? `on ${day(startedAt)} from ${time(startedAt)}` : `from ${full(startedAt)}`;
  const until =
    calmAt === undefined
      ? ", still going at the end of the log"
      : ` to ${isOneDay ? time(lastAnswerAt) : full(lastAnswerAt)}`;
  const goesOn = calmAt === undefined ? "so far " : "";
  return `A reply-all storm ${where}, ${when}${until} (${clock.timeZone}): ${goesOn}${answers(incident)}, ${carried(incident)} to ${counted(audience, "recipient")}${last(incident, clock)}.`;
}

function whereOf(incident: Incident): string {
  if (incident.list !== undefined) return `on the list ${nameOf(incident)}`;
  return incident.threadKey === undefined ? `in ${nameOf(incident)}` : `in the thread ${nameOf(incident)}`;
}

function answers({ people: who, replyAlls, automatic }: Incident): string {
  if (replyAlls === 0) return counted(automatic, "automatic mail");
  const times = replyAlls === who ? "" : `, ${wholeNumber(replyAlls)} times`;
  return `${people(who)} answered to all${times}`;
}

/** A log that tells of no delivery still tells to how many each mail went. */
function carried({ delivered, recipients, mails }: Incident): string {
  if (delivered > 0) return deliveries(delivered);
  return `${counted(mails, "mail")} addressed ${wholeNumber(recipients)} times`;
}

/** Deliveries go on when nobody answers any more. */
function last({ lastDeliveryAt }: Incident, { full, isOneDay, time }: ReportClock): string {
  if (lastDeliveryAt === undefined) return "";
  return `, the last by ${isOneDay ? time(lastDeliveryAt) : full(lastDeliveryAt)}`;
}

function whenSquall({ opening, alertStop, startedAt }: Incident, clock: ReportClock): string {
  const { replyAlls, automatic } = alertStop;
  const at = replyAlls === 0 ? `after ${counted(automatic, "automatic mail")}` : `at the ${ordinal(replyAlls)} answer`;
  const after = spanInWords(opening.detectedAt - startedAt);
  return `squall would have alerted ${at}, at ${clock.second(opening.detectedAt)}, ${after} after the first mail${behind(alertStop)}.`;
}

function behind({ delivered }: Stop): string {
  return delivered.most === 0 ? "" : `, after ${deliveriesBetween(delivered)}`;
}

function whenMicrosoft(incident: Incident, clock: ReportClock): string {
  const { microsoft, opening } = incident;
  if (microsoft.kind === "never") return `Microsoft 365's default rule would not have acted: ${whyNever(incident)}.`;
  const { stop } = microsoft;
  const distance = stop.at - opening.detectedAt;
  const apart =
    distance === 0 ? "at once with it" : `${spanInWords(Math.abs(distance))} ${distance > 0 ? "later" : "earlier"}`;
  return `Microsoft 365's default rule would have acted ${apart}, at ${clock.second(stop.at)}, at the ${itsReplyAll(microsoft)}${behind(stop)}.`;
}

function whatIf(incident: Incident, logEndsAt: number | undefined): string {
  const { alertStop, delivered, calmAt } = incident;
  const share = spared(incident);
  const atLeast = calmAt === undefined ? "at least " : "";
  if (delivered === 0) {
    return `Had the list been stopped at squall's alert, ${atLeast}${counted(alertStop.laterMails, "mail")} to ${wholeNumber(alertStop.laterRecipients)} recipients (${share}) would not have gone out; the log tells of no deliveries.`;
  }
  return `Had the list been stopped at squall's alert, ${atLeast}${deliveries(alertStop.averted)} (${share}) would have been averted; ${tenMinutesLater(incident, logEndsAt)}.`;
}

function tenMinutesLater({ lateStop, delivered, calmAt }: Incident, logEndsAt: number | undefined): string {
  if (!isInLog(lateStop, logEndsAt)) return "ten minutes later is after the end of the log";
  const { averted, laterMails } = lateStop;
  const left =
    averted === 0 ? soFar("none", calmAt) : `${wholeNumber(averted)} (${soFar(percent(averted, delivered), calmAt)})`;
  return `had it been stopped ten minutes later, ${left}${laterMails === 0 ? ", since no mail came after that" : ""}`;
}
