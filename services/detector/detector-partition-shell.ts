// One partition of squall.mail-events: mails -> windows and storms of the sites in it.

import { decodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { partitionFor } from "../../shared/domain/partition-for.ts";
import { ProgressTable } from "../../shared/domain/progress-table.ts";
import { siteKey, siteOfKey } from "../../shared/domain/site-key.ts";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { decodeStreamProgress, isProgressLine } from "../../shared/domain/stream-progress.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import { LineOutput } from "../../shared/runtime/stage/line-output.ts";
import { DeadLetterOutput, eachLine, type ReadLine } from "../../shared/runtime/stage/line-records.ts";
import type { FlushSink, PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogBatch, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { createDetectorState, type DetectorOutput, type DetectorState, step } from "./detector.ts";
import { DetectorEntries } from "./state/detector-entries.ts";
import { SiteChanges } from "./state/site-changes.ts";
import type { Advise } from "./storm-evidence.ts";

/** Windows close and storms end by ticks: a second is soon enough. */
const TICK_MS = 1_000;
const PROGRESS = "progress/";

export interface DetectorPartitionOptions {
  readonly at: TopicPartition;
  /** Of events that name none. */
  readonly site: string;
  readonly settings: DetectorSettings;
  readonly advise: Advise;
  readonly windows: { readonly topic: string; readonly partitions: number };
  readonly alerts: { readonly topic: string; readonly partitions: number };
  readonly deadLetters: string;
  /** Of squall. */
  readonly version: string;
}

/** Time of one site: what the assemblers say; where none ever spoke, and systems of their own write events, arrivals. */
interface SiteTime {
  readonly progress: ProgressTable;
  hasProgress: boolean;
  /** Append time of the latest event, ms. */
  arrivedAtMs: number;
}

export class DetectorPartition implements PartitionFold {
  readonly detector: DetectorState;
  readonly deadLetters: DeadLetterOutput;
  private readonly options: DetectorPartitionOptions;
  private readonly entries: DetectorEntries;
  private readonly windows: LineOutput;
  private readonly alerts: LineOutput;
  private readonly times = new Map<string, SiteTime>();
  private tickedAtMs = Number.NEGATIVE_INFINITY;
  private hasAlert = false;

  constructor(options: DetectorPartitionOptions) {
    this.options = options;
    const { at, settings, advise, windows, alerts, deadLetters, version } = options;
    this.detector = createDetectorState(settings, { advise, changes: () => new SiteChanges("all") });
    this.entries = new DetectorEntries(this.detector);
    this.windows = new LineOutput(windows.topic, windows.partitions);
    this.alerts = new LineOutput(alerts.topic, alerts.partitions);
    this.deadLetters = new DeadLetterOutput(deadLetters, at, version);
  }

  get isUrgent(): boolean {
    return this.hasAlert;
  }

  restore(key: string, value: Buffer): void {
    if (!key.startsWith(PROGRESS)) {
      this.entries.restore(key, value);
      return;
    }
    const [, site = ""] = key.split("/");
    const time = this.timeOf(siteOfKey(site));
    time.hasProgress = true;
    time.progress.restore(key, value);
  }

  restored(): void {
    this.entries.restored();
    for (const { progress } of this.times.values()) progress.restored();
    // What is open of a site that says no more comes to its end too.
    for (const site of this.detector.sites.keys()) this.timeOf(site);
  }

  take(batch: LogBatch): void {
    eachLine(batch, (line) => {
      const refused = isProgressLine(line.text) ? this.takeProgress(line.text) : this.takeEvent(line);
      if (refused !== undefined) this.reject(line, refused);
    });
  }

  advance(nowMs: number, isCaughtUp: boolean): void {
    if (Math.abs(nowMs - this.tickedAtMs) < TICK_MS) return;
    this.tickedAtMs = nowMs;
    const { allowedLatenessMs } = this.options.settings;
    for (const [site, { progress, hasProgress, arrivedAtMs }] of this.times) {
      const reachedMs = hasProgress ? progress.reachedMs : isCaughtUp ? nowMs : arrivedAtMs;
      if (!Number.isFinite(reachedMs)) continue;
      this.put(step(this.detector, { kind: "tick", watermark: reachedMs - allowedLatenessMs, site }));
    }
  }

  drain(sink: FlushSink): void {
    this.hasAlert = false;
    this.alerts.drain(sink.output);
    this.windows.drain(sink.output);
    this.deadLetters.drain(sink.output);
    this.entries.changes(sink.entry);
    for (const [site, { progress }] of this.times) {
      progress.changes(`${PROGRESS}${siteKey(site)}/`, sink.entry);
    }
  }

  flushed(): void {
    // Nobody waits for it.
  }

  private takeProgress(text: string): string | undefined {
    const decoded = decodeStreamProgress(text);
    if (!decoded.ok) return decoded.reason;
    const { site } = decoded.progress;
    if (!this.isKeepable(site)) return "too-long";
    const time = this.timeOf(site);
    time.hasProgress = true;
    time.progress.take(decoded.progress);
    return undefined;
  }

  private takeEvent({ text, timestampMs }: ReadLine): string | undefined {
    const decoded = decodeMailEvent(text, this.options);
    if (!decoded.ok) return decoded.reason;
    const { event } = decoded;
    if (!this.isKeepable(event.site)) return "too-long";
    this.timeOf(event.site).arrivedAtMs = timestampMs;
    this.put(step(this.detector, { kind: "event", event }));
    return undefined;
  }

  private put(outputs: readonly DetectorOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "alert") {
        const { alert } = output;
        this.hasAlert = true;
        this.alerts.add(partitionFor(alert.stormId, this.alerts.partitions), encodeStormAlert(alert));
      } else {
        const { window } = output;
        const key = `${window.site}/${window.scope}/${window.key}`;
        this.windows.add(partitionFor(key, this.windows.partitions), encodeThreadWindow(window));
      }
    }
  }

  private reject({ text, offset }: ReadLine, reason: string): void {
    this.deadLetters.add({ offset, reason, value: Buffer.from(text) });
  }

  /** A name that no key of the state can hold would end the process at each flush. */
  private isKeepable(site: string): boolean {
    return this.times.has(site) || siteKey(site) !== undefined;
  }

  private timeOf(site: string): SiteTime {
    const known = this.times.get(site);
    if (known !== undefined) return known;
    const time = { progress: new ProgressTable(), hasProgress: false, arrivedAtMs: Number.NEGATIVE_INFINITY };
    // The detector has no room for further sites either, and counts them.
    if (this.times.size < this.options.settings.bounds.sitesMax) this.times.set(site, time);
    return time;
  }
}
