// `squall standalone`: inputs -> pipeline -> flush -> telling, in one process and one loop.
//
//   a turn    what every input has, at most a few chunks each, is fed; time passes; alerts are handed to the outbox
//   a flush   state, positions and outbox are written together, at once when an alert was decided; only then is anybody told
//
// A crash is as if the last flush had not begun.

import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { defaultAssemblerSettings } from "../../assembler/assembler-settings.ts";
import { Silences } from "../../alerter/silences.ts";
import type { Telling } from "../../alerter/telling-shell.ts";
import { changeListRules } from "../../detector/change-list-rules.ts";
import { SiteChanges } from "../../detector/state/site-changes.ts";
import { LivePipeline } from "../pipeline/live-pipeline.ts";
import type { StateDirectory } from "../state-directory.ts";
import { FlushTurns } from "./flush-turns.ts";
import { KeptPage, type KeptPageOptions } from "./kept-page.ts";
import { keptStateOf } from "./kept-parts.ts";
import type { KeptState } from "./kept-state.ts";
import { LiveIngest, type OnRejected } from "./live-ingest.ts";
import { LiveInputs } from "./live-inputs.ts";
import { EventTimes } from "./event-times.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";

/** Chunks of one input a turn: between them the others have theirs, and timers and sockets. */
const CHUNKS_A_TURN = 4;
/** Time passes in silent logs too. */
const IDLE_MS = 1_000;
/** A write of the state that takes longer hangs: nobody can be told meanwhile. */
const FLUSH_HANGS_MS = 30_000;

/** What telling needs of the loop. */
export interface TellingLinks {
  readonly isSilenced: (alert: StormAlert, nowMs: number) => boolean;
  readonly requestFlush: () => void;
  /** A receiver took an alert, so long after it was decided, ms. */
  readonly onTold: (latencyMs: number) => void;
}

export interface StandaloneDeps extends KeptPageOptions {
  readonly directory: StateDirectory;
  readonly createTelling: (links: TellingLinks) => Telling;
  readonly onAlert: (alert: StormAlert) => void;
  readonly onWindow: (window: ThreadWindow) => void;
  readonly onRejected: OnRejected;
  /** A turn was made; `isBusy`: there is more to be read. */
  readonly onTurn: (isBusy: boolean) => void;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

export class Standalone {
  readonly pipeline: LivePipeline;
  readonly silences = new Silences();
  readonly telling: Telling;
  readonly inputs: LiveInputs;
  readonly state: KeptState;
  readonly times = new EventTimes();
  readonly page: KeptPage;
  lastProgressMs: number;
  private readonly deps: StandaloneDeps;
  private readonly flushes: FlushTurns;
  /** Decided, and not yet part of a flush. */
  private decided: StormAlert[] = [];
  /** Part of the flush that is being written: shown when it is. */
  private flushing: StormAlert[] = [];
  private isTurnDue = false;
  private lookedAtMs = 0;
  private isOver = false;
  private broken: Error | undefined;
  private idle: NodeJS.Timeout | undefined;
  private end: () => void = () => undefined;

  constructor(config: StandaloneConfig, deps: StandaloneDeps) {
    this.deps = deps;
    this.lastProgressMs = deps.nowMs();
    const ingest = new LiveIngest(config, deps.onRejected);
    this.pipeline = new LivePipeline({
      site: config.site,
      hosts: ingest.hosts,
      assembler: defaultAssemblerSettings,
      detector: config.detector,
      changes: () => new SiteChanges("all"),
      people: { name: (address) => address, allowSubject: config.detector.allowSubject },
      onAlert: (alert) => {
        this.decide(alert);
      },
      onWindow: (window) => {
        this.page.windows.add(window);
        deps.onWindow(window);
      },
    });
    this.telling = deps.createTelling({
      isSilenced: (alert, nowMs) => this.silences.isSilenced(alert, nowMs),
      requestFlush: () => void this.flushes.now(),
      onTold: (latencyMs) => this.times.told(latencyMs),
    });
    this.inputs = new LiveInputs({
      inputs: config.inputs,
      createIngest: (input, name) => ingest.create(input, name, this.pipeline.stages.table),
      say: deps.say,
    });
    this.page = new KeptPage(deps);
    this.state = keptStateOf({
      page: this.page,
      pipeline: this.pipeline,
      telling: this.telling,
      silences: this.silences,
      inputs: this.inputs,
    });
    this.flushes = new FlushTurns({
      log: deps.directory.log,
      changes: (put) => {
        this.state.changes(put);
        this.flushing.push(...this.decided);
        this.decided = [];
      },
      onFlushed: (_isKept, tookMs) => {
        this.flushed(tookMs);
      },
      onBroken: (error) => {
        this.fail(error);
      },
      say: deps.say,
    });
  }

  /** What changed is written, or will be within moments: the disk has room. */
  get isKept(): boolean {
    return !this.flushes.isFull;
  }

  /** It reads what it should, and keeps what it knows. */
  get isWell(): boolean {
    return this.isKept && this.flushes.runsForMs < FLUSH_HANGS_MS && this.inputs.health.isWell(performance.now());
  }

  /** Reads the state back. Throws what is wrong with it. */
  restore(): Promise<void> {
    return this.state.restore(this.deps.directory.log);
  }

  /** Opens the inputs; what waits to be told from a former run goes out. Throws what is wrong with an input. */
  async open(): Promise<void> {
    await this.inputs.start(() => {
      this.wake();
    });
    this.telling.start();
  }

  /** Runs until `stop`, or until nothing more can come; then writes what there is. Throws what the state log could not go on after. */
  async run(): Promise<void> {
    this.idle = setInterval(() => {
      this.wake();
    }, IDLE_MS);
    const ended = new Promise<void>((resolve) => {
      this.end = resolve;
    });
    this.wake();
    if (!this.isOver) await ended;
    clearInterval(this.idle);
    await this.flushes.now();
    if (this.broken !== undefined) throw this.broken;
  }

  stop(): void {
    this.isOver = true;
    this.end();
  }

  /** Writes all changes. */
  flush(): Promise<void> {
    return this.flushes.now();
  }

  /** New settings of lists, from now on. */
  changeLists(listRules: StandaloneConfig["detector"]["listRules"]): void {
    changeListRules(this.pipeline.stages.detector, listRules);
  }

  private wake(): void {
    if (this.isTurnDue || this.isOver) return;
    this.isTurnDue = true;
    setImmediate(() => {
      this.isTurnDue = false;
      try {
        this.turn();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** Nothing can be relied on any more: what was written last is what the next start goes on from. */
  private fail(error: unknown): void {
    this.broken ??= error instanceof Error ? error : new Error(String(error));
    this.stop();
  }

  private turn(): void {
    if (this.isOver) return;
    const nowMs = this.deps.nowMs();
    if (Math.abs(nowMs - this.lookedAtMs) >= IDLE_MS) {
      this.lookedAtMs = nowMs;
      this.inputs.look();
    }
    const isMore = this.flushes.isOverloaded ? false : this.read(nowMs);
    this.pipeline.advance(nowMs, this.inputs.readers);
    for (const alert of this.silences.due(nowMs)) this.telling.add(alert);
    this.lastProgressMs = nowMs;
    this.deps.onTurn(isMore);
    if (this.decided.length > 0) void this.flushes.now();
    else this.flushes.soon();
    if (isMore) this.wake();
    else if (this.inputs.haveEnded) this.stop();
  }

  /** True: there is more. */
  private read(nowMs: number): boolean {
    let isMore = false;
    for (const reader of this.inputs.readers) {
      const before = reader.ingest.counters.lines;
      if (reader.read(nowMs, CHUNKS_A_TURN)) isMore = true;
      if (reader.ingest.counters.lines > before) this.times.read(nowMs, reader.ingest.streamTime.latest);
    }
    return isMore;
  }

  private decide(alert: StormAlert): void {
    this.times.decided(this.deps.nowMs(), alert);
    this.decided.push(alert);
    this.page.alerts.add(alert);
    this.telling.add(alert);
  }

  private flushed(tookMs: number): void {
    const nowMs = this.deps.nowMs();
    this.telling.flushed();
    this.times.flush(tookMs);
    for (const alert of this.flushing.splice(0)) {
      this.times.flushed(nowMs, alert);
      this.deps.onAlert(alert);
    }
  }
}
