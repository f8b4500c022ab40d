// Incident -> the tables of its section.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import { counted, spanInWords, stepInWords, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Incident, IncidentMinute } from "./incident.ts";
import type { ReportClock } from "./report-clock.ts";
import type { Row, Table } from "./report-document.ts";
import { deliveries, people, percent, shownName } from "./report-words.ts";
import { stormEvents } from "./storm-events.ts";

const NUMBER = true;
const SEVERAL_LISTS = [
  "A mail to several lists counts with each of them, with all its deliveries.",
  "People: as configured, or as many as mails to the list reached, with those of other lists among their recipients.",
];

export function eventTable(incident: Incident, clock: ReportClock): Table {
  return {
    kind: "table",
    caption: "The course of the storm",
    columns: [{ name: "Time", isShort: true }, { name: "What happened" }],
    rows: stormEvents(incident, clock).map(({ at, words, isMarked }) => ({
      cells: [clock.second(at), words],
      isMarked,
    })),
    notes: [
      ...(incident.alerts.more === 0 ? [] : [`${counted(incident.alerts.more, "later alert")} of squall left out.`]),
      "What squall tells is what it knew at that line. A mail that only later turned out to be of the storm counts everywhere else in this report, from its own time on.",
    ],
  };
}

/** What each reply added to the score until the alert. */
export function stepTable({ opening }: Incident, clock: ReportClock): Table {
  return {
    kind: "table",
    caption: "What each answer added to the score, up to the alert",
    columns: [
      { name: "Time", isShort: true },
      { name: "Person" },
      { name: "What it says" },
      { name: "Score", isNumber: true },
    ],
    rows: opening.evidence.steps.map((step) => ({
      cells: [clock.second(step.at), shownName(step.person), stepInWords(step), step.score.toFixed(1)],
    })),
    notes: ["The last ten at most, of one thread; who answers again within an hour adds nothing."],
  };
}

export function listTable({ lists, delivered }: Incident): Table {
  const rows = lists.shown.map((share) => ({
    cells: [
      shownName(share.address),
      wholeNumber(share.audience),
      wholeNumber(share.mails),
      wholeNumber(share.replyAlls),
      wholeNumber(share.delivered),
      percent(share.delivered, delivered),
    ],
  }));
  return {
    kind: "table",
    caption: "Lists that mails of the storm went to",
    columns: [
      { name: "List" },
      { name: "People", isNumber: NUMBER },
      { name: "Mails", isNumber: NUMBER },
      { name: "Reply-alls", isNumber: NUMBER },
      { name: "Deliveries of them", isNumber: NUMBER },
      { name: "Share", isNumber: NUMBER },
    ],
    rows,
    notes: [
      ...(lists.shown.length > 1 ? SEVERAL_LISTS : []),
      ...(lists.more === 0 ? [] : [`${counted(lists.more, "more list")} left out.`]),
    ],
  };
}

export function answererTable({ answerers }: Incident, clock: ReportClock): Table {
  const { shown, more, moreReplyAlls } = answerers;
  const order = more === 0 ? "" : " Shown are those who answered most, the earlier first.";
  const rest = `Left out: ${people(more)} with ${counted(moreReplyAlls, "reply-all")}.${order}`;
  return {
    kind: "table",
    caption: "People who answered to all, in order of their first answer",
    columns: [{ name: "Person" }, { name: "First", isShort: true }, { name: "Reply-alls", isNumber: NUMBER }],
    rows: shown.map(({ person, firstAt, replyAlls }) => ({
      cells: [shownName(person), clock.second(firstAt), wholeNumber(replyAlls)],
    })),
    isLong: true,
    notes: more === 0 ? [] : [rest],
  };
}

export function minuteTable(incident: Incident, clock: ReportClock): Table {
  const { rows, stepMs, later } = incident.minutes;
  const isAutomatic = incident.replyAlls === 0;
  return {
    kind: "table",
    caption: stepMs === MINUTE_MS ? "Every minute of the storm" : `Every ${spanInWords(stepMs)} of the storm`,
    columns: [
      { name: "From", isShort: true },
      { name: isAutomatic ? "Automatic" : "Reply-alls", isNumber: NUMBER },
      { name: "Deliveries", isNumber: NUMBER },
      { name: "In all", isNumber: NUMBER },
    ],
    rows: minuteRows(incident, clock, { rows, stepMs, isAutomatic }),
    isLong: true,
    notes: [
      incident.delivered === 0
        ? "Marked: squall's alert."
        : "Marked: squall's alert. Deliveries of that row may have come before it or after it.",
      ...(later === undefined
        ? []
        : [`After that: ${deliveries(later.delivered)} until ${clock.full(later.untilMs)}.`]),
    ],
  };
}

function minuteRows(
  { opening }: Incident,
  clock: ReportClock,
  { rows, stepMs, isAutomatic }: { rows: readonly IncidentMinute[]; stepMs: number; isAutomatic: boolean },
): Row[] {
  let total = 0;
  return quietTogether(rows).map(({ row, rowsAlike }) => {
    total += row.delivered;
    const until = row.start + (rowsAlike - 1) * stepMs;
    const span = rowsAlike === 1 ? clock.minute(row.start) : `${clock.minute(row.start)} to ${clock.minute(until)}`;
    const isMarked = opening.detectedAt >= row.start && opening.detectedAt < row.start + rowsAlike * stepMs;
    const count = isAutomatic ? row.automatic : row.replyAlls;
    return { cells: [span, wholeNumber(count), wholeNumber(row.delivered), wholeNumber(total)], isMarked };
  });
}

/** Rows in which nothing happened, one behind the other, are one. */
function quietTogether(rows: readonly IncidentMinute[]): { row: IncidentMinute; rowsAlike: number }[] {
  const together: { row: IncidentMinute; rowsAlike: number }[] = [];
  for (const row of rows) {
    const before = together.at(-1);
    if (before !== undefined && isQuiet(row) && isQuiet(before.row)) before.rowsAlike += 1;
    else together.push({ row, rowsAlike: 1 });
  }
  return together;
}

function isQuiet({ replyAlls, automatic, delivered }: IncidentMinute): boolean {
  return replyAlls + automatic + delivered === 0;
}
