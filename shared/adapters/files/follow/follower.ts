// Paths and patterns -> one live input a log; logs that a pattern matches later are announced when they appear.

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { CHUNK_BYTES } from "../input-file.ts";
import { DatedSeries } from "./dated-series.ts";
import type { FollowCounters, FollowDeps, FollowSettings } from "./follow-settings.ts";
import { newFollowCounters } from "./follow-settings.ts";
import { FolderWatch } from "./folder-watch.ts";
import { FollowedFile } from "./followed-file.ts";
import { Notices } from "./notices.ts";
import { isPattern, type PathPattern, pathPattern } from "./path-pattern.ts";
import { RotatedPath } from "./rotated-path.ts";
import { seriesOf } from "./series-of.ts";
import type { Succession } from "./succession.ts";
import { placeAt } from "./file-place.ts";

/** Logs followed at once, by all patterns together; of each two or three files are open at most times. */
const INPUTS_MAX = 256;
const SCANNING = "scanning";

export interface FollowerOptions {
  /** Files, and patterns of such (path-pattern.ts). */
  readonly paths: readonly string[];
  readonly settings: FollowSettings;
  /** What `position` of the input of that name gave when it was stored. */
  readonly positionOf: (inputName: string) => unknown;
  /** A new input: to be started. Those that are there at the start are announced before `start` resolves. */
  readonly onInput: (input: FollowedFile) => void;
}

interface Scanned {
  readonly pattern: PathPattern;
  readonly notices: Notices;
  readonly watch: FolderWatch;
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
  private isFirstScan = true;
  private stopPolling: () => void = () => undefined;

  /** Throws InputError for a pattern that is none. */
  constructor(options: FollowerOptions, deps: FollowDeps, buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)) {
    this.options = options;
    this.deps = deps;
    this.buffer = buffer;
    this.plain = options.paths.filter((path) => !isRealPattern(path));
    this.scanned = options.paths.filter(isRealPattern).map((path) => ({
      pattern: pathPattern(path),
      notices: new Notices(path, deps, this.faults),
      watch: new FolderWatch(deps.watchFolder, (isName) => {
        if (isName) this.scan();
      }),
    }));
  }

  /** Throws FollowPositionError. */
  start(): void {
    for (const path of this.plain) this.add(resolve(path), () => new RotatedPath(resolve(path)));
    if (this.scanned.length === 0) return;
    this.stopPolling = this.deps.every(this.options.settings.pollMs, () => {
      this.scan();
    });
    this.scan();
    this.isFirstScan = false;
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
    for (const { pattern, notices, watch } of this.scanned) {
      try {
        watch.ensure([pattern.folder]);
        const series = seriesOf(pattern);
        notices.mended(SCANNING, pattern.path);
        if (series.size > 0) notices.found();
        else notices.missing(`${pattern.path}: no file matches; waiting for one`);
        for (const [name, { isDated }] of series) this.add(name, () => succession(pattern, name, isDated), notices);
      } catch (error) {
        notices.unreadable(SCANNING, pattern.path, error);
      }
    }
  }

  private add(name: string, create: () => Succession, notices?: Notices): void {
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
      // What a pattern did not match before is new.
      settings: this.isFirstScan ? settings : { ...settings, from: "start" },
      deps: this.deps,
      buffer: this.buffer,
      position: positionOf(name),
    });
    this.inputs.push(input);
    onInput(input);
  }
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

function succession(pattern: PathPattern, name: string, isDated: boolean): Succession {
  if (!isDated) return new RotatedPath(name);
  return new DatedSeries({
    members: () => seriesOf(pattern).get(name)?.members ?? [],
    orderOf: (path) => pattern.member(path)?.order,
    folder: pattern.folder,
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
