// Incident -> its plots: reply-alls, deliveries, and what they add up to, with and without a stop.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import { spanInWords, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Incident, IncidentMinute } from "./incident.ts";
import type { ReportClock } from "./report-clock.ts";
import type { Mark, Plot } from "./report-document.ts";
import { deliveries } from "./report-words.ts";

export function stormPlots(incident: Incident, clock: ReportClock, id: string): Plot[] {
  const { rows } = incident.minutes;
  if (rows.length === 0) return [];
  const plots = [repliesPlot(incident, clock, id)];
  return incident.delivered === 0
    ? plots
    : [...plots, deliveriesPlot(incident, clock, id), totalsPlot(incident, clock, id)];
}

function repliesPlot(incident: Incident, clock: ReportClock, id: string): Plot {
  const isAutomatic = incident.replyAlls === 0;
  const what = isAutomatic ? "Automatic mails" : "Reply-alls";
  const values = incident.minutes.rows.map(({ replyAlls, automatic }) => (isAutomatic ? automatic : replyAlls));
  const words = `${what} from ${edges(incident, clock)}: ${sum(values)} in all, most in ${step(incident)} ${peak(incident, clock, values)}. ${markWords(incident, clock)}`;
  return {
    ...frame(incident, clock),
    id: `${id}-plot-replies`,
    title: `${what} ${perStep(incident)}`,
    words,
    shape: "bars",
    series: [{ label: what, look: "main", values }],
  };
}

function deliveriesPlot(incident: Incident, clock: ReportClock, id: string): Plot {
  const { rows } = incident.minutes;
  const before = rows.map(({ delivered, deliveredAfterAlert }) => delivered - deliveredAfterAlert);
  const after = rows.map(({ deliveredAfterAlert }) => deliveredAfterAlert);
  const all = rows.map(({ delivered }) => delivered);
  const words = `Deliveries from ${edges(incident, clock)}, most in ${step(incident)} ${peak(incident, clock, all)}. ${deliveries(incident.alertStop.averted)} are of mails accepted after squall's alert.`;
  return {
    ...frame(incident, clock),
    id: `${id}-plot-deliveries`,
    title: `Deliveries ${perStep(incident)}`,
    words,
    shape: "bars",
    series: [
      { label: "of mails accepted up to squall's alert", look: "second", values: before },
      { label: "of mails accepted after it", look: "third", values: after },
    ],
  };
}

function totalsPlot(incident: Incident, clock: ReportClock, id: string): Plot {
  const { rows } = incident.minutes;
  const { microsoft, delivered, alertStop } = incident;
  const total = (of: (row: IncidentMinute) => number): number[] => {
    let running = 0;
    return rows.map((row) => (running += of(row)));
  };
  const stopped = delivered - alertStop.averted;
  const ofMicrosoft =
    microsoft.kind === "acts"
      ? ` ${wholeNumber(delivered - microsoft.stop.averted)} with the list stopped by Microsoft 365's default rule,`
      : "";
  const words = `All deliveries since the first mail: ${wholeNumber(delivered)} as it was,${ofMicrosoft} ${wholeNumber(stopped)} with the list stopped at squall's alert.`;
  const withoutMicrosoft = total((row) => row.delivered - row.deliveredAfterMicrosoft);
  return {
    ...frame(incident, clock),
    id: `${id}-plot-totals`,
    title: "Deliveries in all, and had the list been stopped",
    words,
    shape: "lines",
    series: [
      { label: `as it was: ${wholeNumber(delivered)}`, look: "main", values: total((row) => row.delivered) },
      ...(microsoft.kind === "acts"
        ? [
            {
              label: `stopped by Microsoft 365's default rule: ${wholeNumber(delivered - microsoft.stop.averted)}`,
              look: "second",
              values: withoutMicrosoft,
            } as const,
          ]
        : []),
      {
        label: `stopped at squall's alert: ${wholeNumber(stopped)}`,
        look: "third",
        values: total((row) => row.delivered - row.deliveredAfterAlert),
      },
    ],
  };
}

function frame(
  { minutes, opening, microsoft }: Incident,
  clock: ReportClock,
): Pick<Plot, "kind" | "clock" | "fromMs" | "stepMs" | "marks"> {
  const marks: Mark[] = [
    { at: opening.detectedAt, label: `squall ${clock.minute(opening.detectedAt)}`, look: "squall" },
  ];
  if (microsoft.kind === "acts") {
    const { at } = microsoft.stop;
    marks.push({ at, label: `Microsoft 365 ${clock.minute(at)}`, look: "microsoft" });
  }
  return { kind: "plot", clock, fromMs: minutes.rows[0]?.start ?? 0, stepMs: minutes.stepMs, marks };
}

function markWords({ opening, microsoft }: Incident, clock: ReportClock): string {
  const squall = `squall's alert is at ${clock.minute(opening.detectedAt)}`;
  if (microsoft.kind === "never") return `${squall}; Microsoft 365's default rule would not have acted.`;
  return `${squall}, Microsoft 365's default rule would have acted at ${clock.minute(microsoft.stop.at)}.`;
}

function edges({ minutes: { rows, stepMs } }: Incident, clock: ReportClock): string {
  const from = rows[0]?.start ?? 0;
  return `${clock.minute(from)} to ${clock.minute(from + rows.length * stepMs)}`;
}

function peak({ minutes: { rows } }: Incident, clock: ReportClock, values: readonly number[]): string {
  const most = Math.max(...values);
  return `from ${clock.minute(rows[values.indexOf(most)]?.start ?? 0)} on, ${wholeNumber(most)}`;
}

function sum(values: readonly number[]): string {
  return wholeNumber(values.reduce((total, value) => total + value, 0));
}

function perStep({ minutes: { stepMs } }: Incident): string {
  return stepMs === MINUTE_MS ? "a minute" : `every ${spanInWords(stepMs)}`;
}

function step({ minutes: { stepMs } }: Incident): string {
  return stepMs === MINUTE_MS ? "the minute" : `the ${spanInWords(stepMs)}`;
}
