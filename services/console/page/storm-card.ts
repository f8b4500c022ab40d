// One storm, or watch: what happens, why squall says so, what may come, and what to do, ready to be copied.

import type { AdviceView, StepView, StormView } from "../console-view.ts";
import { byId, el } from "./elements.ts";
import { decimal, type LocalClock, signed, short, whole } from "./words.ts";

const SYSTEM_NAMES: Readonly<Record<AdviceView["system"], string>> = {
  postfix: "Postfix",
  exim: "Exim",
  exchange: "Exchange",
  microsoft365: "Microsoft 365",
  mailman: "Mailman",
};
const COPIED_MS = 4_000;

/** `openSystem`: whose advice is unfolded, and what to do when another is. */
export interface CardLinks {
  readonly clock: LocalClock;
  readonly openSystem: string | undefined;
  readonly onOpen: (system: string) => void;
}

export function stormCard(storm: StormView, links: CardLinks): HTMLElement {
  const { clock } = links;
  const now = new Date(storm.detectedAt);
  const titleId = `storm-${storm.stormId}`;
  return el(
    "article",
    { class: "storm", "data-state": storm.state, "data-severity": storm.severity, "aria-labelledby": titleId },
    el(
      "header",
      {},
      el("p", { class: "badge" }, storm.state === "over" ? "over" : storm.severity),
      el("h2", { id: titleId }, storm.list ?? storm.subject ?? storm.threadKey),
      el("p", { class: "story" }, storm.story),
    ),
    facts(storm, clock, now),
    el("div", { class: "columns" }, ...(storm.state === "over" ? [] : [todo(storm, links)]), why(storm, clock)),
  );
}

function facts(storm: StormView, clock: LocalClock, now: Date): HTMLElement {
  const started = clock.dated(new Date(storm.startedAt), now);
  const by = storm.starter === undefined ? "" : `by ${storm.starter}`;
  const isOver = storm.state === "over";
  const rows = [
    fact("reply-alls", whole(storm.replyAlls), `${whole(storm.repliers)} people, as of ${clock.minute(now)}`),
    fact("a minute", decimal(storm.repliesPerMinute), `\u00d7${decimal(storm.growth)} in 15 minutes`),
    fact("recipients of each", short(storm.reach), storm.subject ?? ""),
    fact("deliveries so far", short(storm.deliveries), `${short(storm.deliveriesPerMinute)} a minute`),
    isOver
      ? fact("over since", clock.dated(new Date(storm.resolvedAt ?? storm.detectedAt), now), "")
      : fact(
          "still to come",
          `\u2265 ${short(storm.forecast.atLeast)}`,
          `within ${storm.forecast.minutes} minutes, as of ${clock.minute(now)}`,
        ),
    fact("began", started, by),
  ];
  return el("dl", { class: "facts" }, ...rows);
}

function fact(label: string, value: string, note: string): HTMLElement {
  return el(
    "div",
    {},
    el("dt", {}, label),
    el("dd", {}, value),
    ...(note === "" ? [] : [el("dd", { class: "fact-note" }, note)]),
  );
}

function todo({ advice, stormId }: StormView, links: CardLinks): HTMLElement {
  const systems = Map.groupBy(advice, ({ system }) => system);
  const entries = [...systems].map(([system, all], index) => {
    return adviceOf(system, all, { isFirst: index === 0, stormId, links });
  });
  const nothing = el("p", { class: "nothing" }, "No advice is set up for this mail system.");
  return el(
    "section",
    { class: "todo" },
    el("h3", {}, "What to do now"),
    ...(entries.length === 0 ? [nothing] : entries),
  );
}

interface Place {
  readonly isFirst: boolean;
  readonly stormId: string;
  readonly links: CardLinks;
}

function adviceOf(system: AdviceView["system"], all: readonly AdviceView[], place: Place): HTMLElement {
  const { isFirst, stormId, links } = place;
  const isOpen = links.openSystem === undefined ? isFirst : links.openSystem === system;
  const items = all.map(({ text, command }) =>
    el("li", {}, el("p", {}, text), ...(command === undefined ? [] : [commandOf(command, SYSTEM_NAMES[system])])),
  );
  const details = el(
    "details",
    { name: `advice-${stormId}`, open: isOpen },
    el("summary", {}, SYSTEM_NAMES[system]),
    el("ol", {}, ...items),
  );
  details.addEventListener("toggle", () => {
    if (details.open) links.onOpen(system);
  });
  return details;
}

function commandOf(command: string, system: string): HTMLElement {
  const button = el("button", { type: "button", "aria-label": `Copy the commands for ${system}` }, "Copy");
  button.addEventListener("click", () => void copy(command));
  return el("div", { class: "command" }, el("pre", { tabindex: "0" }, el("code", {}, command)), button);
}

async function copy(text: string): Promise<void> {
  const told = byId("copied");
  try {
    await navigator.clipboard.writeText(text);
    told.textContent = "Copied";
  } catch {
    // A page that did not come from this machine or by TLS may not write there.
    told.textContent = "Not copied: this browser does not let the page. Mark the text instead.";
  }
  setTimeout(() => (told.textContent = ""), COPIED_MS);
}

function why(storm: StormView, clock: LocalClock): HTMLElement {
  return el(
    "section",
    { class: "why" },
    el("h3", {}, "Why squall says so"),
    el("ul", { class: "reasons" }, ...storm.reasons.map(({ words }) => el("li", {}, words))),
    ...(storm.steps.length === 0
      ? []
      : [
          el("p", { class: "score" }, el("strong", {}, `Score ${storm.score.toFixed(1)}`), `: ${storm.scoreWords}.`),
          steps(storm.steps, clock),
        ]),
  );
}

function steps(all: readonly StepView[], clock: LocalClock): HTMLElement {
  const most = Math.max(1, ...all.map(({ score }) => score));
  return el("ol", { class: "steps" }, ...all.map((step) => stepOf(step, most, clock)));
}

function stepOf(step: StepView, most: number, clock: LocalClock): HTMLElement {
  const meter = el("meter", { min: "0", max: most.toFixed(2), value: step.score.toFixed(2), "aria-hidden": "true" });
  const parts = [step.timing, step.newcomer, step.pause].filter((part) => part !== 0).map(signed);
  return el(
    "li",
    {},
    el("time", { datetime: step.at }, clock.second(new Date(step.at))),
    el("span", { class: "person" }, step.person),
    el("span", { class: "step-words", title: parts.join(" ") }, step.words),
    el("span", { class: "step-score" }, meter, step.score.toFixed(1)),
  );
}
