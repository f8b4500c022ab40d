// The console as it runs: a view of things every second where something changed, at once when an alert came, to all pages that are open.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { EventStream } from "../../shared/runtime/event-stream.ts";
import type { ListenAddress } from "../../shared/runtime/listen-address.ts";
import { loadPage } from "../../shared/runtime/page-files.ts";
import { openPageServer, type PageServer } from "../../shared/runtime/page-server.ts";
import { resourceOf, STREAM_PATH } from "./console-api.ts";
import { ConsoleState } from "./console-state.ts";
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

export class Console {
  readonly state = new ConsoleState();
  readonly stream = new EventStream();
  private readonly options: ConsoleOptions;
  private server: PageServer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;

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
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.tell();
    }, SOON_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    await this.server?.close();
  }

  private view(): ConsoleView {
    const { nowMs, timeZone, health } = this.options;
    return this.state.view({ now: nowMs(), timeZone, health: health() });
  }

  /** Nobody looks: nothing is worked out. */
  private tell(): void {
    if (this.stream.size > 0) this.stream.tell("view", JSON.stringify(this.view()));
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
      resource: (path) => resourceOf(path, () => this.view()),
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
