// Plot -> a figure of inline SVG: bars on one another, or lines, with axes, marks, a legend, and words for whom it is read aloud.

import type { Plot, Series } from "../report-document.ts";
import { markup, type Markup } from "./markup.ts";
import { place, PLOT_ROOMS, type PlotFrame, plotFrame, type PlotRoom } from "./plot-frame.ts";

/** Wide enough for a gap between bars. */
const GAP_FROM = 4;

type Point = readonly [x: number, y: number];

export function plotFigure(plot: Plot): Markup {
  const items = plot.series.map((series, index) => legendItem(plot, series, `${plot.id}-legend-${index}`));
  const legend = items.length < 2 ? [] : [markup`<ul class="legend">${items}</ul>`];
  return markup`<figure class="plot"><figcaption>${plot.title}</figcaption>
${PLOT_ROOMS.map((room) => picture(plot, room))}${legend}</figure>`;
}

function picture(plot: Plot, room: PlotRoom): Markup {
  const id = `${plot.id}-${room.name}`;
  const frame = plotFrame(plot, room, mostOf(plot));
  const shapes = plot.shape === "bars" ? bars(plot, frame, id) : lines(plot, frame, id);
  return markup`<svg class="${room.name}" viewBox="0 0 ${room.width} ${room.height}" role="img" aria-labelledby="${id}-title ${id}-words">
<title id="${id}-title">${plot.title}</title>
<desc id="${id}-words">${plot.words}</desc>
${hatch(id)}
${frame.axes}${shapes}${frame.marks}</svg>
`;
}

function mostOf({ series, shape }: Plot): number {
  let most = 0;
  for (const index of series[0]?.values.keys() ?? []) {
    const values = series.map(({ values: all }) => all[index] ?? 0);
    most = Math.max(most, shape === "lines" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0));
  }
  return most;
}

/** Told apart without colours too. */
function hatch(id: string): Markup {
  return markup`<defs><pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><rect class="hatch-line" width="2.4" height="6"/></pattern></defs>`;
}

/** One path a series: a bar is a rectangle of it. */
function bars({ series }: Plot, frame: PlotFrame, id: string): Markup {
  const base = Array.from({ length: frame.steps }, () => 0);
  const paths = series.map(({ values, look }) => {
    let path = "";
    for (const [index, value] of values.entries()) {
      const below = base[index] ?? 0;
      base[index] = below + value;
      if (value > 0) path += bar(frame, index, { below, value });
    }
    return markup`<path class="bars ${look}"${fillOf(look, id)} d="${path}"/>\n`;
  });
  return markup`${paths}`;
}

function fillOf(look: Series["look"], id: string): Markup {
  return look === "third" ? markup` fill="url(#${id}-hatch)"` : markup``;
}

function bar(frame: PlotFrame, index: number, { below, value }: { below: number; value: number }): string {
  const left = frame.x(index);
  const width = frame.x(index + 1) - left;
  const right = place(width >= GAP_FROM ? width - 1 : width);
  return `M${place(left)} ${place(frame.y(below + value))}h${right}V${place(frame.y(below))}H${place(left)}z`;
}

/** Lines, and between the first and the last of them what a stop would have spared. */
function lines({ series }: Plot, frame: PlotFrame, id: string): Markup {
  const points = series.map(({ values }): Point[] => [
    [frame.x(0), frame.y(0)],
    ...values.map((value, index): Point => [frame.x(index + 1), frame.y(value)]),
  ]);
  const [first = []] = points;
  const last = points.at(-1) ?? [];
  const between = `M${pathOf(first)}L${pathOf(last.toReversed())}z`;
  const drawn = series.map(
    ({ look }, index) => markup`<path class="line ${look}" d="M${pathOf(points[index] ?? [])}"/>\n`,
  );
  return markup`<path class="spared" fill="url(#${id}-hatch)" d="${between}"/>
${drawn}`;
}

function pathOf(points: readonly Point[]): string {
  return points.map(([x, y]) => `${place(x)} ${place(y)}`).join("L");
}

/** A pattern of its own: that of a picture which is not shown would not be drawn. */
function legendItem({ shape }: Plot, { label, look }: Series, id: string): Markup {
  const sample =
    shape === "bars"
      ? markup`${look === "third" ? hatch(id) : markup``}<rect class="bars ${look}"${fillOf(look, id)} x="1" y="1" width="24" height="12"/>`
      : markup`<path class="line ${look}" d="M1 7L25 7"/>`;
  return markup`<li><svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true">${sample}</svg>${label}</li>`;
}
