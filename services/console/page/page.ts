// The live page: listens to the server's view of things, and shows it, part by part.

import type { AlertView, ConsoleView, HealthView, StormView } from "../console-view.ts";
import { byId, el, keepingFocus, Part } from "./elements.ts";
import { RatePlots } from "./rate-plots.ts";
import { type ScopeTable, scopeTable } from "./scope-table.ts";
import { StormCard, type Unfolded } from "./storm-card.ts";
import { type LocalClock, localClock, whole } from "./words.ts";

/** Without a word for so long the page no longer tells what is. */
const SILENT_MS = 10_000;
const AGAIN_MS = 3_000;

const plots = new RatePlots();
const cards = new Map<string, StormCard>();
// On a phone they would be in the way of what is below.
const unfolded: Unfolded = { system: undefined, steps: matchMedia("(min-width: 901px)").matches };
let clock: LocalClock = localClock("UTC");
let timeZone = "UTC";
let heardAt = performance.now();
let now = new Date(0);

const threads = new Part<ScopeTable>(asIs, (table) => {
  byId("threads").replaceChildren(scopeTable("threads", table, clock));
});
const lists = new Part<ScopeTable>(asIs, (table) => {
  byId("lists").replaceChildren(scopeTable("lists", table, clock));
});
/** With the day of now: an alert of yesterday says so from midnight on. */
const alerts = new Part<Pick<ConsoleView, "alerts" | "state">>(
  ({ alerts: all, state }) => [all, state, clock.day(now)],
  ({ alerts: all, state }) => {
    const items = all.map(alertItem);
    const none = state === "unknown" ? "Nothing is known." : "Nothing yet.";
    byId("alerts-count").textContent = items.length === 0 ? "" : `${whole(items.length)}, the newest first`;
    byId("alerts").replaceChildren(...(items.length === 0 ? [el("li", { class: "nothing" }, none)] : items));
  },
);
const health = new Part<readonly HealthView[]>(asIs, (parts) => {
  byId("health").replaceChildren(...parts.map(healthItem));
});

/** What is wrong with squall itself is said before all that it says. */
const trouble = new Part<readonly HealthView[]>(asIs, (parts) => {
  const strip = byId("trouble");
  strip.hidden = parts.length === 0;
  strip.replaceChildren(...parts.map(({ name, words }) => el("p", {}, `${name} is failing: ${words}`)));
});
const moreStorms = new Part<number>(asIs, (count) => {
  const note = byId("more-storms");
  note.hidden = count === 0;
  note.replaceChildren(
    `${whole(count)} more, without room here: `,
    el("a", { href: "api/v1/storms" }, "all of them as JSON"),
  );
});

function asIs<All>(all: All): All {
  return all;
}

/** A card stays where it is in the page unless another has to come before it. */
function showStorms(all: readonly StormView[]): void {
  const section = byId("storms");
  section.hidden = all.length === 0;
  const shown = new Set(all.map(({ stormId }) => stormId));
  for (const [stormId, { element }] of cards) {
    if (shown.has(stormId)) continue;
    element.remove();
    cards.delete(stormId);
  }
  keepingFocus(section, () => all.forEach((storm, index) => placeCard(section, storm, index)));
}

function placeCard(section: HTMLElement, storm: StormView, index: number): void {
  const card = cards.get(storm.stormId) ?? new StormCard(storm.stormId, unfolded);
  cards.set(storm.stormId, card);
  card.show(storm, { clock, now });
  const there = section.children[index];
  if (there !== card.element) section.insertBefore(card.element, there ?? null);
}

function alertItem({ at, type, title, story, severity }: AlertView): HTMLElement {
  return el(
    "li",
    { "data-type": type, "data-severity": severity },
    el("time", { datetime: at }, clock.dated(new Date(at), now)),
    el("span", { class: "alert-title" }, title),
    el("span", { class: "alert-story" }, story),
  );
}

const HEALTH_WORDS: Readonly<Record<HealthView["state"], string>> = { well: "OK", slow: "attention", down: "failing" };

function healthItem({ name, state, words }: HealthView): HTMLElement {
  return el(
    "li",
    { "data-state": state },
    el("span", { class: "health-name" }, name),
    el("span", { class: "health-state" }, HEALTH_WORDS[state]),
    el("span", { class: "health-words" }, words),
  );
}

function show(view: ConsoleView): void {
  now = new Date(view.at);
  if (view.timeZone !== timeZone) {
    timeZone = view.timeZone;
    clock = localClock(timeZone);
  }
  document.body.dataset["state"] = view.state;
  document.body.toggleAttribute("data-lost", false);
  // What changes from here on changes slowly; the first word stands there at once.
  requestAnimationFrame(() => document.body.toggleAttribute("data-shown", true));
  setText("headline", view.headline);
  setText("detail", view.detail);
  setText("spoken", spokenOf(view));
  setText("at", clock.second(now));
  setText("zone", timeZone);
  byId("at").setAttribute("datetime", view.at);
  const failing = view.health.filter(({ state }) => state === "down");
  trouble.show(failing);
  document.title = `${failing.length > 0 ? "! " : ""}${view.state === "calm" ? "squall: calm" : `${view.headline} \u2013 squall`}`;
  byId("icon").setAttribute("href", `icon-${view.state}.svg`);
  showStorms(view.storms);
  moreStorms.show(view.moreStorms);
  plots.show(view.rates, { timeZone, clock, state: view.state, knownFrom: view.knownFrom });
  const isKnown = view.state !== "unknown";
  threads.show({ rows: view.threads, isKnown });
  lists.show({ rows: view.lists, isKnown });
  alerts.show(view);
  health.show(view.health);
}

/** What screen readers speak when it changes: the state, and the last alert. The numbers beside it change every second. */
function spokenOf({ headline, alerts: [last] }: ConsoleView): string {
  return last === undefined ? headline : `${headline}. ${last.title}, ${last.story}`;
}

function setText(id: string, text: string): void {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

/** What stands on a wall must not say that all is calm when nobody knows. */
function lose(): void {
  if (document.body.hasAttribute("data-lost")) return;
  const known = byId("headline").textContent;
  setLink("lost");
  document.body.toggleAttribute("data-lost", true);
  const last = now.getTime() === 0 ? "" : `last known: ${known}, ${clock.dated(now, new Date())}`;
  setText("headline", "No word from squall");
  setText("detail", last);
  setText("spoken", "No word from squall");
  document.title = "squall: no data";
  byId("icon").setAttribute("href", "icon-unknown.svg");
}

function setLink(state: "live" | "lost"): void {
  byId("link").dataset["state"] = state;
  setText("link", state === "live" ? "live" : "no connection");
}

function isView(told: unknown): told is ConsoleView {
  return typeof told === "object" && told !== null && "v" in told && told.v === 1;
}

let stream: EventSource | undefined;
let askedAt = performance.now();

function listen(): void {
  stream?.close();
  askedAt = performance.now();
  stream = new EventSource("api/v1/events");
  stream.addEventListener("view", hear);
  stream.addEventListener("error", lose);
}

/**
 * A browser asks again by itself when a connection breaks, but not after an answer that is none (a proxy's, while squall starts again), and
 * not where a connection stays open of which the other end is gone.
 */
function watch(): void {
  const nowMs = performance.now();
  if (nowMs - heardAt > SILENT_MS) lose();
  const isClosed = stream?.readyState === EventSource.CLOSED;
  if (nowMs - Math.max(askedAt, heardAt) > (isClosed ? AGAIN_MS : SILENT_MS)) listen();
}

function hear({ data }: MessageEvent<string>): void {
  heardAt = performance.now();
  setLink("live");
  const view: unknown = JSON.parse(data);
  if (isView(view)) show(view);
  // Another squall runs there now, with another page.
  else location.reload();
}

listen();
setInterval(watch, 1_000);
