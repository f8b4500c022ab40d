// The last hour as two plots under one cursor: reply-alls as bars, deliveries as an area. What they show stands in words too, for who
// cannot see them.

import { uPlot } from "./uplot.ts";
import type { ConsoleStateName, RatesView } from "../console-view.ts";
import { byId } from "./elements.ts";
import { type LocalClock, localClock, onAxis, whole } from "./words.ts";

const MINUTE_S = 60;
const HEIGHT = 170;
/** What is to be done stands below. */
const HEIGHT_IN_STORM = 115;
const AXIS_WIDTH = 52;
const AXIS_HEIGHT = 30;

interface Kind {
  readonly id: string;
  readonly noun: string;
  readonly color: string;
  readonly isBars: boolean;
  readonly valuesOf: (rates: RatesView) => readonly number[];
}

const KINDS: readonly Kind[] = [
  { id: "plot-replies", noun: "reply-alls", color: "--replies", isBars: true, valuesOf: ({ replyAlls }) => replyAlls },
  {
    id: "plot-deliveries",
    noun: "deliveries",
    color: "--deliveries",
    isBars: false,
    valuesOf: ({ deliveries }) => deliveries,
  },
];

/** By what they look otherwise: in a calm hour answers are not red. */
export interface Look {
  readonly timeZone: string;
  /** Of that zone. */
  readonly clock: LocalClock;
  readonly state: ConsoleStateName;
  /** Nothing is known of the time before. */
  readonly knownFrom?: string | undefined;
}

export class RatePlots {
  private plots: uPlot[] = [];
  private rates: RatesView | undefined;
  private look: Look = { timeZone: "UTC", clock: localClock("UTC"), state: "calm" };

  constructor() {
    // Colours are read when a plot is made.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.make());
    new ResizeObserver(() => this.fit()).observe(byId("plot-replies"));
  }

  show(rates: RatesView, look: Look): void {
    const { timeZone, state } = this.look;
    const isNew = this.rates === undefined || look.timeZone !== timeZone || look.state !== state;
    this.rates = rates;
    this.look = look;
    if (isNew) this.make();
    KINDS.forEach((kind, index) => this.plots[index]?.setData(dataOf(kind, rates, look)));
    for (const kind of KINDS) byId(kind.id).setAttribute("aria-label", inWords(kind, rates, look.clock));
    byId("rates-words").textContent = totals(rates, look);
  }

  private make(): void {
    for (const plot of this.plots) plot.destroy();
    if (this.rates === undefined) return;
    const { rates } = this;
    this.plots = KINDS.map((kind) => {
      const at = byId(kind.id);
      return new uPlot(optionsOf(kind, this.look, at.clientWidth), dataOf(kind, rates, this.look), at);
    });
  }

  private fit(): void {
    KINDS.forEach((kind, index) =>
      this.plots[index]?.setSize({ width: byId(kind.id).clientWidth, height: heightOf(this.look) }),
    );
  }
}

/** Nothing is drawn of the time of which nothing is known, and no line to the minute that is not over: it would be a fall. */
function dataOf({ valuesOf, isBars }: Kind, rates: RatesView, { knownFrom }: Look): uPlot.AlignedData {
  const from = Date.parse(rates.from) / 1000;
  const known = knownFrom === undefined ? from : Date.parse(knownFrom) / 1000;
  const seconds = rates.replyAlls.map((_, index) => from + index * MINUTE_S);
  const ended = isBars ? seconds.length : seconds.length - 1;
  const isDrawn = (second: number, index: number): boolean => second > known - MINUTE_S && index < ended;
  return [seconds, valuesOf(rates).map((value, index) => (isDrawn(seconds[index] ?? 0, index) ? value : null))];
}

function heightOf({ state }: Look): number {
  return state === "storm" ? HEIGHT_IN_STORM : HEIGHT;
}

function optionsOf(kind: Kind, look: Look, width: number): uPlot.Options {
  const { timeZone, clock } = look;
  const { color, isBars, noun } = kind;
  const style = getComputedStyle(document.body);
  const stroke = style.getPropertyValue(color).trim();
  const faint = style.getPropertyValue("--faint").trim();
  const line = style.getPropertyValue("--line").trim();
  const axis = { stroke: faint, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  return {
    width,
    height: heightOf(look),
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    legend: { show: false },
    hooks: { setCursor: [(plot) => tellCursor(kind, plot, clock)] },
    padding: [8, 24, 0, 0],
    cursor: { sync: { key: "hour" }, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.15)] } },
    axes: [
      {
        ...axis,
        size: AXIS_HEIGHT,
        space: 70,
        values: (_plot, seconds) => seconds.map((each) => clock.minute(new Date(each * 1000))),
      },
      { ...axis, size: AXIS_WIDTH, values: (_plot, values) => values.map((value) => onAxis(value)) },
    ],
    series: [
      {},
      {
        label: noun,
        stroke,
        width: isBars ? 0 : 2,
        fill: isBars ? stroke : `color-mix(in srgb, ${stroke} 22%, transparent)`,
        points: { show: false },
        ...barsOf(isBars),
      },
    ],
  };
}

/** What stands under the pointer, beside the title of the plot. */
function tellCursor({ id }: Kind, { cursor, data }: uPlot, clock: LocalClock): void {
  const { idx } = cursor;
  const [seconds, values] = [data[0]?.[idx ?? -1], data[1]?.[idx ?? -1]];
  const isThere = typeof seconds === "number" && typeof values === "number";
  byId(`${id}-at`).textContent = isThere ? `${clock.minute(new Date(seconds * 1000))}: ${whole(values)}` : "";
}

/** Bars are a part of uPlot that may be left out of it. */
function barsOf(isBars: boolean): Pick<uPlot.Series, "paths"> {
  const paths = isBars ? uPlot.paths.bars?.({ size: [0.7, 24], radius: 0.15 }) : undefined;
  return paths === undefined ? {} : { paths };
}

function totals(rates: RatesView, { state, knownFrom, clock }: Look): string {
  const told = KINDS.map((kind) => total(kind, rates)).join(", ");
  if (knownFrom === undefined) return told;
  const isNothing = KINDS.every(({ valuesOf }) => valuesOf(rates).every((value) => value === 0));
  if (state === "unknown" && isNothing) return "nothing is known";
  return `${told}; nothing is known from before ${clock.minute(new Date(knownFrom))}`;
}

function total({ valuesOf, noun }: Kind, rates: RatesView): string {
  return `${whole(valuesOf(rates).reduce((sum, value) => sum + value, 0))} ${noun}`;
}

function inWords(kind: Kind, rates: RatesView, clock: LocalClock): string {
  const values = kind.valuesOf(rates);
  const most = Math.max(...values);
  if (most === 0) return `No ${kind.noun} in the last hour.`;
  const at = new Date(Date.parse(rates.from) + values.indexOf(most) * MINUTE_S * 1000);
  const now = values.at(-1) ?? 0;
  return `${total(kind, rates)} in the last hour; most in the minute from ${clock.minute(at)}: ${whole(most)}; in this minute ${whole(now)}.`;
}
