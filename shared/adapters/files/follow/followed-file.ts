// One log as it grows, whatever becomes of its files -> chunks, and a position to go on from.

import type { LiveChunk, LiveInput } from "../live-input.ts";
import { isCompressedName, isDenied, isSameFile } from "./file-place.ts";
import type { FilePlace } from "./file-place.ts";
import type { Located } from "./find-generation.ts";
import { startAtEnd } from "./first-offset.ts";
import { FolderWatch } from "./folder-watch.ts";
import type { FollowCounters, FollowDeps, FollowSettings } from "./follow-settings.ts";
import { newFollowCounters } from "./follow-settings.ts";
import type { Unfinished } from "./chain-parts.ts";
import { GenerationChain } from "./generation-chain.ts";
import { decodePosition } from "./generation-mark.ts";
import { openInflated } from "./inflated-generation.ts";
import { Notices } from "./notices.ts";
import { openPlain } from "./plain-generation.ts";
import type { Succession } from "./succession.ts";

/** Looks one after the other, while files keep changing under them; the poll looks again. */
const LOOKS_MAX = 20;
/** A log may be away for a moment while it is rotated. */
const MISSING_MS = 5_000;
const LOOKING = "looking";

export interface FollowedFileOptions {
  readonly name: string;
  readonly succession: Succession;
  readonly settings: FollowSettings;
  readonly deps: FollowDeps;
  /** What files are read into. */
  readonly buffer: Buffer;
  /** As `position` gave it; undefined at the first start. */
  readonly position: unknown;
}

export class FollowedFile implements LiveInput {
  readonly name: string;
  readonly counters: FollowCounters = newFollowCounters();
  private readonly options: FollowedFileOptions;
  private readonly chain: GenerationChain;
  private readonly notices: Notices;
  private readonly watch: FolderWatch;
  /** It was looked at once: what appears from now on is new. */
  private isBegun: boolean;
  /** The file that was there at the very first start, not to be read from its start. */
  private first: FilePlace | undefined;
  private looking: Promise<void> | undefined;
  private isLookWanted = false;
  private isClosed = false;
  private onReadable: () => void = () => undefined;
  private stopPolling: () => void = () => undefined;

  /** Throws FollowPositionError. */
  constructor(options: FollowedFileOptions) {
    const { name, deps, settings, position, succession } = options;
    const { lingerMs, lateMs } = settings;
    this.name = name;
    this.options = options;
    this.notices = new Notices(name, deps, this.counters);
    this.chain = new GenerationChain({
      counters: this.counters,
      notices: this.notices,
      lingerMs,
      letGoMs: succession.mayGrowLate ? Math.max(lingerMs, lateMs) : lingerMs,
      nowMs: deps.nowMs,
      onWanted: () => {
        void this.look();
      },
    });
    this.isBegun = position !== undefined;
    if (position !== undefined) this.chain.restore(decodePosition(position, name));
    this.watch = new FolderWatch(deps.watchFolder, (isName, fileName) => {
      if (fileName !== undefined && !succession.concerns(fileName)) return;
      if (isName) {
        succession.forgetNames();
        void this.look();
      }
      this.onReadable();
    });
  }

  /** Resolves when what is there now was looked at. */
  async start(onReadable: () => void): Promise<void> {
    this.onReadable = onReadable;
    this.stopPolling = this.options.deps.every(this.options.settings.pollMs, () => {
      this.poll();
    });
    this.watch.ensure(() => this.options.succession.folders());
    await this.look();
  }

  take(): LiveChunk | undefined {
    const chunk = this.isClosed ? undefined : this.chain.take();
    this.counters.openFiles = this.chain.openFiles;
    return chunk;
  }

  position(unusedBytes: number): unknown {
    // Of the first file it is not known yet where it is begun.
    return this.isBegun && this.first === undefined ? this.chain.position(unusedBytes) : undefined;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stopPolling();
    this.watch.close();
    await this.looking;
    this.chain.close();
    this.counters.openFiles = 0;
  }

  private poll(): void {
    this.watch.ensure(() => this.options.succession.folders());
    void this.look();
    this.onReadable();
  }

  /** Looks for what comes next; while it looks already, it looks once more. */
  private look(): Promise<void> {
    this.isLookWanted = true;
    this.looking ??= this.lookWhileWanted().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookWhileWanted(): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX && this.isLookWanted && !this.isClosed; looks += 1) {
      this.isLookWanted = false;
      try {
        const hadNext = this.chain.next !== undefined;
        await this.lookOnce();
        const mayBeAway = this.chain.current === undefined ? 0 : MISSING_MS;
        this.notices.there(this.options.succession.isThere(), this.options.deps.nowMs(), mayBeAway);
        this.notices.mended(LOOKING, this.name);
        if (!hadNext && this.chain.next !== undefined) this.onReadable();
      } catch (error) {
        this.notices.unreadable(LOOKING, this.name, error);
        return;
      }
    }
  }

  private async lookOnce(): Promise<void> {
    const { chain } = this;
    if (chain.next !== undefined) return;
    if (!this.isBegun) await this.begin();
    const [unfinished] = chain.waiting;
    if (unfinished !== undefined) await this.resume(unfinished);
    else if (chain.current === undefined) await this.lookBehindPrevious();
    else if (chain.current.settled === undefined) await this.lookBehindCurrent();
  }

  private async begin(): Promise<void> {
    const { from } = this.options.settings;
    const { previous, newest } = await this.options.succession.firstStart(from);
    this.chain.turns.previous = previous;
    if (from === "end") this.first = newest;
    this.isBegun = true;
  }

  private async resume(unfinished: Unfinished): Promise<void> {
    const located = await this.options.succession.locate(unfinished.mark);
    if (this.chain.waiting[0] !== unfinished || this.chain.next !== undefined) {
      this.isLookWanted = true;
    } else if (located === undefined) {
      this.chain.giveUp(unfinished);
      this.isLookWanted = true;
      this.onReadable();
    } else if (unfinished.tail !== undefined && located.offset < unfinished.mark.offset) {
      // Emptied, and written anew with what it began with before.
      this.chain.giveUp(unfinished);
      this.open({ place: located.place, offset: 0 });
    } else this.open(located, unfinished);
  }

  private async lookBehindPrevious(): Promise<void> {
    const { chain } = this;
    const located = await this.options.succession.next(chain.turns.previous, chain.except);
    if (chain.current !== undefined || chain.waiting.length > 0) this.isLookWanted = true;
    else if (located !== undefined) this.open(located);
  }

  private async lookBehindCurrent(): Promise<void> {
    const { chain } = this;
    const { succession } = this.options;
    const { current } = chain;
    if (current === undefined) return;
    if (current.offset === 0) {
      // Nothing of it was read: files may have come between the one before and this.
      const located = await succession.next(chain.turns.previous, { ...chain.except, held: current });
      if (chain.current !== current || current.offset > 0) {
        this.isLookWanted = true;
        return;
      }
      if (located !== undefined && !isSameFile(located.place, current)) {
        // This one will be found again, behind that.
        this.open(located, undefined, true);
        return;
      }
      if (current.confirm()) this.onReadable();
    }
    if (succession.isNewest(current)) return;
    const located = await succession.next(current.mark(0), chain.except);
    if (chain.current !== current) this.isLookWanted = true;
    else if (located !== undefined) this.open(located);
  }

  private open(located: Located, resumes?: Unfinished, isBeforeCurrent = false): void {
    const { place } = located;
    try {
      this.openNext(located, resumes, isBeforeCurrent);
    } catch (error) {
      // The newest one is waited for.
      if (!isDenied(place.path) || this.options.succession.isNewest(place)) throw error;
      this.chain.passOver(place, resumes);
      this.isLookWanted = true;
    }
  }

  private openNext({ place, offset }: Located, resumes: Unfinished | undefined, isBeforeCurrent: boolean): void {
    const { buffer, deps } = this.options;
    const next = { ...(resumes === undefined ? {} : { resumes }), isBeforeCurrent };
    if (isCompressedName(place.path)) {
      const inflating = { chunkBytes: buffer.length, nowMs: deps.nowMs, onReadable: this.onReadable };
      const mark = resumes === undefined ? undefined : { ...resumes.mark, offset };
      const generation = openInflated(place, mark, inflating);
      if (generation === undefined) this.isLookWanted = true;
      else this.chain.next = { generation, ...next };
      return;
    }
    const generation = openPlain(place.path, { buffer, nowMs: deps.nowMs });
    if (generation === undefined || !isSameFile(generation, place)) {
      // It was rotated in between.
      generation?.close();
      this.isLookWanted = true;
      return;
    }
    if (resumes === undefined && this.first !== undefined && isSameFile(this.first, place)) {
      this.chain.say(startAtEnd(generation, this.first.size), true);
    } else generation.skipTo(offset);
    this.first = undefined;
    this.chain.next = { generation, ...next };
  }
}
