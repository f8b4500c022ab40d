// The live page of one standalone: its port, and what it says of the parts. Detection does without a page whose port is taken.

import { listenAddressText } from "../../../shared/runtime/listen-address.ts";
import { Console, type PageCounts } from "../../console/console-shell.ts";
import type { HealthView } from "../../console/console-view.ts";
import { leastWatermark } from "../../detector/detector-totals.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { counted, roughSpan, shownText } from "../../../shared/domain/storm-alert-words.ts";
import { openedOrSaid } from "./optional-port.ts";
import { receiverHealth } from "./receiver-health.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";
import type { Standalone } from "./standalone.ts";
import { PAGE_MEND } from "../port-mends.ts";

const FAULT_CHARS_MAX = 320;
/** A log is written to in bursts, and a mail's lines are waited for. */
const BEHIND_MS = 120_000;

export interface LivePageOptions {
  readonly config: StandaloneConfig;
  readonly nowMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

/** What the page tells of; nothing before the state is read back. */
interface Watched {
  standalone: Standalone | undefined;
  isUnscraped: boolean;
}

export class LivePage {
  private readonly console: Console;
  private readonly watched: Watched;

  private constructor(console: Console, watched: Watched) {
    this.console = console;
    this.watched = watched;
  }

  /** Undefined: it is off, or its port cannot be had, which is said. */
  static async open({ config, nowMs, say }: LivePageOptions): Promise<LivePage | undefined> {
    const { address, token } = config.console;
    if (address === undefined) return undefined;
    const watched: Watched = { standalone: undefined, isUnscraped: false };
    const options = {
      timeZone: config.timezone,
      nowMs,
      eventTimeMs: () => eventTimeOf(watched.standalone, config),
      health: () => [...healthOf(watched.standalone, nowMs(), config), ...(watched.isUnscraped ? [UNSCRAPED] : [])],
      silenceOf: (alert: StormAlert) => watched.standalone?.silences.silenceOf(alert, nowMs()),
      isKnown: () => isReading(watched.standalone),
      watchedFromMs: nowMs(),
      mend: PAGE_MEND,
      say,
    };
    const opening = Console.open({ address, token: token?.reveal(), ...options });
    const console = await openedOrSaid(opening, "a live page", say);
    if (console === undefined) return undefined;
    say(`live page on http://${listenAddressText(console.address)}/`);
    return new LivePage(console, watched);
  }

  get counts(): PageCounts {
    return this.console.counts;
  }

  /** Its state is read back: from here on the page tells how it is. `isUnscraped`: the port of metrics could not be had. */
  watch(standalone: Standalone, isUnscraped: boolean): void {
    this.watched.standalone = standalone;
    this.watched.isUnscraped = isUnscraped;
  }

  addWindow(window: ThreadWindow): void {
    this.console.addWindow(window);
  }

  addAlert(alert: StormAlert): void {
    this.console.addAlert(alert);
  }

  close(): Promise<void> {
    return this.console.close();
  }
}

const UNSCRAPED: HealthView = {
  name: "Metrics",
  state: "slow",
  words: "their port could not be had: whoever asks for metrics or health there does not see this squall",
};

/** Of the log that is furthest behind. */
function eventTimeOf(standalone: Standalone | undefined, { detector }: StandaloneConfig): number | undefined {
  if (standalone === undefined) return undefined;
  const watermark = leastWatermark(standalone.pipeline.stages.detector);
  return Number.isFinite(watermark) ? watermark + detector.allowedLatenessMs : undefined;
}

function isReading(standalone: Standalone | undefined): boolean {
  return standalone?.inputs.health.isWell(performance.now()) ?? false;
}

function healthOf(standalone: Standalone | undefined, nowMs: number, config: StandaloneConfig): HealthView[] {
  if (standalone === undefined) return [{ name: "Start", state: "slow", words: "reading what it knew before" }];
  return [reading(standalone, nowMs, config), keeping(standalone), ...telling(standalone, config.timezone)];
}

function reading(standalone: Standalone, nowMs: number, config: StandaloneConfig): HealthView {
  const name = "Reading the mail log";
  const [fault, ...others] = standalone.inputs.health.faults(performance.now());
  if (fault !== undefined) {
    const more = others.length === 0 ? "" : `, and ${counted(others.length, "other input")} likewise`;
    return { name, state: "down", words: `${shownText(fault, FAULT_CHARS_MAX)}${more}` };
  }
  const lines = standalone.inputs.readers.reduce((sum, { ingest }) => sum + ingest.counters.lines, 0);
  const behindMs = nowMs - (eventTimeOf(standalone, config) ?? nowMs);
  const read = lines === 0 ? "no line yet" : `${counted(lines, "line")} read`;
  if (behindMs < BEHIND_MS) return { name, state: "well", words: read };
  return { name, state: "slow", words: `${read}, ${roughSpan(behindMs)} behind: what is shown is of then` };
}

function keeping({ isKept }: Standalone): HealthView {
  const words = isKept ? "a restart goes on from here" : "no room on the disk: what is new is not kept";
  return { name: "Remembering", state: isKept ? "well" : "slow", words };
}

function telling({ telling: told }: Standalone, timeZone: string): HealthView[] {
  const { receivers } = told.status();
  if (receivers.length === 0) {
    return [
      { name: "Telling somebody", state: "slow", words: "nobody is set up to be told: alerts are shown here alone" },
    ];
  }
  return receivers.map((receiver) => receiverHealth(receiver, timeZone));
}
