// Threads or lists that are being answered: a row each, the last hour as a small picture.

import type { ScopeView } from "../console-view.ts";
import { el } from "./elements.ts";
import { decimal, GROWTH_MINUTES, growthInWords, type LocalClock, short, whole } from "./words.ts";

const SPARK_WIDTH = 120;
const SPARK_HEIGHT = 22;
/** One answer a minute must not look like a storm. */
const SPARK_LEAST = 5;
const SVG = "http://www.w3.org/2000/svg";

export interface ScopeTable {
  readonly rows: readonly ScopeView[];
  /** False: nobody knows whether there are others. */
  readonly isKnown: boolean;
}

export function scopeTable(kind: "threads" | "lists", { rows, isKnown }: ScopeTable, clock: LocalClock): HTMLElement {
  if (rows.length === 0) {
    const none = isKnown ? `No ${kind} with answers to all in the last hour.` : "Nothing is known.";
    return el("p", { class: "nothing" }, none);
  }
  const isThreads = kind === "threads";
  const heads = [
    isThreads ? "Thread" : "List",
    "Last hour",
    "Reply-alls",
    "People",
    "Reach",
    "A minute",
    "Growth",
    "Score",
    "Deliveries",
    "Last",
  ];
  return el(
    "table",
    {},
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...rows.map((row) => scopeRow(row, isThreads, clock))),
  );
}

function scopeRow(row: ScopeView, isThread: boolean, clock: LocalClock): HTMLElement {
  const { subject, list, key } = row;
  const name = subject === undefined ? (list ?? key) : `\u201c${subject}\u201d`;
  const rest = [subject === undefined ? undefined : list, name === key ? undefined : key];
  const under = isThread
    ? rest.flatMap((part) => (part === undefined ? [] : [el("span", { class: "under" }, part)]))
    : [];
  return el(
    "tr",
    {},
    el("th", { scope: "row", title: row.key }, el("span", { class: "name" }, name), ...under),
    el("td", { class: "spark" }, spark(row.minutes)),
    number(whole(row.replyAlls), "Reply-alls"),
    number(people(row), "People"),
    number(short(row.reach), "Reach"),
    number(decimal(row.repliesPerMinute), "A minute"),
    number(growth(row), "Growth"),
    number(row.score.toFixed(1), "Score"),
    number(short(row.deliveries), "Deliveries"),
    number(clock.minute(new Date(row.lastReplyAt)), "Last"),
  );
}

/** As the card has it, shortly. */
function growth(row: ScopeView): string {
  const before = row.minutes.slice(-2 * GROWTH_MINUTES, -GROWTH_MINUTES);
  const { arrow } = growthInWords({ ...row, isNew: before.every((answers) => answers === 0) });
  return arrow === "" ? "\u2013" : `\u00d7${decimal(row.growth)}`;
}

function number(text: string, label: string): HTMLElement {
  return el("td", { class: "number", "data-label": label }, text);
}

/** Windows tell people minute by minute: who wrote in two of them counts twice in the larger number. */
function people({ repliersAtLeast, repliersAtMost }: ScopeView): string {
  return repliersAtLeast === repliersAtMost
    ? whole(repliersAtLeast)
    : `${whole(repliersAtLeast)}\u2013${whole(repliersAtMost)}`;
}

function spark(minutes: readonly number[]): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const most = Math.max(SPARK_LEAST, ...minutes);
  const step = SPARK_WIDTH / minutes.length;
  svg.setAttribute("viewBox", `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`);
  svg.setAttribute("width", String(SPARK_WIDTH));
  svg.setAttribute("height", String(SPARK_HEIGHT));
  svg.setAttribute("aria-hidden", "true");
  svg.append(box({ x: 0, y: SPARK_HEIGHT - 1, width: SPARK_WIDTH, height: 1 }, "base"));
  minutes.forEach((value, index) => {
    if (value === 0) return;
    const height = Math.max(2, (value / most) * SPARK_HEIGHT);
    svg.append(box({ x: index * step, y: SPARK_HEIGHT - height, width: Math.max(1, step - 0.5), height }));
  });
  return svg;
}

function box(at: Readonly<Record<"x" | "y" | "width" | "height", number>>, kind = "bar"): SVGElement {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", kind);
  for (const [name, value] of Object.entries(at)) rect.setAttribute(name, String(value));
  return rect;
}
