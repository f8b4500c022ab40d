// what a replay read and the Incidents it found -> the report's document.

import { counted, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Incident } from "./incident.ts";
import { reportClock, type ReportClock } from "./report-clock.ts";
import type { Block, ReportDocument, Table } from "./report-document.ts";
import { nameOf, shownName, spared } from "./report-words.ts";
import { isInLog } from "./stop.ts";
import { sectionId, stormSection } from "./storm-section.ts";
import { nearestWithoutPeople, withoutPeople } from "./without-people.ts";

/** What was read, beside the storms. */
export interface ReportReading {
  readonly timeZone: string;
  /** False: it is to be passed on, and names nobody. `faults` are shown as they are. */
  readonly withPeople: boolean;
  /** Event time of the first and last line, ms; undefined when there was none. */
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly lines: number;
  readonly recognised: number;
  readonly mails: number;
  readonly messages: number;
  readonly fanOutMessages: number;
  readonly threads: number;
  readonly watches: number;
  /** Smaller storms that are not among the incidents. */
  readonly notShown: number;
  readonly nearest: readonly NearestInReport[];
  /** What could not be read, in words, or that the reading was ended early. */
  readonly faults: readonly string[];
}

export interface NearestInReport {
  readonly threadKey: string;
  readonly list?: string;
  readonly subject?: string;
  readonly startedAt: number;
  readonly replyAlls: number;
  readonly audience: number;
  /** 1 is a storm. */
  readonly closeness: number;
  readonly why: string;
}

const PERSONAL = "It names people as the mail log does, by their addresses: personal data, to be kept as the log is.";
const NOBODY = "People have numbers, anew in each storm; addresses of people, subjects and Message-IDs are left out.";

export function incidentReport(all: readonly Incident[], reading: ReportReading): ReportDocument {
  const { withPeople, faults, nearest } = reading;
  const incidents = withPeople ? all : all.map(withoutPeople);
  const [only] = incidents.length === 1 ? incidents : [];
  const about = [whatWasRead(reading), ...faults];
  if (incidents.length === 0) {
    const blocks = calmBlocks(withPeople ? reading : { ...reading, nearest: nearestWithoutPeople(nearest) });
    return { title: "No reply-all storm", mood: "calm", about, blocks };
  }
  about.push(withPeople ? PERSONAL : NOBODY);
  const title =
    only === undefined ? `${wholeNumber(incidents.length)} reply-all storms` : `Reply-all storm: ${nameOf(only)}`;
  const sections = incidents.flatMap((incident, index) => {
    const shown = endingWith(incident, reading);
    const place = { index, isAlone: only !== undefined, logEndsAt: reading.until };
    return stormSection(shown, clockOf(shown, reading), place);
  });
  const contents = only === undefined ? [contentsOf(incidents, reading)] : [];
  return { title, mood: "storm", about, blocks: [...contents, ...sections] };
}

/** The minute of the last delivery may end after the log. */
function endingWith(incident: Incident, { until = Number.POSITIVE_INFINITY }: ReportReading): Incident {
  const { lastDeliveryAt, minutes } = incident;
  const { later } = minutes;
  return {
    ...incident,
    lastDeliveryAt: lastDeliveryAt === undefined ? undefined : Math.min(lastDeliveryAt, until),
    minutes: {
      ...minutes,
      later: later === undefined ? undefined : { ...later, untilMs: Math.min(later.untilMs, until) },
    },
  };
}

/** For every time that is shown of a storm: its answers may end before midnight, and its deliveries after it. */
function clockOf(incident: Incident, { timeZone, until }: ReportReading): ReportClock {
  const { startedAt, lastAnswerAt, lastDeliveryAt, calmAt, minutes, alerts, lateStop, microsoft } = incident;
  const { rows, stepMs } = minutes;
  const [first, last] = [rows.at(0), rows.at(-1)];
  const shown = [
    startedAt,
    lastAnswerAt,
    ...(isInLog(lateStop, until) ? [lateStop.at] : []),
    ...alerts.shown.map(({ detectedAt }) => detectedAt),
    ...[lastDeliveryAt, calmAt, first?.start].filter((at) => at !== undefined),
    ...(last === undefined ? [] : [last.start + stepMs]),
    ...(microsoft.kind === "acts" ? [microsoft.stop.at] : []),
  ];
  return reportClock(timeZone, { fromMs: Math.min(...shown), untilMs: Math.max(...shown) });
}

function whatWasRead({ from, until, lines, timeZone }: ReportReading): string {
  if (from === undefined || until === undefined) return `Read: ${counted(lines, "line")}, none with a time.`;
  const clock = reportClock(timeZone, { fromMs: from, untilMs: until });
  const isOneDay = clock.day(from) === clock.day(until);
  const when = isOneDay
    ? `${clock.day(from)}, ${clock.time(from)} to ${clock.time(until)}`
    : `${clock.full(from)} to ${clock.full(until)}`;
  return `Read: ${counted(lines, "line")} of mail log, ${when}. All times in ${timeZone}.`;
}

function contentsOf(incidents: readonly Incident[], { timeZone, notShown }: ReportReading): Table {
  const clock = reportClock(timeZone, { fromMs: 0, untilMs: 0 });
  return {
    kind: "table",
    caption: "The storms, those with most deliveries first",
    columns: [
      { name: "Storm" },
      { name: "Began" },
      { name: "Reply-alls", isNumber: true },
      { name: "Deliveries", isNumber: true },
      { name: "Averted at squall's alert", isNumber: true },
    ],
    rows: incidents.map((incident, index) => ({
      cells: [
        nameOf(incident),
        clock.full(incident.startedAt),
        wholeNumber(incident.replyAlls),
        wholeNumber(incident.delivered),
        spared(incident),
      ],
      target: sectionId(index),
    })),
    notes: notShown === 0 ? [] : [`${counted(notShown, "smaller storm")} left out.`],
  };
}

function calmBlocks(reading: ReportReading): Block[] {
  const { nearest, watches, threads, recognised } = reading;
  const found =
    recognised === 0
      ? "No line of a mail log that squall knows was found, so this says nothing about the mail."
      : `squall found no reply-all storm in ${counted(reading.messages, "message")}.`;
  const watched =
    watches === 0
      ? []
      : [
          `It watched ${counted(watches, "thread or list")} for a while.`.replace(
            "thread or lists",
            "threads or lists",
          ),
        ];
  const none = threads === 0 ? "No mail reached 20 people or more." : "No thread was answered to all.";
  return [
    { kind: "lead", sentences: [found, ...watched, ...(nearest.length === 0 && recognised > 0 ? [none] : [])] },
    {
      kind: "facts",
      facts: [
        { label: "messages", value: wholeNumber(reading.messages), note: accepted(reading) },
        {
          label: "to 20 people or more",
          value: wholeNumber(reading.fanOutMessages),
          note: `in ${counted(threads, "thread")}`,
        },
        nearestFact(nearest[0]),
      ],
    },
    ...(nearest.length === 0 ? [] : nearestBlocks(nearest, reading)),
  ];
}

/** Of messages that came as such nobody knows as how many mails they were taken in. */
function accepted({ mails }: ReportReading): string {
  return mails === 0 ? "" : `${counted(mails, "mail")} accepted`;
}

function nearestFact(nearest: NearestInReport | undefined): { label: string; value: string; note: string } {
  if (nearest === undefined) return { label: "nearest to a storm", value: "nothing", note: "" };
  return { label: "nearest to a storm", value: `${Math.floor(nearest.closeness * 100)} %`, note: nearest.why };
}

function nearestBlocks(nearest: readonly NearestInReport[], { timeZone }: ReportReading): Block[] {
  const clock = reportClock(timeZone, { fromMs: 0, untilMs: 0 });
  return [
    { kind: "heading", level: 2, id: "nearest", text: "What came nearest" },
    {
      kind: "table",
      caption: "Threads that came nearest to a storm",
      columns: [
        { name: "Thread" },
        { name: "List" },
        { name: "Began" },
        { name: "Recipients", isNumber: true },
        { name: "Reply-alls", isNumber: true },
        { name: "Of the way", isNumber: true },
        { name: "What was missing" },
      ],
      rows: nearest.map((thread) => ({
        cells: [
          shownName(thread.subject ?? thread.threadKey),
          shownName(thread.list ?? ""),
          clock.full(thread.startedAt),
          wholeNumber(thread.audience),
          wholeNumber(thread.replyAlls),
          `${Math.floor(thread.closeness * 100)} %`,
          thread.why,
        ],
      })),
    },
  ];
}
