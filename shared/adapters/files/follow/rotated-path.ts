// A log that always has the same name: what was written before stands beside it under other names, as logrotate and its kin leave it.

import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileNumber, FilePlace } from "./file-place.ts";
import { isAbsent, isCompressedName, isSameFile, placeAt, regularAt, withoutCompression } from "./file-place.ts";
import type { Located } from "./find-generation.ts";
import { findGeneration, isCopyOf, isEmpty, markOf } from "./find-generation.ts";
import type { GenerationMark } from "./generation-mark.ts";
import { naturalKey, type Rotation, rotationOf } from "./rotation-name.ts";
import type { Among, FirstStart, Succession } from "./succession.ts";
import { mayBeBegun } from "./succession.ts";

/** Renaming goes on while the names are read; by then it is over. */
const LISTINGS_MAX = 5;

interface Generations {
  /** Eldest first. */
  readonly rotated: readonly FilePlace[];
  readonly newest: FilePlace | undefined;
  /** Of no known age. */
  readonly others: readonly FilePlace[];
}

interface Sibling extends Rotation {
  readonly place: FilePlace;
}

export class RotatedPath implements Succession {
  readonly mayGrowLate = false;
  private readonly path: string;
  private readonly folder: string;
  private readonly base: string;

  constructor(path: string) {
    this.path = path;
    this.folder = dirname(path);
    this.base = basename(path);
  }

  folders(): readonly string[] {
    try {
      return [...new Set([this.folder, dirname(realpathSync(this.path))])];
    } catch {
      return [this.folder];
    }
  }

  concerns(fileName: string): boolean {
    return fileName.startsWith(this.base.slice(0, Math.max(1, this.base.lastIndexOf("."))));
  }

  forgetNames(): void {
    // They are looked at anew each time.
  }

  isThere(): boolean {
    return placeAt(this.path) !== undefined;
  }

  isNewest(file: FileNumber): boolean {
    const place = placeAt(this.path);
    return place !== undefined && isSameFile(place, file);
  }

  locate(mark: GenerationMark): Promise<Located | undefined> {
    return this.whileUnchanged(({ rotated, newest, others }) => {
      const all = [...rotated, ...others];
      return findGeneration(newest === undefined ? all : [newest, ...all], mark);
    });
  }

  next(after: GenerationMark | undefined, among: Among): Promise<Located | undefined> {
    return this.whileUnchanged((listed) => nextOf(listed, after, among));
  }

  async firstStart(): Promise<FirstStart> {
    const { rotated, newest } = this.list();
    const previous = rotated.at(-1);
    return { previous: previous === undefined ? undefined : await markOf(previous), newest };
  }

  /** Names may go from file to file while files are looked into: what was not found then has to be looked for again. */
  private async whileUnchanged(
    look: (listed: Generations) => Promise<Located | undefined>,
  ): Promise<Located | undefined> {
    let listed = this.list();
    for (let looks = 1; ; looks += 1) {
      const found = await look(listed);
      const again = this.list();
      if (namesOf(again) === namesOf(listed)) return found;
      // The system's word for it: to be tried again at the next poll.
      if (looks === LISTINGS_MAX) throw new Error("its files are being renamed all the time");
      listed = again;
    }
  }

  /** Until two looks see the same: files are renamed one after the other. */
  private list(): Generations {
    let seen = this.listOnce();
    for (let look = 1; look < LISTINGS_MAX; look += 1) {
      const again = this.listOnce();
      if (namesOf(again) === namesOf(seen)) return again;
      seen = again;
    }
    return seen;
  }

  private listOnce(): Generations {
    const names = new Set(namesIn(this.folder));
    const siblings: Sibling[] = [];
    for (const name of names) {
      const rotation = rotationOf(name, this.base);
      // While it is being compressed both are there, and one is not whole.
      if (rotation === undefined || (isCompressedName(name) && names.has(withoutCompression(name)))) continue;
      const place = regularAt(join(this.folder, name));
      if (place !== undefined) siblings.push({ ...rotation, place });
    }
    const isAged = ({ number, date }: Sibling): boolean => number !== undefined || date !== undefined;
    return {
      rotated: siblings
        .filter(isAged)
        .toSorted(byAge)
        .map(({ place }) => place),
      newest: placeAt(this.path),
      others: siblings.filter((sibling) => !isAged(sibling)).map(({ place }) => place),
    };
  }
}

async function nextOf(
  { rotated, newest, others }: Generations,
  after: GenerationMark | undefined,
  among: Among,
): Promise<Located | undefined> {
  const inOrder = newest === undefined ? rotated : [...rotated, newest];
  const found = after === undefined ? undefined : await findGeneration([...inOrder, ...others], after);
  const { held } = among;
  if (after !== undefined && (found === undefined || others.includes(found.place))) {
    return newest !== undefined && mayBeBegun(newest, among) ? { place: newest, offset: 0 } : undefined;
  }
  // The same log in a file of another number: somebody edited or restored it.
  if (found !== undefined && found.place === newest && after?.inode !== newest.inode) return found;
  const at = found === undefined ? -1 : inOrder.indexOf(found.place);
  for (const place of inOrder.slice(at + 1)) {
    const counts = place === newest || (held !== undefined && isSameFile(place, held));
    if (mayBeBegun(place, among) && (counts || !(await isVoid(place, newest)))) return { place, offset: 0 };
  }
  return undefined;
}

/** It holds nothing, or nothing of its own. */
async function isVoid(place: FilePlace, newest: FilePlace | undefined): Promise<boolean> {
  return (await isEmpty(place)) || (newest !== undefined && isCopyOf(place, newest));
}

function byAge(a: Sibling, b: Sibling): number {
  if (a.number !== undefined && b.number !== undefined) return b.number - a.number;
  if (a.date !== undefined && b.date !== undefined) return naturalKey(a.date) < naturalKey(b.date) ? -1 : 1;
  return a.place.mtimeMs - b.place.mtimeMs;
}

function namesOf({ rotated, newest, others }: Generations): string {
  return [...rotated, ...(newest === undefined ? [] : [newest]), ...others]
    .map(({ path, device, inode }) => `${path} ${device} ${inode}`)
    .join("\n");
}

/** Names in a folder; none when there is no such folder. Throws the system's error. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
