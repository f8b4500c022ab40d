// One partition of squall.mail-events: mails -> windows and storms of the sites in it.

import { decodeMailEvent, decodeOwnMailEvent, isMailEventLine } from "../../shared/domain/mail-event-codec.ts";
import { partitionFor } from "../../shared/domain/partition-for.ts";
import { siteKey, siteOfKey } from "../../shared/domain/site-key.ts";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { decodeStreamProgress, encodeStreamProgress, isProgressLine } from "../../shared/domain/stream-progress.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import { LineOutput } from "../../shared/runtime/stage/line-output.ts";
import { DeadLetterOutput, eachLine, type ReadLine } from "../../shared/runtime/stage/line-records.ts";
import type { FlushSink, PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogBatch, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { createDetectorState, type DetectorOutput, type DetectorState, step } from "./detector.ts";
import { ORDER_PREFIX, PROGRESS_PREFIX, SiteClock } from "./site-clock.ts";
import { DetectorEntries } from "./state/detector-entries.ts";
import { SiteChanges } from "./state/site-changes.ts";
import type { Advise } from "./storm-evidence.ts";

/** Windows close and storms end by ticks: a second is soon enough. */
const TICK_MS = 1_000;
/** How often the alerters hear how far the sites have come, in their first partition. */
const PULSE_MS = 30_000;

export interface DetectorPartitionOptions {
  readonly at: TopicPartition;
  /** Partitions of the input. */
  readonly partitions: number;
  /** Of events that name none. */
  readonly site: string;
  readonly settings: DetectorSettings;
  readonly advise: Advise;
  readonly windows: { readonly topic: string; readonly partitions: number };
  readonly alerts: { readonly topic: string; readonly partitions: number };
  readonly deadLetters: string;
  /** Of squall. */
  readonly version: string;
  /** A mail came for the first time, so far behind the time of its site; not finite where that is not known. */
  readonly onMail?: (latenessMs: number) => void;
  /** It outlives a kill once it is flushed. */
  readonly onAlert?: (stage: "decided" | "flushed", alert: StormAlert) => void;
}

export class DetectorPartition implements PartitionFold {
  readonly detector: DetectorState;
  readonly deadLetters: DeadLetterOutput;
  private readonly options: DetectorPartitionOptions;
  private readonly entries: DetectorEntries;
  private readonly windows: LineOutput;
  private readonly alerts: LineOutput;
  private readonly clocks = new Map<string, SiteClock>();
  private tickedAtMs = Number.NEGATIVE_INFINITY;
  private pulsedAtMs = Number.NEGATIVE_INFINITY;
  private nowMs = Number.NEGATIVE_INFINITY;
  /** Records before it were read before a restart: of them only what waited is folded. */
  private readTo = 0;
  /** Offset of the next record. */
  private next = 0;
  /** Since the last flush began, and in the one under way. */
  private decided: StormAlert[] = [];
  private flushing: StormAlert[] = [];

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
    return this.decided.length > 0;
  }

  /** Events of a backlog that were folded before their turn was sure. */
  get letGo(): number {
    let letGo = 0;
    for (const { order } of this.clocks.values()) letGo += order.letGo;
    return letGo;
  }

  /** Words of inputs beyond the room for them. */
  get progressDropped(): number {
    let dropped = 0;
    for (const { progressDropped } of this.clocks.values()) dropped += progressDropped;
    return dropped;
  }

  get heldFrom(): number | undefined {
    let from: number | undefined;
    for (const { order } of this.clocks.values()) {
      const { heldFrom } = order;
      if (heldFrom !== undefined && (from === undefined || heldFrom < from)) from = heldFrom;
    }
    return from;
  }

  restore(key: string, value: Buffer): void {
    if (key.startsWith(PROGRESS_PREFIX) || key.startsWith(ORDER_PREFIX)) {
      const [, site = ""] = key.split("/");
      this.clockOf(siteOfKey(site)).restore(key, value);
    } else this.entries.restore(key, value);
  }

  readAgain(until: number): void {
    this.readTo = until;
  }

  restored(): void {
    this.entries.restored();
    for (const clock of this.clocks.values()) clock.restored();
    // What is open of a site that says no more comes to its end too.
    for (const site of this.detector.sites.keys()) this.clockOf(site);
  }

  take(batch: LogBatch): void {
    eachLine(batch, (line) => {
      const isAgain = line.offset < this.readTo;
      const refused = isProgressLine(line.text) ? this.takeProgress(line.text, isAgain) : this.takeEvent(line, isAgain);
      if (refused !== undefined) this.reject(line, refused);
    });
    this.next = batch.nextOffset;
  }

  advance(nowMs: number, readToMs: number): void {
    this.nowMs = nowMs;
    // Of what waited only a part may be here again: its order is known when all is, or when the rest is gone from the topic.
    if (this.next >= this.readTo || Number.isFinite(readToMs))
      for (const clock of this.clocks.values()) this.release(clock);
    if (Math.abs(nowMs - this.tickedAtMs) < TICK_MS) return;
    this.tickedAtMs = nowMs;
    const { allowedLatenessMs } = this.options.settings;
    const isPulse = Math.abs(nowMs - this.pulsedAtMs) >= PULSE_MS;
    if (isPulse) this.pulsedAtMs = nowMs;
    for (const [site, clock] of this.clocks) {
      const reachedMs = clock.reached(readToMs);
      if (!Number.isFinite(reachedMs)) continue;
      this.put(step(this.detector, { kind: "tick", watermark: reachedMs - allowedLatenessMs, site }));
      if (isPulse) this.tellProgress(site, reachedMs);
    }
  }

  drain(sink: FlushSink): void {
    this.flushing = this.decided;
    this.decided = [];
    this.alerts.drain(sink.output);
    this.windows.drain(sink.output);
    this.deadLetters.drain(sink.output);
    this.entries.changes(sink.entry);
    for (const [site, clock] of this.clocks) clock.changes(siteKey(site) ?? "", sink.entry);
  }

  flushed(): void {
    for (const alert of this.flushing) this.options.onAlert?.("flushed", alert);
    this.flushing = [];
  }

  /** `isAgain`: it was read before a restart. */
  private takeProgress(text: string, isAgain: boolean): string | undefined {
    if (isAgain) return undefined;
    const decoded = decodeStreamProgress(text);
    if (!decoded.ok) return decoded.reason;
    const { site } = decoded.progress;
    if (!this.isKeepable(site)) return "too-long";
    const clock = this.clockOf(site);
    clock.takeProgress(decoded.progress);
    this.release(clock);
    return undefined;
  }

  private takeEvent({ text, timestampMs, offset }: ReadLine, isAgain: boolean): string | undefined {
    // Systems of others may write here too.
    const decode = isMailEventLine(text) ? decodeOwnMailEvent : decodeMailEvent;
    const decoded = decode(text, this.options);
    // What cannot be used is a dead letter already when it is read again.
    if (!decoded.ok) return isAgain ? undefined : decoded.reason;
    const { event } = decoded;
    if (!this.isKeepable(event.site)) return isAgain ? undefined : "too-long";
    const clock = this.clockOf(event.site);
    if (!isAgain && event.revision === 1) this.options.onMail?.(clock.reached(Number.NEGATIVE_INFINITY) - event.at);
    const read = { event, offset, toldAtMs: timestampMs };
    if (isAgain) clock.takeAgain(read, this.nowMs);
    else if (clock.takeEvent(read, this.nowMs)) this.put(step(this.detector, { kind: "event", event }));
    return undefined;
  }

  private tellProgress(site: string, at: number): void {
    const { at: own, partitions: of } = this.options;
    const { topic: input, partition } = own;
    this.alerts.add(0, encodeStreamProgress({ site, input, partition, of, at, state: "known" }));
  }

  private release(clock: SiteClock): void {
    for (const event of clock.release(this.nowMs)) this.put(step(this.detector, { kind: "event", event }));
  }

  private put(outputs: readonly DetectorOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "alert") {
        const { alert } = output;
        this.decided.push(alert);
        this.options.onAlert?.("decided", alert);
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
    return this.clocks.has(site) || siteKey(site) !== undefined;
  }

  private clockOf(site: string): SiteClock {
    const known = this.clocks.get(site);
    if (known !== undefined) return known;
    const clock = new SiteClock();
    // The detector has no room for further sites either, and counts them; of one without a place nothing waits.
    if (this.clocks.size < this.options.settings.bounds.sitesMax) this.clocks.set(site, clock);
    return clock;
  }
}
