// Incident -> the blocks of its section.

import {
  counted,
  reasonInWords,
  scoreInWords,
  spanInWords,
  wholeNumber,
} from "../../shared/domain/storm-alert-words.ts";
import type { AfterCalm, Incident } from "./incident.ts";
import type { ReportClock } from "./report-clock.ts";
import type { Block, Fact } from "./report-document.ts";
import { itsReplyAll } from "./microsoft-words.ts";
import { deliveries, nameOf, ordinal, people, shownName, somebody, spared } from "./report-words.ts";
import { stopTable } from "./stop-table.ts";
import { stormLead } from "./storm-lead.ts";
import { stormPlots } from "./storm-plots.ts";
import { answererTable, eventTable, listTable, minuteTable, stepTable } from "./storm-tables.ts";

export interface SectionPlace {
  /** Among the storms, from 0 on. */
  readonly index: number;
  /** It is the only one: the report's title is its title. */
  readonly isAlone: boolean;
  /** Event time of the last line that was read; undefined when there was none. */
  readonly logEndsAt: number | undefined;
}

/** What its place in the report is called, for links to it. */
export function sectionId(index: number): string {
  return `storm-${index + 1}`;
}

export function stormSection(incident: Incident, clock: ReportClock, place: SectionPlace): Block[] {
  const { index, isAlone, logEndsAt } = place;
  const id = sectionId(index);
  const heading = (name: string, text: string): Block => ({
    kind: "heading",
    level: isAlone ? 2 : 3,
    id: `${id}-${name}`,
    text,
  });
  const own: Block[] = isAlone
    ? []
    : [{ kind: "heading", level: 2, id, text: `Storm on ${nameOf(incident)}`, beginsPage: index > 0 }];
  return [
    ...own,
    { kind: "lead", sentences: stormLead(incident, clock, logEndsAt) },
    { kind: "facts", facts: facts(incident, clock) },
    heading("stop", "Had the list been stopped"),
    stopTable(incident, clock, logEndsAt),
    heading("rates", "How it went"),
    ...stormPlots(incident, clock, id),
    heading("events", "What happened"),
    eventTable(incident, clock),
    heading("why", "Why squall says so"),
    { kind: "notes", notes: why(incident) },
    ...(incident.opening.evidence.steps.length === 0 ? [] : [stepTable(incident, clock)]),
    ...(incident.lists.shown.length === 0 ? [] : [heading("lists", "Reach by list"), listTable(incident)]),
    ...(incident.answerers.shown.length === 0
      ? []
      : [heading("people", "Who answered"), answererTable(incident, clock)]),
    heading("minutes", incident.minutes.stepMs === 60_000 ? "Minute by minute" : "Over time"),
    minuteTable(incident, clock),
    heading("counted", "How it was counted"),
    { kind: "notes", notes: howCounted(incident, clock) },
  ];
}

function facts(incident: Incident, clock: ReportClock): Fact[] {
  const { opening, alertStop, startedAt, delivered } = incident;
  const after = `${spanInWords(opening.detectedAt - startedAt)} after the first mail`;
  const byThen =
    alertStop.replyAlls === 0
      ? counted(alertStop.automatic, "automatic mail")
      : `at the ${ordinal(alertStop.replyAlls)} answer`;
  return [
    answersFact(incident),
    recipientsFact(incident),
    delivered > 0 ? deliveredFact(incident, clock) : addressedFact(incident),
    { label: "squall's alert", value: clock.minute(opening.detectedAt), note: `${byThen}, ${after}` },
    microsoftFact(incident, clock),
    avertedFact(incident),
  ];
}

function answersFact({ replyAlls, people: who, automatic }: Incident): Fact {
  if (replyAlls === 0)
    return { label: "automatic mails", value: wholeNumber(automatic), note: "nobody answered to all" };
  const note = `by ${people(who)}`;
  const machines = automatic === 0 ? "" : `; ${counted(automatic, "automatic mail")} apart`;
  return { label: "reply-alls", value: wholeNumber(replyAlls), note: note + machines };
}

function recipientsFact({ audience, largestReach }: Incident): Fact {
  const value = wholeNumber(audience);
  if (largestReach >= audience) return { label: "recipients of the largest mail", value, note: "" };
  const note = `as squall knows it; the largest mail had ${counted(largestReach, "recipient")}`;
  return { label: "people it reaches", value, note };
}

function deliveredFact({ delivered, lastDeliveryAt }: Incident, clock: ReportClock): Fact {
  const note = lastDeliveryAt === undefined ? "" : `the last by ${clock.minute(lastDeliveryAt)}`;
  return { label: "deliveries", value: wholeNumber(delivered), note };
}

function addressedFact({ recipients }: Incident): Fact {
  return { label: "recipients of all mails", value: wholeNumber(recipients), note: "the log tells of no deliveries" };
}

function microsoftFact({ microsoft, opening }: Incident, clock: ReportClock): Fact {
  const label = "Microsoft 365's default rule";
  if (microsoft.kind === "never") return { label, value: "would not have acted", note: "" };
  const distance = microsoft.stop.at - opening.detectedAt;
  const apart =
    distance === 0
      ? "at once with squall's alert"
      : `${spanInWords(Math.abs(distance))} ${distance > 0 ? "after" : "before"} squall's alert`;
  return { label, value: clock.minute(microsoft.stop.at), note: `${itsReplyAll(microsoft)}, ${apart}` };
}

function avertedFact(incident: Incident): Fact {
  const { alertStop, delivered, calmAt } = incident;
  const what = delivered > 0 ? deliveries(alertStop.averted) : `${wholeNumber(alertStop.laterRecipients)} recipients`;
  const note = `${calmAt === undefined ? "at least " : ""}${what}, had the list been stopped at squall's alert`;
  return { label: "averted", value: spared(incident), note };
}

function why({ opening }: Incident): string[] {
  const { score, steps } = opening.evidence;
  const reasons = opening.reasons.map((reason) => `${reason}: ${reasonInWords(reason)}.`);
  return steps.length === 0 ? reasons : [...reasons, `The score was ${score.toFixed(1)}: ${scoreInWords(score)}.`];
}

function howCounted(incident: Incident, clock: ReportClock): string[] {
  const { calmAt, afterCalm, notKept } = incident;
  const notes = [
    "A reply-all is a mail to the list, or to 20 people or more of the thread, by somebody other than who began it. Mails of machines are counted apart.",
    "Deliveries are lines of the log that say so, at the server that took the mail in, in the minute of their stamp. What is still queued at the end of the log, refused or lost is none.",
    whichStorm(incident),
  ];
  if (calmAt === undefined)
    notes.push(
      "The storm was not over at the end of the log: all numbers are at least so large, and shares are of what the log has.",
    );
  else notes.push(`It counts as calm from ${clock.minute(calmAt)} on. ${whatCameLater(afterCalm)}`);
  if (notKept > 0) notes.push(`Left out of all figures: ${counted(notKept, "mail")} of it that could not be kept.`);
  return notes;
}

function whatCameLater(afterCalm: AfterCalm | undefined): string {
  const { heldMs = 0, replyAlls = 0 } = afterCalm ?? {};
  const those = replyAlls === 0 ? "" : ` (${counted(replyAlls, "reply-all")})`;
  const span = spanInWords(heldMs);
  return `What came in its threads after that counts too${those}, for ${span}; left out are other mails to its lists, and what was delivered more than ${span} after it.`;
}

function whichStorm({ starter, subject, threadKey, threads, stormId, site }: Incident): string {
  const about = subject === undefined ? "" : `, subject "${shownName(subject)}"`;
  const more = threads > 1 ? `, and ${wholeNumber(threads - 1)} more` : "";
  const thread = threadKey === undefined ? `In ${counted(threads, "thread")}` : `Thread ${shownName(threadKey)}${more}`;
  return `First mail: by ${somebody(starter)}${about}. ${thread}. Storm ${stormId} of the mail system "${shownName(site)}".`;
}
