// StormAlert -> the text a person reads at 3 a.m.: what happens, what to do now, why squall says so, ids. The first screen of
// 24 lines by 80 columns has what, where, how bad, and the first step.
// Every text of a log is made printable first; commands stand alone on their lines, unindented and unpainted.

import { hasUnprintable } from "./printable-text.ts";
import {
  counted,
  localClock,
  oneDecimal,
  ratePerMinute,
  reasonInWords,
  roughSpan,
  scoreInWords,
  shownText,
  spanInWords,
  stepInWords,
  wholeNumber,
} from "./storm-alert-words.ts";
import type { Advice, AdviceSystem, Severity, StormAlert, StormEvidence } from "./storm-alert.ts";

export interface AlertTextOptions {
  /** IANA name of the zone in which times are shown. */
  readonly timeZone: string;
  /** ANSI colours, for a terminal that wants them. */
  readonly color: boolean;
  /** Columns at which prose is wrapped; commands and ids never are. */
  readonly width: number;
  /** Mail systems whose advice is shown; default all. */
  readonly advice?: readonly AdviceSystem[];
}

type Style = "bold" | "red" | "yellow" | "green" | "cyan" | "faint";
interface Page {
  readonly options: AlertTextOptions;
  readonly clock: ReturnType<typeof localClock>;
  readonly lines: string[];
}

const CODES: Readonly<Record<Style, string>> = {
  bold: "1",
  red: "1;31",
  yellow: "1;33",
  green: "1;32",
  cyan: "36",
  faint: "2",
};
const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = { watch: "cyan", warning: "yellow", critical: "red" };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What rates are averages of (see StormEvidence). */
const RATE_SPAN = "in the last 5 min";
const LABEL_COLUMNS = 15;
const WIDTH_MIN = 40;
const NAME_CHARS_MAX = 100;
const SUBJECT_CHARS_MAX = 200;
/** Where no command could be given, the advice's text says why. */
const UNSAFE_COMMAND = "(The command is left out: it holds characters that do not belong into a shell.)";

/** The whole text, ending in a line break. The first line begins with the alert's type. */
export function stormAlertText(alert: StormAlert, options: AlertTextOptions): string {
  const page: Page = { options, clock: localClock(options.timeZone), lines: [] };
  page.lines.push(headline(page, alert));
  writeEvents(page, alert);
  if (alert.type === "storm.opened") writeAdvice(page, alert.advice);
  if (alert.type === "storm.opened" || alert.type === "storm.watch") writeReasons(page, alert);
  writeIds(page, alert);
  return `${page.lines.join("\n")}\n`;
}

function headline(page: Page, alert: StormAlert): string {
  const resolved = alert.type === "storm.resolved";
  const what = alert.list ?? alert.subject ?? alert.threadKey;
  const severity = paint(page, resolved ? "green" : SEVERITY_STYLES[alert.severity], alert.severity.toUpperCase());
  const at = page.clock.time(alert.resolvedAt ?? alert.detectedAt);
  return [alert.type, severity, shownText(what, NAME_CHARS_MAX), at, stormAlertStory(alert)].join("  ");
}

/** What has happened so far in one clause: `3 reply-alls in 2 min, 840,000 recipients each`. */
export function stormAlertStory(alert: StormAlert): string {
  return alert.type === "storm.resolved" ? outcome(alert) : storyline(alert);
}

function storyline(alert: StormAlert): string {
  const { replyAlls, autoReplies, audience } = alert.evidence;
  const each = `${counted(audience, "recipient")} each`;
  const span = roughSpan(alert.detectedAt - alert.startedAt);
  if (replyAlls === 0 && autoReplies > 0) return `${counted(autoReplies, "automatic reply-all")} in ${span}, ${each}`;
  if (replyAlls === 0) return `a mail to ${counted(audience, "recipient")}`;
  return `${counted(replyAlls, "reply-all")} in ${span}, ${each}`;
}

function outcome(alert: StormAlert): string {
  const { replyAlls, deliveriesSoFar } = alert.evidence;
  const span = spanInWords((alert.resolvedAt ?? alert.detectedAt) - alert.startedAt);
  const deliveries = deliveriesSoFar === 1 ? "1 delivery" : `${wholeNumber(deliveriesSoFar)} deliveries`;
  return `calm again after ${span}: ${counted(replyAlls, "reply-all")}, ${deliveries}`;
}

function writeEvents(page: Page, alert: StormAlert): void {
  const { evidence } = alert;
  heading(page, alert.type === "storm.resolved" ? "What happened" : "What happens");
  if (alert.type !== "storm.updated") writeOrigin(page, alert);
  field(page, "audience", `${counted(evidence.audience, "recipient")} of every mail`);
  const people = evidence.distinctRepliers === 1 ? "1 person" : `${wholeNumber(evidence.distinctRepliers)} people`;
  const machines = evidence.autoReplies === 0 ? "" : `; ${counted(evidence.autoReplies, "automatic reply-all")} apart`;
  const isOver = alert.type === "storm.resolved";
  const pace = isOver || alert.type === "storm.watch" ? "" : rate(evidence);
  const isLong = alert.detectedAt - alert.startedAt > HOUR_MS;
  const writers = isLong ? `, ${people} in the last hour` : ` by ${people}`;
  field(page, "reply-alls", `${wholeNumber(evidence.replyAlls)}${writers}${pace}${machines}`);
  if (isOver) {
    field(page, "deliveries", wholeNumber(evidence.deliveriesSoFar));
    return;
  }
  const perMinute = ratePerMinute(evidence.deliveriesPerMinute);
  const soFar = `${wholeNumber(evidence.deliveriesSoFar)} by ${lastWholeMinute(page, alert.detectedAt)}`;
  field(page, "deliveries", `${soFar}, ${perMinute} a minute ${RATE_SPAN}`);
  const atLeast = wholeNumber(alert.forecast.atLeast);
  field(page, "still to come", `at least ${atLeast} more: accepted, not yet delivered`);
}

function writeOrigin(page: Page, alert: StormAlert): void {
  const { clock } = page;
  if (alert.list !== undefined) field(page, "list", shownText(alert.list, NAME_CHARS_MAX));
  if (alert.subject !== undefined) field(page, "subject", shownText(alert.subject, SUBJECT_CHARS_MAX));
  const starter = alert.starter === undefined ? "somebody unknown" : shownText(alert.starter, NAME_CHARS_MAX);
  const begun = `${clock.time(alert.startedAt)} on ${clock.date(alert.startedAt)} (${page.options.timeZone})`;
  field(page, "started by", `${starter}, ${begun}`);
}

/** Deliveries are counted in minutes that have ended. */
function lastWholeMinute(page: Page, at: number): string {
  return page.clock.time(at - (at % MINUTE_MS)).slice(0, "hh:mm".length);
}

/** Growth is worth saying only when there was something to grow from. */
function rate(evidence: StormEvidence): string {
  const { growthFactor, repliesPerMinute, replyAlls } = evidence;
  const grows = growthFactor > 1 && replyAlls > growthFactor;
  const growth = grows ? `; in 15 min ${ratePerMinute(growthFactor)} times those of the 15 before` : "";
  return `, ${ratePerMinute(repliesPerMinute)} a minute ${RATE_SPAN}${growth}`;
}

function writeReasons(page: Page, alert: StormAlert): void {
  heading(page, "Why squall says so");
  for (const reason of alert.reasons) prose(page, `${reason}: ${reasonInWords(reason)}`, 2);
  const { steps, score } = alert.evidence;
  if (steps.length === 0) return;
  prose(page, `score ${oneDecimal(score)}: ${scoreInWords(score)}`, 2);
  if (alert.type !== "storm.opened") return;
  for (const step of steps) {
    const who = shownText(step.person, NAME_CHARS_MAX);
    prose(page, `${page.clock.time(step.at)} ${who}, ${stepInWords(step)}; score ${oneDecimal(step.score)}`, 4);
  }
}

function writeAdvice(page: Page, all: readonly Advice[]): void {
  const { advice: systems } = page.options;
  const advice = systems === undefined ? all : all.filter(({ system }) => systems.includes(system));
  if (advice.length === 0) return;
  heading(page, "What to do now");
  for (const one of advice) {
    prose(page, `${one.system}: ${shownText(one.text, 4000)}`, 2);
    const commands = one.command.split("\n").filter((line) => line !== "");
    if (commands.some(hasUnprintable)) prose(page, UNSAFE_COMMAND, 2);
    else page.lines.push(...commands);
    page.lines.push("");
  }
  page.lines.pop();
}

function writeIds(page: Page, alert: StormAlert): void {
  heading(page, "Ids");
  field(page, "storm", `${shownText(alert.stormId, 255)} revision ${alert.revision}`);
  field(page, "thread", shownText(alert.threadKey, 998));
  const first = shownText(alert.evidence.firstMessageId, 998);
  if (first !== "") field(page, "first mail", `<${first}>`);
}

function heading(page: Page, title: string): void {
  page.lines.push("", paint(page, "bold", title));
}

/** A labelled value on a line of its own, whole even when it is wider than the page: it may be wanted for copying. */
function field(page: Page, label: string, value: string): void {
  page.lines.push(`  ${paint(page, "faint", label.padEnd(LABEL_COLUMNS))}${value}`);
}

/** Words wrapped at the page's width, indented; following lines two columns more. */
function prose(page: Page, text: string, indent: number): void {
  const width = Math.max(page.options.width, WIDTH_MIN);
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      page.lines.push(line);
      line = " ".repeat(indent + 2);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  page.lines.push(line);
}

function paint(page: Page, style: Style, text: string): string {
  return page.options.color ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text;
}
