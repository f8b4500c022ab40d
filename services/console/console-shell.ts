// The console as it runs: a view of things every second where something changed, at once when an alert came, to all pages that are open.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { EventStream } from "../../shared/runtime/event-stream.ts";
import type { ListenAddress } from "../../shared/runtime/listen-address.ts";
import { loadPage } from "../../shared/runtime/page-files.ts";
import { openPageServer, type PageServer } from "../../shared/runtime/page-server.ts";
import { resourceOf, STREAM_PATH } from "./console-api.ts";
import { ConsoleState, STORMS_SHOWN } from "./console-state.ts";
import type { ConsoleView, HealthView } from "./console-view.ts";

export interface ConsoleOptions {
  readonly address: ListenAddress;
  readonly token: string | undefined;
  readonly timeZone: string;
  /** Event time of a log that is read, wall clock of one that is silent. */
  readonly nowMs: () => number;
  readonly health: () => readonly HealthView[];
  /** What is said beside a port that cannot be opened: the setting to change. */
  readonly mend: string;
}

const EVERY_MS = 1_000;
/** Alerts that are decided together are told together. */
const SOON_MS = 50;
/** Between two words, on a day of many storms. */
const APART_MS = 250;

export class Console {
  readonly state = new ConsoleState();
  readonly stream = new EventStream();
  private readonly options: ConsoleOptions;
  private server: PageServer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private toldAtMs = Number.NEGATIVE_INFINITY;

  private constructor(options: ConsoleOptions) {
    this.options = options;
  }

  /** Opens the port. Throws ListenError. */
  static async open(options: ConsoleOptions): Promise<Console> {
    const console = new Console(options);
    await console.listen();
    return console;
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
    const { nowMs, timeZone, health } = this.options;
    return this.state.view({ now: nowMs(), timeZone, health: health(), stormsShown });
  }

  /** Nobody looks: nothing is worked out. */
  private tell(): void {
    this.toldAtMs = performance.now();
    if (this.stream.size > 0) this.stream.tell("view", JSON.stringify(this.view(STORMS_SHOWN)));
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
      resource: (path) => resourceOf(path, (stormsShown) => this.view(stormsShown)),
      streamPath: STREAM_PATH,
      stream: this.stream,
      onStream: () => this.tell(),
      mend: this.options.mend,
    });
    this.timer = setInterval(() => this.tell(), EVERY_MS);
    // The page holds up no end.
    this.timer.unref();
  }
}
