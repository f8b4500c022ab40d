// SIGHUP -> the configuration read again: settings of lists and who is told hold from now on; a bad one changes nothing and says why.

import type { Receiver } from "../../alerter/receiver.ts";
import { ConfigError } from "../../../shared/runtime/config-fault.ts";
import type { ConfigPart } from "./changed-settings.ts";
import { changedSettings } from "./changed-settings.ts";
import { receiversOf } from "./receivers.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";

/** What a reload can change; the rest is read at the start. */
const RELOADED: ReadonlySet<ConfigPart> = new Set<ConfigPart>(["lists", "webhooks", "onAlert"]);

export interface ReloadsOptions {
  /** In force. */
  readonly config: StandaloneConfig;
  /** Throws ConfigError with all faults; undefined where nothing would be read. */
  readonly load: () => Promise<StandaloneConfig | undefined>;
  readonly changeLists: (listRules: StandaloneConfig["detector"]["listRules"]) => void;
  readonly changeReceivers: (receivers: readonly Receiver[]) => void;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

export class Reloads {
  done = 0;
  refused = 0;
  private readonly options: ReloadsOptions;
  private config: StandaloneConfig;
  private running: Promise<void> = Promise.resolve();

  constructor(options: ReloadsOptions) {
    this.options = options;
    this.config = options.config;
  }

  /** One after the other. Never rejects. */
  reload(): Promise<void> {
    this.running = this.running.then(() => this.once());
    return this.running;
  }

  private async once(): Promise<void> {
    const { load, changeLists, changeReceivers, say } = this.options;
    let next: StandaloneConfig | undefined;
    try {
      next = await load();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.refused += 1;
      for (const line of error.message.split("\n")) say(line);
      say("the configuration was not reloaded: the old one stays in force");
      return;
    }
    if (next === undefined) return;
    const changed = changedSettings(this.config, next);
    const applied = changed.filter((part) => RELOADED.has(part));
    const left = changed.filter((part) => !RELOADED.has(part));
    changeLists(next.detector.listRules);
    changeReceivers(receiversOf(next));
    this.config = pick(this.config, next);
    this.done += 1;
    say(
      `the configuration was reloaded: ${applied.length === 0 ? "nothing changed" : `changed: ${applied.join(", ")}`}`,
    );
    if (left.length > 0) say(`changed too, but read at the start only: ${left.join(", ")}: restart squall for it`);
  }
}

/** What a reload took over: the rest waits for a restart, and is said again at the next reload. */
function pick(config: StandaloneConfig, { detector, webhooks, onAlert }: StandaloneConfig): StandaloneConfig {
  return { ...config, detector: { ...config.detector, listRules: detector.listRules }, webhooks, onAlert };
}
