// The live page: listens to the server's view of things, and shows it, part by part.

import type { AlertView, ConsoleView, HealthView, ScopeView, StormView } from "../console-view.ts";
import { byId, el, Part } from "./elements.ts";
import { RatePlots } from "./rate-plots.ts";
import { scopeTable } from "./scope-table.ts";
import { stormCard } from "./storm-card.ts";
import { type LocalClock, localClock } from "./words.ts";

/** Without a word for so long the page no longer tells what is. */
const SILENT_MS = 10_000;
const SHOWN_ALERTS = 40;

const plots = new RatePlots();
let clock: LocalClock = localClock("UTC");
let timeZone = "UTC";
let openSystem: string | undefined;
let heardAt = performance.now();
let now = new Date(0);

function onOpen(system: string): void {
  openSystem = system;
}

const storms = new Part<readonly StormView[]>((all) => {
  const section = byId("storms");
  section.hidden = all.length === 0;
  section.replaceChildren(...all.map((storm) => stormCard(storm, { clock, openSystem, onOpen })));
});
const threads = new Part<readonly ScopeView[]>((rows) => {
  byId("threads").replaceChildren(scopeTable("threads", rows, clock));
});
const lists = new Part<readonly ScopeView[]>((rows) => {
  byId("lists").replaceChildren(scopeTable("lists", rows, clock));
});
const alerts = new Part<readonly AlertView[]>((all) => {
  const items = all.slice(0, SHOWN_ALERTS).map(alertItem);
  byId("alerts").replaceChildren(...(items.length === 0 ? [el("li", { class: "nothing" }, "Nothing yet.")] : items));
});
const health = new Part<readonly HealthView[]>((parts) => {
  byId("health").replaceChildren(...parts.map(healthItem));
});

function alertItem({ at, type, title, story, severity }: AlertView): HTMLElement {
  return el(
    "li",
    { "data-type": type, "data-severity": severity },
    el("time", { datetime: at }, clock.dated(new Date(at), now)),
    el("span", { class: "alert-title" }, title),
    el("span", { class: "alert-story" }, story),
  );
}

const HEALTH_WORDS: Readonly<Record<HealthView["state"], string>> = { well: "well", slow: "slow", down: "down" };

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
  setText("headline", view.headline);
  setText("detail", view.detail);
  setText("at", clock.second(now));
  setText("zone", timeZone);
  byId("at").setAttribute("datetime", view.at);
  document.title = view.state === "calm" ? "squall: calm" : `${view.headline} \u2013 squall`;
  byId("icon").setAttribute("href", `icon-${view.state}.svg`);
  storms.show(view.storms);
  plots.show(view.rates, timeZone);
  threads.show(view.threads);
  lists.show(view.lists);
  alerts.show(view.alerts);
  health.show(view.health);
}

/** Screen readers speak what changes, and only that. */
function setText(id: string, text: string): void {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

function setLink(state: "live" | "lost"): void {
  byId("link").dataset["state"] = state;
  setText("link", state === "live" ? "live" : "no word from squall");
  document.body.toggleAttribute("data-lost", state === "lost");
}

function isView(told: unknown): told is ConsoleView {
  return typeof told === "object" && told !== null && "v" in told && told.v === 1;
}

const stream = new EventSource("api/v1/events");
stream.addEventListener("view", ({ data }: MessageEvent<string>) => {
  heardAt = performance.now();
  setLink("live");
  const view: unknown = JSON.parse(data);
  if (isView(view)) show(view);
  // Another squall runs there now, with another page.
  else location.reload();
});
stream.addEventListener("error", () => setLink("lost"));
setInterval(() => {
  if (performance.now() - heardAt > SILENT_MS) setLink("lost");
}, 1_000);
