// A log whose files have a date in their names: each is finished by the next in order.

import { dirname } from "node:path";
import type { FileNumber, FilePlace } from "./file-place.ts";
import { isCompressedName, isSameFile, placeAt, regularAt, withoutCompression } from "./file-place.ts";
import type { Located } from "./find-generation.ts";
import { findGeneration, isEmpty, likenessOf } from "./find-generation.ts";
import type { GenerationMark } from "./generation-mark.ts";
import { printOf } from "./generation-mark.ts";
import type { Member } from "./path-pattern.ts";
import type { Among, FirstStart, Succession } from "./succession.ts";
import { mayBeBegun } from "./succession.ts";

/** Files are compressed one after the other; by then it is over. */
const LISTINGS_MAX = 5;
const CHANGING = "its files are being renamed all the time";

export interface SeriesSource {
  /** Its files, in order. */
  readonly members: () => readonly Member[];
  /** Undefined for a path that is none of it. */
  readonly orderOf: (path: string) => string | undefined;
  readonly folder: string;
  /** Looks anew when it is asked for its files again. */
  readonly forget: () => void;
}

export class DatedSeries implements Succession {
  readonly mayGrowLate = true;
  private readonly source: SeriesSource;

  constructor(source: SeriesSource) {
    this.source = source;
  }

  folders(): readonly string[] {
    const newest = this.source.members().at(-1);
    return newest === undefined ? [this.source.folder] : [...new Set([this.source.folder, dirname(newest.path)])];
  }

  concerns(): boolean {
    return true;
  }

  forgetNames(): void {
    this.source.forget();
  }

  isThere(): boolean {
    return this.source.members().some(({ path }) => !isCompressedName(path));
  }

  isNewest(file: FileNumber & { readonly path: string }): boolean {
    if (this.behind(file.path).length > 0) return false;
    const place = placeAt(file.path);
    return place === undefined || isSameFile(place, file);
  }

  async locate(mark: GenerationMark): Promise<Located | undefined> {
    const named = withoutCompression(mark.path);
    for (let looks = 1; ; looks += 1) {
      this.source.forget();
      const members = this.source.members();
      const sameName = this.placesOf(members.filter(({ path }) => withoutCompression(path) === named));
      const found = (await findGeneration(sameName, mark)) ?? (await findGeneration(this.placesOf(members), mark));
      if (found !== undefined) return found;
      this.source.forget();
      if (namesOf(this.source.members()) === namesOf(members)) return undefined;
      if (looks === LISTINGS_MAX) throw new Error(CHANGING);
    }
  }

  async next(after: GenerationMark | undefined, among: Among): Promise<Located | undefined> {
    for (let looks = 1; looks <= LISTINGS_MAX; looks += 1) {
      this.source.forget();
      const again = after === undefined ? undefined : anotherAt(after, among);
      if (again !== undefined) return { place: again, offset: 0 };
      const members = after === undefined ? this.source.members() : this.behind(after.path);
      const found = await firstOf(members, among);
      if (found !== "changed") return found === undefined ? undefined : { place: found, offset: 0 };
    }
    throw new Error(CHANGING);
  }

  async firstStart(from: "start" | "end"): Promise<FirstStart> {
    await Promise.resolve();
    const members = this.source.members();
    const plain = members.findLastIndex(({ path }) => !isCompressedName(path));
    const newest = members[plain];
    // From the start: of the files that are not compressed.
    const first = from === "end" ? plain : members.findIndex(({ path }) => !isCompressedName(path));
    const previous = first < 0 ? members.at(-1) : members[first - 1];
    return {
      previous: previous === undefined ? undefined : whole(previous.path),
      newest: newest === undefined ? undefined : regularAt(newest.path),
    };
  }

  private behind(path: string): readonly Member[] {
    const order = this.source.orderOf(path);
    const members = this.source.members();
    return order === undefined ? members.slice(-1) : members.filter((member) => member.order > order);
  }

  private placesOf(members: readonly Member[]): FilePlace[] {
    return members.map(({ path }) => regularAt(path)).filter((place) => place !== undefined);
  }
}

/** Another file of the same name. */
function anotherAt(after: GenerationMark, among: Among): FilePlace | undefined {
  const place = placeAt(after.path);
  if (place === undefined || isCompressedName(place.path) || likenessOf(place.path, after) !== "other")
    return undefined;
  return mayBeBegun(place, among) ? place : undefined;
}

/** The first that holds something; the last may be about to. "changed": one is called otherwise by now. */
async function firstOf(members: readonly Member[], among: Among): Promise<FilePlace | "changed" | undefined> {
  const { held } = among;
  for (const [at, member] of members.entries()) {
    const place = regularAt(member.path);
    if (place === undefined) return "changed";
    if (!mayBeBegun(place, among)) continue;
    const mayGrow = at === members.length - 1 && !isCompressedName(place.path);
    const isHeld = held !== undefined && isSameFile(place, held);
    if (mayGrow || isHeld || !(await isEmpty(place))) return place;
  }
  return undefined;
}

function namesOf(members: readonly Member[]): string {
  return members.map(({ path }) => path).join("\n");
}

/** Its name is what places it. */
function whole(path: string): GenerationMark {
  const place = regularAt(path);
  return {
    path,
    device: place?.device ?? "0",
    inode: place?.inode ?? "0",
    offset: 0,
    head: printOf(Buffer.alloc(0)),
  };
}
