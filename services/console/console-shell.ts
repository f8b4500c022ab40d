// The console as it runs: a view of things every second where something changed, at once when an alert came, to all pages that are open.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { EventStream } from "../../shared/runtime/event-stream.ts";
import type { HttpPort } from "../../shared/runtime/http-port.ts";
import type { ListenAddress } from "../../shared/runtime/listen-address.ts";
import { loadPage } from "../../shared/runtime/page-files.ts";
import { openPageServer } from "../../shared/runtime/page-server.ts";
import { resourceOf, STREAM_PATH } from "./console-api.ts";
import { ConsoleState, type SilenceOf, STORMS_SHOWN } from "./console-state.ts";
import type { ConsoleView, HealthView } from "./console-view.ts";

export interface ConsoleOptions {
  readonly address: ListenAddress;
  readonly token: string | undefined;
  readonly timeZone: string;
  /** Our clock. */
  readonly nowMs: () => number;
  /** How far the mail of a site was read, event time in ms; undefined: not known. Without it: as far as our clock. */
  readonly eventTimeMs?: (site: string) => number | undefined;
  readonly health: () => readonly HealthView[];
  readonly silenceOf?: SilenceOf;
  /** From when on windows would be there, if nothing older came, ms; undefined: the whole hour. */
  readonly watchedFromMs?: number;
  /** What would tell of a storm is read. */
  readonly isKnown: () => boolean;
  /** What is said beside a port that cannot be opened: the setting to change. */
  readonly mend: string;
  /** One line for a person: of faults of ours the first of each kind, the others are counted. */
  readonly say: (line: string) => void;
}

/** Since it was opened. */
export interface PageCounts {
  /** Open now. */
  readonly pages: number;
  readonly dropped: number;
  readonly skipped: number;
  readonly givenUp: number;
  readonly faults: number;
}

const EVERY_MS = 1_000;
/** Alerts that are decided together are told together. */
const SOON_MS = 50;
/** Between two words, on a day of many storms. */
const APART_MS = 250;
const FAULTS_SAID_MAX = 10;

export class Console {
  private readonly state = new ConsoleState();
  private readonly stream = new EventStream();
  private readonly options: ConsoleOptions;
  private server: HttpPort | undefined;
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  /** What was worked out last, and when: who asks again and again gets it again. */
  private made: { readonly view: ConsoleView; readonly atMs: number } | undefined;
  private faults = 0;
  private readonly faultsSaid = new Set<string>();

  private constructor(options: ConsoleOptions) {
    this.options = options;
  }

  /** Opens the port. Throws ListenError. */
  static async open(options: ConsoleOptions): Promise<Console> {
    const console = new Console(options);
    await console.listen();
    return console;
  }

  get counts(): PageCounts {
    const { size: pages, skipped, givenUp } = this.stream;
    return { pages, skipped, givenUp, dropped: this.state.dropped, faults: this.faults };
  }

  /** Where it listens. */
  get address(): ListenAddress {
    return this.server?.address ?? this.options.address;
  }

  addWindow(window: ThreadWindow): void {
    this.state.addWindow(window);
  }

  addAlert(alert: StormAlert): void {
    if (!this.state.addAlert(alert)) return;
    const apartMs = this.toldAtMs + APART_MS - performance.now();
    this.soon ??= setTimeout(
      () => {
        this.soon = undefined;
        this.tell();
      },
      Math.max(SOON_MS, apartMs),
    );
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    await this.server?.close();
  }

  private view(stormsShown: number): ConsoleView {
    const { nowMs, timeZone, health, isKnown, eventTimeMs, silenceOf, watchedFromMs } = this.options;
    const known = { health: health(), isKnown: isKnown(), eventTimeMs, silenceOf, watchedFromMs };
    return this.state.view({ nowMs: nowMs(), timeZone, ...known, stormsShown });
  }

  /** A quarter of a second old at most: it is made on the detector's own time. */
  private recentView(): ConsoleView {
    const nowMs = performance.now();
    if (this.made === undefined || nowMs - this.made.atMs >= APART_MS) {
      this.made = { view: this.view(STORMS_SHOWN), atMs: nowMs };
    }
    return this.made.view;
  }

  /** Nobody looks: nothing is worked out. Whatever is wrong with it, who looks does not end who detects. */
  private tell(): void {
    this.toldAtMs = performance.now();
    this.made = undefined;
    if (this.stream.size === 0) return;
    try {
      this.stream.tell("view", JSON.stringify(this.recentView()));
    } catch (error) {
      this.fault(error);
    }
  }

  private fault(error: unknown): void {
    this.faults += 1;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (this.faultsSaid.has(text) || this.faultsSaid.size >= FAULTS_SAID_MAX) return;
    this.faultsSaid.add(text);
    this.options.say(`a fault of squall: the live page could not be made; please report it: ${text}`);
  }

  private async listen(): Promise<void> {
    const uplot = import.meta.resolve("uplot");
    this.server = await openPageServer({
      address: this.options.address,
      token: this.options.token,
      files: loadPage(new URL("page/", import.meta.url), [
        { name: "package-uplot.js", from: new URL("uPlot.esm.js", uplot) },
        { name: "uplot.css", from: new URL("uPlot.min.css", uplot) },
      ]),
      resource: (path) =>
        resourceOf(path, (stormsShown) => (stormsShown === STORMS_SHOWN ? this.recentView() : this.view(stormsShown))),
      streamPath: STREAM_PATH,
      stream: this.stream,
      firstWord: () => ({ event: "view", data: JSON.stringify(this.recentView()) }),
      onFault: (error) => this.fault(error),
      mend: this.options.mend,
    });
    this.timer = setInterval(() => this.tell(), EVERY_MS);
    // The page holds up no end.
    this.timer.unref();
  }
}
