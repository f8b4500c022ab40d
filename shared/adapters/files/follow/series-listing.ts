// The files that a pattern matches -> the logs they are: those with a date in series, others by themselves, and none that is another's
// rotated past.

import { basename, dirname } from "node:path";
import { isCompressedName } from "./file-place.ts";
import type { Member, PathPattern } from "./path-pattern.ts";
import { rotationOf } from "./rotation-name.ts";

export interface Series {
  /** In order. */
  readonly members: readonly Member[];
  readonly isDated: boolean;
}

const SET_ASIDE = /[.\-_](?:old|bak|orig|save|prev)$|~$/u;

/** Reads folders once for all who ask between two polls: there may be thousands of names. */
export class SeriesListing {
  private readonly pattern: PathPattern;
  private known: ReadonlyMap<string, Series> | undefined;

  constructor(pattern: PathPattern) {
    this.pattern = pattern;
  }

  /** By name. Throws the system's error. */
  get(): ReadonlyMap<string, Series> {
    this.known ??= seriesOf(this.pattern);
    return this.known;
  }

  /** Names may have changed. */
  forget(): void {
    this.known = undefined;
  }
}

function seriesOf(pattern: PathPattern): ReadonlyMap<string, Series> {
  const members = pattern.members();
  const logs: string[] = [];
  const byLength = members.filter(({ isDated }) => !isDated).toSorted((a, b) => a.path.length - b.path.length);
  for (const { path } of byLength) if (!isCompressedName(path) && !isPastOf(path, logs)) logs.push(path);
  const series = new Map<string, { members: Member[]; isDated: boolean }>();
  for (const path of logs) series.set(path, { members: [], isDated: false });
  for (const member of members) {
    if (!member.isDated || isPastOf(member.path, logs)) continue;
    const found = series.get(member.series);
    if (found === undefined) series.set(member.series, { members: [member], isDated: true });
    else found.members.push(member);
  }
  // What there is of it is compressed: nothing to follow.
  for (const [name, { members: files, isDated }] of series) {
    if (isDated && files.every(({ path }) => isCompressedName(path))) series.delete(name);
  }
  return series;
}

function isPastOf(path: string, logs: readonly string[]): boolean {
  return logs.some((log) => {
    if (dirname(log) !== dirname(path)) return false;
    const rotation = rotationOf(basename(path), basename(log));
    if (rotation === undefined) return false;
    return rotation.number !== undefined || rotation.date !== undefined || SET_ASIDE.test(path);
  });
}
