// The live page of all sites on Kafka, as one process runs it.

import { randomUUID } from "node:crypto";
import type { LogError, TopicLog } from "../../../shared/runtime/topic-log.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { stateTopic } from "../../../shared/domain/topics.ts";
import { wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import { consoleGroups } from "../../console/console-topics.ts";
import { Console } from "../../console/console-shell.ts";
import type { HealthView } from "../../console/console-view.ts";
import { SiteProgress } from "../../console/site-progress.ts";
import { TopicReader } from "../../console/topic-reader-shell.ts";
import type { ConsoleServiceConfig } from "../service-settings.ts";
import type { RunningService } from "./running-service.ts";
import { SilencesHeard } from "./silences-heard.ts";
import { CONSOLE_MEND } from "../port-mends.ts";

/** Records that are on their way in any case. */
const FEW_RECORDS = 1_000;

/** Who reads for the page; nobody does before a broker has answered. */
interface Reading {
  reader: TopicReader | undefined;
}

/** The page, there before a broker answers: it says that it waits. */
export class ConsolePage {
  readonly console: Console;
  readonly progress: SiteProgress;
  readonly silences: SilencesHeard;
  private readonly reading: Reading;

  private constructor(console: Console, heard: Pick<ConsolePage, "progress" | "silences">, reading: Reading) {
    this.console = console;
    this.progress = heard.progress;
    this.silences = heard.silences;
    this.reading = reading;
  }

  /** Opens its port. Throws ListenError. */
  static async open({ config, nowMs, say }: Omit<ConsoleServiceOptions, "log">): Promise<ConsolePage> {
    const { address, token } = config.console;
    const [progress, silences] = [new SiteProgress(), new SilencesHeard()];
    const silenceOf = (alert: StormAlert): ReturnType<SilencesHeard["silenceOf"]> => silences.silenceOf(alert, nowMs());
    const reading: Reading = { reader: undefined };
    const health = (): HealthView[] => [readingHealth(reading), ...progress.health(nowMs())];
    // A detector's word is of its watermark.
    const { timezone: timeZone, allowedLatenessMs } = config;
    const eventTimeMs = (site: string): number | undefined => {
      const at = progress.eventTimeMs(site);
      return at === undefined ? undefined : at + allowedLatenessMs;
    };
    const isKnown = (): boolean => isReading(reading) && progress.isAnyWell(nowMs());
    const options = { timeZone, nowMs, eventTimeMs, health, isKnown, silenceOf, mend: CONSOLE_MEND, say };
    const console = await Console.open({ address, token: token?.reveal(), ...options });
    return new ConsolePage(console, { progress, silences }, reading);
  }

  /** Of the service that runs. */
  get reader(): TopicReader | undefined {
    return this.reading.reader;
  }

  readBy(reader: TopicReader): void {
    this.reading.reader = reader;
  }
}

export interface ConsoleServiceOptions {
  readonly config: ConsoleServiceConfig;
  readonly log: TopicLog;
  readonly nowMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

export class ConsoleService implements RunningService {
  private readonly options: ConsoleServiceOptions;
  private readonly reader: TopicReader;
  private readonly page: ConsolePage;
  private readonly ended = Promise.withResolvers<void>();

  constructor(options: ConsoleServiceOptions, page: ConsolePage) {
    const { config, log, nowMs } = options;
    const { topics } = config.kafka;
    this.options = options;
    this.reader = new TopicReader({
      log,
      group: `${consoleGroups(topics)}.${randomUUID()}`,
      windowsTopic: topics["thread-windows"],
      alertsTopic: topics["storm-alerts"],
      stateTopic: stateTopic(topics["storm-alerts"], "alerter"),
      nowMs,
      onWindow: (window) => page.console.addWindow(window),
      onAlert: (alert) => page.console.addAlert(alert),
      onProgress: (said) => page.progress.take(said, nowMs()),
      onState: (key, value) => page.silences.take(key, value),
      onDead: (error: LogError) => this.ended.reject(error),
    });
    this.page = page;
    // Nobody may be waiting yet.
    this.ended.promise.catch(() => undefined);
  }

  get isReady(): boolean {
    return this.reader.isCaughtUp;
  }

  get waitsFor(): string {
    return "windows and alerts read";
  }

  async start(): Promise<void> {
    const { say, config } = this.options;
    await this.reader.start();
    this.page.readBy(this.reader);
    const { topics } = config.kafka;
    say(`reading ${topics["thread-windows"]} and ${topics["storm-alerts"]}`);
  }

  run(): Promise<void> {
    return this.ended.promise;
  }

  async stop(): Promise<void> {
    await this.reader.stop();
    this.ended.resolve();
  }
}

/** Brokers are asked several times a second. */
const SILENT_MS = 30_000;

function isReading({ reader }: Reading): boolean {
  return reader !== undefined && reader.isCaughtUp && reader.sinceReadMs < SILENT_MS;
}

function readingHealth({ reader }: Reading): HealthView {
  const name = "Reading from Kafka";
  if (reader === undefined) return { name, state: "down", words: "no broker has answered yet" };
  if (!reader.isCaughtUp) return { name, state: "slow", words: "reading what was said before" };
  if (reader.sinceReadMs >= SILENT_MS)
    return { name, state: "down", words: "brokers have not answered for half a minute" };
  const behind = reader.lag.reduce((sum, { records }) => sum + records, 0);
  const words = behind === 0 ? "all that was said" : `${wholeNumber(behind)} records behind`;
  return { name, state: behind > FEW_RECORDS ? "slow" : "well", words };
}
