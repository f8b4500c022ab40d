// One storm, or watch: what happens, why squall says so, what may come, and what to do, ready to be copied.

import type { AdviceView, StepView, StormView } from "../console-view.ts";
import { byId, el, keepingFocus, Part } from "./elements.ts";
import { type Around, factsOf, isBehind, isPerished, oldOf, type Shown } from "./storm-facts.ts";
import { type LocalClock, signed } from "./words.ts";

const SYSTEM_NAMES: Readonly<Record<AdviceView["system"], string>> = {
  postfix: "Postfix",
  exim: "Exim",
  exchange: "Exchange",
  microsoft365: "Microsoft 365",
  mailman: "Mailman",
};
const COPIED_MS = 4_000;

/** What is unfolded on every card. */
export interface Unfolded {
  /** Whose advice: one has one kind of mail server. Undefined: the first. */
  system: AdviceView["system"] | undefined;
  /** The answers that made the score. */
  steps: boolean;
}

/** Each part is drawn anew only where it has changed: numbers do every second, and meanwhile a command is being copied. */
export class StormCard {
  readonly element: HTMLElement;
  private readonly header = el("header");
  private readonly facts = el("dl", { class: "facts" });
  private readonly todo = el("section", { class: "todo" });
  private readonly why = el("section", { class: "why" });
  private readonly more: HTMLDetailsElement;
  private readonly parts: readonly Part<Shown>[];

  constructor(stormId: string, unfolded: Unfolded) {
    const titleId = `storm-${stormId}`;
    const columns = el("div", { class: "columns" }, this.todo, this.why);
    this.more = el("details", { class: "more" }, el("summary", { "data-key": "more" }, "Why, and what to do"), columns);
    this.element = el("article", { class: "storm", "aria-labelledby": titleId }, this.header, this.facts, this.more);
    this.parts = [
      new Part(
        ({ storm }) => [titleOf(storm), badgeOf(storm), storm.silenced, storm.state === "over" ? storm.story : ""],
        (shown) => this.header.replaceChildren(...headOf(shown, titleId)),
      ),
      new Part(
        ({ storm, now }) => {
          // It goes on with the clock, and is shown where it does not.
          const countedTo = oldOf(storm.countedTo, now) === undefined ? "" : storm.countedTo;
          return [{ ...storm, countedTo, advice: [], steps: [] }, oldOf(storm.detectedAt, now), isBehind(storm, now)];
        },
        (shown) => this.facts.replaceChildren(...factsOf(shown)),
      ),
      new Part(
        ({ storm, now }) => [storm.state, storm.advice, oldOf(storm.detectedAt, now), isPerished(storm, now)],
        (shown) => {
          keepingFocus(this.todo, () => this.todo.replaceChildren(...todoOf(shown, unfolded)));
          this.todo.hidden = shown.storm.state === "over";
        },
      ),
      new Part(
        ({ storm }) => [storm.reasons, storm.steps],
        ({ storm, clock }) => keepingFocus(this.why, () => this.why.replaceChildren(...whyOf(storm, clock, unfolded))),
      ),
    ];
  }

  show(storm: StormView, around: Around): void {
    // A storm is told in full; of what is not one, or no longer, there may be many.
    if (this.element.dataset["state"] !== storm.state) this.more.open = storm.state === "open";
    this.element.dataset["state"] = storm.state;
    this.element.dataset["severity"] = storm.severity;
    for (const part of this.parts) part.show({ storm, ...around });
  }
}

function titleOf({ list, subject, threadKey }: StormView): string {
  return list ?? subject ?? threadKey;
}

function badgeOf({ state, severity }: StormView): string {
  return state === "over" ? "over" : severity;
}

function headOf({ storm, clock, now }: Shown, titleId: string): HTMLElement[] {
  const { subject, list, starter, state, silenced } = storm;
  const begun = `begun ${clock.second(new Date(storm.startedAt))}${starter === undefined ? "" : ` by ${starter}`}`;
  const about = subject === undefined || list === undefined ? begun : `Subject \u201c${subject}\u201d, ${begun}`;
  return [
    el("p", { class: "badge" }, badgeOf(storm)),
    el("h2", { id: titleId }, titleOf(storm)),
    ...(silenced === undefined ? [] : [silencedOf(silenced, clock, now)]),
    el("p", { class: "story" }, about),
    ...(state === "over" ? [el("p", { class: "story" }, storm.story)] : []),
  ];
}

function silencedOf({ until, why }: NonNullable<StormView["silenced"]>, clock: LocalClock, now: Date): HTMLElement {
  return el("p", { class: "silenced" }, `Nobody is told until ${clock.dated(new Date(until), now)}: ${why}`);
}

function todoOf({ storm, clock, now }: Shown, unfolded: Unfolded): HTMLElement[] {
  const { advice, stormId, state } = storm;
  const systems = [...Map.groupBy(advice, ({ system }) => system)];
  const first = state === "watch" ? undefined : systems[0]?.[0];
  const open = systems.some(([system]) => system === unfolded.system) ? unfolded.system : first;
  const old = oldOf(storm.detectedAt, now);
  const tooOld = isPerished(storm, now) ? old : undefined;
  const entries = systems.map(([system, all]) => {
    const details = adviceOf(system, all, { name: `advice-${stormId}`, open: system === open, tooOld });
    details.addEventListener("toggle", () => {
      if (details.open) unfolded.system = system;
    });
    return details;
  });
  const nothing = el("p", { class: "nothing" }, "No advice is set up for this mail system.");
  const told = clock.dated(new Date(storm.detectedAt), now);
  const note = `As of ${told}, ${old ?? ""} ago: mail that came since is not named.`;
  return [
    el("h3", {}, state === "watch" ? "Should it become a storm" : "What to do now"),
    ...(old === undefined || entries.length === 0 ? [] : [el("p", { class: "old" }, note)]),
    ...(entries.length === 0 ? [nothing] : entries),
  ];
}

function adviceOf(
  system: AdviceView["system"],
  all: readonly AdviceView[],
  { tooOld, ...attributes }: { readonly name: string; readonly open: boolean; readonly tooOld: string | undefined },
): HTMLDetailsElement {
  const items = all.map(({ text, command, perishable }, index) => {
    // Whoever is tired pastes what stands there.
    if (perishable === true && tooOld !== undefined)
      return el("li", {}, el("p", { class: "old" }, perishedNote(tooOld)));
    const key = `${system}-${index}`;
    const commands = command === undefined ? [] : [commandOf(command, { key, system: SYSTEM_NAMES[system] })];
    const [lead = "", rest = ""] = leadOf(text);
    return el("li", {}, el("p", {}, el("strong", {}, ...withCode(lead)), ...withCode(rest)), ...commands);
  });
  const summary = el("summary", { "data-key": system }, SYSTEM_NAMES[system]);
  return el("details", attributes, summary, el("ol", {}, ...items));
}

/** What is to be done, in its first words; the rest is what to know. */
function leadOf(text: string): readonly string[] {
  const end = text.search(/[,.:;]/u);
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end)];
}

function perishedNote(old: string): string {
  return `Queue ids were named here ${old} ago: they may be other mail's by now. Search the queue instead, as another step says.`;
}

/** What stands between backticks is to be typed. */
function withCode(text: string): (Node | string)[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));
}

function commandOf(command: string, { key, system }: { readonly key: string; readonly system: string }): HTMLElement {
  const label = `Copy the commands for ${system}`;
  const button = el("button", { type: "button", "aria-label": label, "data-key": `copy-${key}` }, "Copy");
  button.addEventListener("click", () => void copy(command));
  const text = el("pre", { tabindex: "0", "data-key": `command-${key}` }, el("code", {}, command));
  return el("div", { class: "command" }, text, button);
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

function whyOf(
  { reasons, steps: all, score, scoreWords }: StormView,
  clock: LocalClock,
  unfolded: Unfolded,
): HTMLElement[] {
  const told = el("ul", { class: "reasons" }, ...reasons.map(({ words }) => el("li", {}, words)));
  const counted = [
    el("p", { class: "score" }, el("strong", {}, `Score ${score.toFixed(1)} at the last alert`), `: ${scoreWords}.`),
    stepsOf(all, clock, unfolded),
  ];
  return [el("h3", {}, "Why squall says so"), told, ...(all.length === 0 ? [] : counted)];
}

function stepsOf(all: readonly StepView[], clock: LocalClock, unfolded: Unfolded): HTMLElement {
  const most = Math.max(1, ...all.map(({ score }) => score));
  const last = all.length === 1 ? "The last step of the score" : `The last ${all.length} steps of the score`;
  const steps = el("ol", { class: "steps" }, ...all.map((step) => stepOf(step, most, clock)));
  const details = el("details", { open: unfolded.steps }, el("summary", { "data-key": "steps" }, last), steps);
  details.addEventListener("toggle", () => (unfolded.steps = details.open));
  return details;
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
