// One partition of squall.mail-fragments: fragments -> mails, site by site. What the inputs say of their progress is passed on once
// everything that came before it was told.

import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { decodeOwnMailEvent, encodeMailEvent, isMailEventLine } from "../../shared/domain/mail-event-codec.ts";
import { decodeMailFragment } from "../../shared/domain/mail-fragment-codec.ts";
import { partitionFor } from "../../shared/domain/partition-for.ts";
import { ProgressTable } from "../../shared/domain/progress-table.ts";
import { siteKey, siteOfKey } from "../../shared/domain/site-key.ts";
import { decodeStreamProgress, encodeStreamProgress, isProgressLine } from "../../shared/domain/stream-progress.ts";
import { LineOutput } from "../../shared/runtime/stage/line-output.ts";
import { DeadLetterOutput, eachLine, type ReadLine } from "../../shared/runtime/stage/line-records.ts";
import type { FlushSink, PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogBatch, TopicPartition } from "../../shared/runtime/topic-log.ts";
import type { AssemblerSettings } from "./assembler-settings.ts";
import type { People } from "./mail-event-from-mail.ts";
import { namedEvent } from "./named-event.ts";
import { SiteAssembler } from "./site-assembler.ts";
import type { AssemblerState } from "./state/assembler-state.ts";

/** How long a mail's first word waits for lines that come through another partition. */
const HOLD_MS = 300;
/** A process that died is taken over within its session and a few seconds. */
const HOLD_MAX_MS = 15_000;
/** Revisions of a mail, and progress. */
const REVISE_MS = 1_000;
const SITES_MAX = 1_000;
/** A mail to fewer waits for the next flush: it is a reply-all for nobody who has not set the detector's reach lower. */
const REACH = defaultDetectorSettings.replyAllReach;

export interface AssemblerPartitionOptions {
  readonly at: TopicPartition;
  /** Partitions of the input. */
  readonly partitions: number;
  readonly settings: AssemblerSettings;
  readonly allowedLatenessMs: number;
  readonly people: People;
  readonly events: { readonly topic: string; readonly partitions: number };
  readonly deadLetters: string;
  /** Of squall. */
  readonly version: string;
  readonly nowMs: () => number;
}

interface Site {
  readonly name: string;
  /** What the keys of its state begin with. */
  readonly prefix: string;
  readonly assembler: SiteAssembler;
  readonly state: AssemblerState;
  readonly progress: ProgressTable;
  /** What the inputs had come to when the last revisions were told. */
  revisedToMs: number;
  toldMs: number;
}

export class AssemblerPartition implements PartitionFold {
  readonly deadLetters: DeadLetterOutput;
  /** A mail that may matter was told for the first time. */
  isUrgent = false;
  /** Lines of sites beyond the room for them. */
  sitesDropped = 0;
  private readonly options: AssemblerPartitionOptions;
  private readonly sites = new Map<string, Site>();
  private readonly events: LineOutput;
  private revisedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: AssemblerPartitionOptions) {
    this.options = options;
    const { at, deadLetters, version, events } = options;
    this.deadLetters = new DeadLetterOutput(deadLetters, at, version);
    this.events = new LineOutput(events.topic, events.partitions);
  }

  /** Words of inputs beyond the room for them. */
  get progressDropped(): number {
    let dropped = 0;
    for (const { progress } of this.sites.values()) dropped += progress.dropped;
    return dropped;
  }

  get assemblers(): SiteAssembler[] {
    return Array.from(this.sites.values(), ({ assembler }) => assembler);
  }

  restore(key: string, value: Buffer): void {
    const [name = "", ...rest] = key.split("/");
    const site = this.openSite(siteOfKey(name));
    const inner = rest.join("/");
    if (inner.startsWith(PROGRESS)) site?.progress.restore(key, value);
    else site?.state.restore(inner, value);
  }

  restored(): void {
    for (const { state, progress } of this.sites.values()) {
      state.restored();
      progress.restored();
    }
  }

  take(batch: LogBatch): void {
    const nowMs = this.options.nowMs();
    eachLine(batch, (line) => {
      const refused = this.takeLine(line, nowMs);
      if (refused !== undefined) this.reject(line, refused);
    });
  }

  advance(nowMs: number): void {
    for (const { assembler, progress } of this.sites.values()) assembler.tellFresh(nowMs, progress);
    if (Math.abs(nowMs - this.revisedAtMs) < REVISE_MS) return;
    this.revisedAtMs = nowMs;
    for (const site of this.sites.values()) this.revise(site);
  }

  drain(sink: FlushSink): void {
    this.isUrgent = false;
    this.events.drain(sink.output);
    this.deadLetters.drain(sink.output);
    for (const { prefix, state, progress } of this.sites.values()) {
      state.changes((key, value) => {
        sink.entry(prefix + key, value);
      });
      progress.changes(prefix + PROGRESS, sink.entry);
    }
  }

  flushed(): void {
    // Nobody waits for it.
  }

  private takeLine({ text, timestampMs }: ReadLine, nowMs: number): string | undefined {
    if (isProgressLine(text)) return this.takeProgress(text, nowMs);
    return isMailEventLine(text) ? this.takeEvent(text) : this.takeFragment(text, nowMs, timestampMs);
  }

  /**
   * A mail that came as a finished event: there is nothing to wait for. Its site is not announced: where only systems of their own
   * write for it no input ever tells its time, and the detector would wait for that for ever.
   */
  private takeEvent(text: string): string | undefined {
    const decoded = decodeOwnMailEvent(text, { site: "" });
    if (!decoded.ok) return decoded.reason;
    const event = namedEvent(decoded.event, this.options.people);
    if (!this.sites.has(event.site) && siteKey(event.site) === undefined) return "too-long";
    this.events.add(partitionFor(event.site, this.events.partitions), encodeMailEvent(event));
    return undefined;
  }

  private takeProgress(text: string, nowMs: number): string | undefined {
    const decoded = decodeStreamProgress(text);
    if (!decoded.ok) return decoded.reason;
    const site = this.siteOf(decoded.progress.site);
    if (site === undefined) return refusalOf(decoded.progress.site);
    site.progress.take(decoded.progress, nowMs);
    return undefined;
  }

  private takeFragment(text: string, nowMs: number, writtenMs: number): string | undefined {
    const decoded = decodeMailFragment(text);
    if (!decoded.ok) return decoded.reason;
    const site = this.siteOf(decoded.fragment.site);
    if (site === undefined) return refusalOf(decoded.fragment.site);
    site.assembler.take(decoded.fragment, nowMs, writtenMs);
    return undefined;
  }

  private reject({ text, offset }: ReadLine, reason: string): void {
    this.deadLetters.add({ offset, reason, value: Buffer.from(text) });
  }

  /** What came up to the last revisions was told since, or still waits: so far their inputs' progress holds for what is told here too. */
  private revise(site: Site): void {
    const { assembler, progress } = site;
    const toldMs = Math.min(site.revisedToMs, assembler.heldFromMs - 1);
    // Nothing is forgotten for time that passed behind mails which still wait for their first word.
    assembler.passTime(toldMs - this.options.allowedLatenessMs);
    assembler.revise();
    if (toldMs > site.toldMs) this.tellProgress(site, toldMs);
    site.revisedToMs = progress.reachedMs;
  }

  private tellProgress(site: Site, toldMs: number): void {
    const { at, partitions } = this.options;
    const { name } = site;
    site.toldMs = toldMs;
    const own = { site: name, input: at.topic, partition: at.partition, of: partitions };
    const isKnown = Number.isFinite(toldMs);
    const line = encodeStreamProgress(
      isKnown ? { ...own, at: toldMs, state: "known" } : { ...own, at: undefined, state: "unknown" },
    );
    this.events.add(partitionFor(name, this.events.partitions), line);
  }

  private siteOf(name: string): Site | undefined {
    const known = this.sites.get(name);
    if (known !== undefined) return known;
    const site = this.openSite(name);
    // Before its first mail: a detector that hears of no assembler takes the time of arrivals.
    if (site !== undefined) this.tellProgress(site, Number.NEGATIVE_INFINITY);
    return site;
  }

  private openSite(name: string): Site | undefined {
    const known = this.sites.get(name);
    if (known !== undefined) return known;
    const key = siteKey(name);
    if (key === undefined) return undefined;
    if (this.sites.size >= SITES_MAX) {
      this.sitesDropped += 1;
      return undefined;
    }
    const { settings, people, nowMs } = this.options;
    const assembler = new SiteAssembler({
      site: name,
      settings,
      people,
      holdMs: HOLD_MS,
      holdMaxMs: HOLD_MAX_MS,
      onEvent: (event) => {
        if (event.revision === 1 && event.recipients >= REACH) this.isUrgent = true;
        this.events.add(partitionFor(name, this.events.partitions), encodeMailEvent(event));
      },
    });
    const site = {
      name,
      prefix: `${key}/`,
      assembler,
      state: assembler.keepState(nowMs()),
      progress: new ProgressTable(),
      revisedToMs: Number.NEGATIVE_INFINITY,
      toldMs: Number.NEGATIVE_INFINITY,
    };
    this.sites.set(name, site);
    return site;
  }
}

const PROGRESS = "progress/";

/** Why a line of a site that is not kept cannot be used; undefined where there is no room, which is counted. */
function refusalOf(site: string): string | undefined {
  return siteKey(site) === undefined ? "too-long" : undefined;
}
