// Incident -> the table of stops: when each would have come, and what became of the mails accepted before it and after it.

import { spanInWords, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Incident, Stop } from "./incident.ts";
import { microsoftNotes } from "./microsoft-words.ts";
import type { ReportClock } from "./report-clock.ts";
import type { Column, Row, Table } from "./report-document.ts";
import { between, deliveries, percent, soFar } from "./report-words.ts";
import { isInLog } from "./stop.ts";

const MICROSOFT = "Microsoft 365's default rule";
const TEN_MINUTES_LATER = "10 minutes after squall's alert";

interface StopColumn extends Column {
  readonly of: (stop: Stop) => string;
  /** Where the list is not stopped at all. */
  readonly never?: string;
}

/** In order of time. `logEndsAt`: of the last line that was read. */
export function stopTable(incident: Incident, clock: ReportClock, logEndsAt: number | undefined): Table {
  const { alertStop, lateStop, microsoft } = incident;
  const columns = stopColumns(incident);
  const row = (name: string, stop: Stop, isMarked = false): Row => {
    if (!isInLog(stop, logEndsAt)) return { cells: [name, "after the end of the log", ...columns.map(() => "")] };
    const isLast = stop.laterMails === 0;
    const cells = [isLast ? `${name} (no mail came later)` : name, clock.second(stop.at)];
    return { cells: [...cells, ...columns.map(({ of }) => of(stop))], isMarked };
  };
  const never: Row = { cells: [MICROSOFT, "never", ...columns.map((column) => column.never ?? "")] };
  const stops = [
    { stop: alertStop, name: "squall's alert", isMarked: true },
    { stop: lateStop, name: TEN_MINUTES_LATER },
    ...(microsoft.kind === "acts" ? [{ stop: microsoft.stop, name: MICROSOFT }] : []),
  ].sort((one, other) => one.stop.at - other.stop.at);
  return {
    kind: "table",
    caption: "What a stop of the list would have spared, by when it is stopped",
    columns: [
      { name: "Stopped at" },
      { name: "Time", isShort: true },
      ...columns.map(({ of: _of, never: _never, ...column }) => column),
    ],
    rows: [
      ...stops.map(({ name, stop, isMarked }) => row(name, stop, isMarked)),
      ...(microsoft.kind === "acts" ? [] : [never]),
    ],
    notes: [
      ...howCounted(incident),
      `squall tells people, who stop the list: the row "${TEN_MINUTES_LATER}" is what ten minutes of theirs cost. Microsoft's rule refuses replies by itself.`,
      ...microsoftNotes(incident, clock),
    ],
  };
}

function stopColumns({ startedAt, replyAlls, delivered, recipients, calmAt }: Incident): StopColumn[] {
  const isNumber = true;
  const sum = (name: string, of: (stop: Stop) => number, never = ""): StopColumn => {
    return { name, isNumber, of: (stop) => wholeNumber(of(stop)), never };
  };
  const share = (of: (stop: Stop) => number, whole: number): StopColumn => {
    return { name: soFar("Share", calmAt), isNumber, of: (stop) => percent(of(stop), whole), never: "0 %" };
  };
  const byThen =
    replyAlls === 0
      ? sum("Automatic mails by then", ({ automatic }) => automatic)
      : sum("Reply-alls by then", (stop) => stop.replyAlls);
  const first = { name: "After the first mail", isShort: true, of: ({ at }: Stop) => spanInWords(at - startedAt) };
  if (delivered === 0) {
    return [
      first,
      byThen,
      sum("Recipients spared", ({ laterRecipients }) => laterRecipients, "0"),
      share(({ laterRecipients }) => laterRecipients, recipients),
    ];
  }
  return [
    first,
    byThen,
    { name: "Delivered by then", isNumber, isRange: true, of: (stop) => between(stop.delivered) },
    { name: "Still delivered", isNumber, isRange: true, of: ({ stillDelivered }) => between(stillDelivered) },
    sum("Averted", ({ averted }) => averted, "0"),
    share(({ averted }) => averted, delivered),
  ];
}

function howCounted({ delivered, alertStop, lateStop, microsoft }: Incident): string[] {
  if (delivered === 0)
    return ["Spared are the recipients of mails accepted after that moment: this log tells of no deliveries."];
  const stops = [alertStop, lateStop, ...(microsoft.kind === "acts" ? [microsoft.stop] : [])];
  const isBetween = stops.some((stop) => stop.delivered.least < stop.delivered.most);
  return [
    `Counted, not estimated. Averted: the deliveries in this log of mails accepted after that moment. Delivered by then, and still delivered after it: those of mails accepted before. Each row adds up to all ${deliveries(delivered)}.`,
    ...(isBetween
      ? [
          "Deliveries are known by the minute. Of the minute in which the list is stopped they may lie before or after that moment: hence from one number to another, and more in the one column is less in the other.",
        ]
      : []),
  ];
}
