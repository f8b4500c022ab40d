// Paths and patterns -> one live input a log; logs that a pattern matches later are announced when they appear.

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { CHUNK_BYTES } from "../input-file.ts";
import { DatedSeries } from "./dated-series.ts";
import type { FollowCounters, FollowDeps, FollowSettings } from "./follow-settings.ts";
import { newFollowCounters } from "./follow-settings.ts";
import { FolderWatch } from "./folder-watch.ts";
import type { FollowPosition } from "./generation-mark.ts";
import { FollowPositionError } from "./generation-mark.ts";
import { FollowedFile } from "./followed-file.ts";
import { Notices } from "./notices.ts";
import { isPattern, type PathPattern, pathPattern } from "./path-pattern.ts";
import { RotatedPath } from "./rotated-path.ts";
import { SeriesListing } from "./series-listing.ts";
import type { Succession } from "./succession.ts";
import { placeAt } from "./file-place.ts";

/** Logs followed at once, by all patterns together; of each two or three files are open at most times. */
const INPUTS_MAX = 256;
const SCANNING = "scanning";

export interface FollowerOptions {
  /** Files, and patterns of such (path-pattern.ts). */
  readonly paths: readonly string[];
  readonly settings: FollowSettings;
  /** What `position` of the input of that name gave when it was stored, or `patternPositions` under it. */
  readonly positionOf: (inputName: string) => unknown;
  /** A new input: to be started. Those that are there at the start are announced before `start` resolves. */
  readonly onInput: (input: FollowedFile) => void;
}

interface Scanned {
  readonly pattern: PathPattern;
  readonly series: SeriesListing;
  readonly notices: Notices;
  readonly watch: FolderWatch;
  /** It was looked for before: what it did not match then is new, whatever it holds. */
  isKnown: boolean;
}

const KNOWN = { v: 1 };
/** Of a log that was not there when it was looked for: all there is of it is new. */
const FROM_NOTHING: FollowPosition = { v: 1, generations: [] };

interface Added {
  readonly name: string;
  readonly create: () => Succession;
  /** Where to go on when no position is stored. */
  readonly fallback?: FollowPosition | undefined;
  readonly notices?: Notices;
}

export class Follower {
  readonly inputs: FollowedFile[] = [];
  private readonly options: FollowerOptions;
  private readonly deps: FollowDeps;
  private readonly scanned: readonly Scanned[];
  private readonly plain: readonly string[];
  private readonly faults = newFollowCounters();
  private readonly names = new Set<string>();
  /** One for all: a chunk is valid until the next `take` of any of the inputs. */
  private readonly buffer: Buffer;
  private isStarting = true;
  private stopPolling: () => void = () => undefined;

  /** Throws InputError for a pattern that is none. */
  constructor(options: FollowerOptions, deps: FollowDeps, buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)) {
    this.options = options;
    this.deps = deps;
    this.buffer = buffer;
    this.plain = options.paths.filter((path) => !isRealPattern(path));
    this.scanned = options.paths.filter(isRealPattern).map((path) => {
      const pattern = pathPattern(path);
      return {
        pattern,
        series: new SeriesListing(pattern),
        notices: new Notices(path, deps, this.faults),
        watch: new FolderWatch(deps.watchFolder, (isName) => {
          if (isName) this.scan();
        }),
        isKnown: options.positionOf(keyOf(path)) !== undefined,
      };
    });
  }

  /** Throws FollowPositionError. */
  start(): void {
    for (const path of this.plain) {
      const name = resolve(path);
      this.add({ name, create: () => new RotatedPath(name) });
    }
    if (this.scanned.length === 0) return;
    this.stopPolling = this.deps.every(this.options.settings.pollMs, () => {
      this.scan();
    });
    this.scan();
    this.isStarting = false;
  }

  /** What is to be stored of the patterns, as positions are: a log that appears while nothing runs is told from one that always was there. */
  patternPositions(): ReadonlyMap<string, unknown> {
    return new Map(this.scanned.filter(({ isKnown }) => isKnown).map(({ pattern }) => [keyOf(pattern.path), KNOWN]));
  }

  /** Of all inputs. */
  counters(): FollowCounters {
    const sum = { ...this.faults };
    for (const { counters } of this.inputs) {
      sum.bytesRead += counters.bytesRead;
      sum.rotations += counters.rotations;
      sum.truncations += counters.truncations;
      sum.lostGenerations += counters.lostGenerations;
      sum.openFiles += counters.openFiles;
      sum.faults += counters.faults;
    }
    return sum;
  }

  /** Closes the inputs too. */
  async close(): Promise<void> {
    this.stopPolling();
    for (const { watch } of this.scanned) watch.close();
    await Promise.all(this.inputs.map((input) => input.close()));
  }

  private scan(): void {
    for (const scanned of this.scanned) {
      const { pattern, series: listing, notices, watch, isKnown } = scanned;
      try {
        watch.ensure(() => [pattern.folder]);
        listing.forget();
        const series = listing.get();
        notices.mended(SCANNING, pattern.path);
        if (series.size > 0) notices.found();
        else notices.missing(`${pattern.path}: no file matches; waiting for one`);
        scanned.isKnown = true;
        for (const [name, { isDated }] of series) {
          const create = (): Succession => succession({ pattern, listing, name, isDated });
          this.add({ name, create, fallback: isKnown ? FROM_NOTHING : undefined, notices });
        }
      } catch (error) {
        if (error instanceof FollowPositionError && this.isStarting) throw error;
        notices.unreadable(SCANNING, pattern.path, error);
      }
    }
  }

  private add({ name, create, fallback, notices }: Added): void {
    const key = realName(name);
    if (this.names.has(key)) return;
    this.names.add(key);
    if (this.inputs.length >= INPUTS_MAX) {
      const message = `${name}: is not read; more than ${INPUTS_MAX} logs are followed already`;
      notices?.say("too-many", message);
      return;
    }
    const { settings, positionOf, onInput } = this.options;
    const input = new FollowedFile({
      name,
      succession: create(),
      settings,
      deps: this.deps,
      buffer: this.buffer,
      position: positionOf(name) ?? fallback,
    });
    this.inputs.push(input);
    onInput(input);
  }
}

/** A series may be called as its pattern is. */
function keyOf(pattern: string): string {
  return `pattern ${pattern}`;
}

/** A file may be called like a pattern. */
function isRealPattern(path: string): boolean {
  if (!isPattern(path)) return false;
  try {
    return placeAt(path) === undefined;
  } catch {
    return true;
  }
}

interface Found {
  readonly pattern: PathPattern;
  readonly listing: SeriesListing;
  readonly name: string;
  readonly isDated: boolean;
}

function succession({ pattern, listing, name, isDated }: Found): Succession {
  if (!isDated) return new RotatedPath(name);
  return new DatedSeries({
    members: () => listing.get().get(name)?.members ?? [],
    orderOf: (path) => pattern.member(path)?.order,
    folder: pattern.folder,
    forget: () => {
      listing.forget();
    },
  });
}

/** One log that is named twice, by a link too, is read once. */
function realName(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
