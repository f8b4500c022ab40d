// a plot and the room it has -> its scales, axes and marks, as SVG.

import type { Mark, Plot } from "../report-document.ts";
import { shortNumber } from "../report-words.ts";
import { timeTicks, valueTicks } from "./axis.ts";
import { markup, type Markup } from "./markup.ts";

/** A plot is drawn once for a page and once for a phone; which is seen the style sheet says. */
export interface PlotRoom {
  readonly name: "wide" | "narrow";
  readonly width: number;
  readonly height: number;
  readonly timeTicksMax: number;
}

export const PLOT_ROOMS: readonly PlotRoom[] = [
  { name: "wide", width: 720, height: 240, timeTicksMax: 10 },
  { name: "narrow", width: 360, height: 230, timeTicksMax: 4 },
];

const LEFT = 46;
const RIGHT = 12;
/** Two rows of labels for marks. */
const TOP = 40;
const BOTTOM = 24;
/** Half of what a time takes on the axis. */
const TICK_HALF = 8;
const ROW_SQUALL = 12;
const ROW_MICROSOFT = 28;
/** From there on, as a share of the width, a mark's label stands on its left. */
const LABEL_LEFT_FROM = 0.6;

export interface PlotFrame {
  readonly steps: number;
  /** Where step `index` begins, and the end of the last. */
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly axes: Markup;
  /** Drawn over what the plot shows. */
  readonly marks: Markup;
}

/** `most`: the largest value that is shown. */
export function plotFrame(plot: Plot, room: PlotRoom, most: number): PlotFrame {
  const steps = plot.series[0]?.values.length ?? 0;
  const width = room.width - LEFT - RIGHT;
  const ticks = valueTicks(most);
  const top = ticks.at(-1) ?? 1;
  const x = (index: number): number => LEFT + (index / Math.max(1, steps)) * width;
  const y = (value: number): number => TOP + (1 - value / top) * (room.height - TOP - BOTTOM);
  const xOf = (at: number): number => x((at - plot.fromMs) / plot.stepMs);
  const values = ticks.map((tick) => valueTick(tick, y(tick), room));
  const times = timesOf(plot, room, steps).map(({ at, label }) => timeTick(label, xOf(at), room));
  const marks = plot.marks.map((mark) => markLine(mark, xOf(mark.at), room));
  return { steps, x, y, axes: markup`${values}${times}`, marks: markup`${marks}` };
}

function timesOf({ clock, fromMs, stepMs }: Plot, room: PlotRoom, steps: number): { at: number; label: string }[] {
  const untilMs = fromMs + steps * stepMs;
  return timeTicks({ fromMs, untilMs, offsetMs: clock.offsetMs }, room.timeTicksMax).map((at) => {
    const time = clock.time(at);
    return { at, label: time === "00:00" ? clock.date(at) : time };
  });
}

function valueTick(value: number, y: number, room: PlotRoom): Markup {
  return markup`<line class="grid" x1="${LEFT}" x2="${room.width - RIGHT}" y1="${place(y)}" y2="${place(y)}"/>
<text x="${LEFT - 6}" y="${place(y + 4)}" text-anchor="end">${shortNumber(value)}</text>
`;
}

function timeTick(label: string, x: number, { width, height }: PlotRoom): Markup {
  const at = place(x);
  const anchor = x > width - RIGHT - TICK_HALF ? "end" : "middle";
  return markup`<line class="axis" x1="${at}" x2="${at}" y1="${height - BOTTOM}" y2="${height - BOTTOM + 4}"/>
<text x="${anchor === "end" ? width : at}" y="${height - BOTTOM + 17}" text-anchor="${anchor}">${label}</text>
`;
}

function markLine({ label, look }: Mark, x: number, { width, height }: PlotRoom): Markup {
  const row = look === "squall" ? ROW_SQUALL : ROW_MICROSOFT;
  const isLeft = x > width * LABEL_LEFT_FROM;
  const at = place(x);
  return markup`<g class="mark ${look}"><line x1="${at}" x2="${at}" y1="${row - 10}" y2="${height - BOTTOM}"/>
<text x="${place(isLeft ? x - 5 : x + 5)}" y="${row}" text-anchor="${isLeft ? "end" : "start"}">${label}</text></g>
`;
}

/** Tenths of a unit are fine enough. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}
