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

export interface SeriesSource {
  /** Its files, in order. */
  readonly members: () => readonly Member[];
  /** Undefined for a path that is none of it. */
  readonly orderOf: (path: string) => string | undefined;
  readonly folder: string;
}

export class DatedSeries implements Succession {
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
    const places = this.placesOf(this.source.members().filter(({ path }) => withoutCompression(path) === named));
    return (await findGeneration(places, mark)) ?? findGeneration(this.placesOf(this.source.members()), mark);
  }

  async next(after: GenerationMark | undefined, { except, held }: Among): Promise<Located | undefined> {
    const isFree = (place: FilePlace): boolean => !except.some((file) => isSameFile(place, file));
    await Promise.resolve();
    if (after !== undefined) {
      const again = placeAt(after.path);
      const isOther = again !== undefined && !isCompressedName(again.path) && likenessOf(again.path, after) === "other";
      if (isOther && isFree(again)) return { place: again, offset: 0 };
    }
    const members = after === undefined ? this.source.members() : this.behind(after.path);
    for (const [at, member] of members.entries()) {
      const place = regularAt(member.path);
      if (place === undefined || !isFree(place)) continue;
      const mayGrow = at === members.length - 1 && !isCompressedName(place.path);
      const isHeld = held !== undefined && isSameFile(place, held);
      if (mayGrow || isHeld || !(await isEmpty(place))) return { place, offset: 0 };
    }
    return undefined;
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
