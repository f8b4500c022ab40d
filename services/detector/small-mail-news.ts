// small mails that came, changed or went since somebody last asked, by key. What is forgotten with its generation is no news.

import type { SmallMailEntry } from "./small-mail.ts";

/** What is kept under a key now; undefined: nothing. */
type News = Map<string, SmallMailEntry | undefined>;

export class SmallMailNews {
  /** Of the young generation. */
  young: News = new Map();
  /** Of the old one. */
  old: News = new Map();

  kept(entry: SmallMailEntry): void {
    this.young.set(entry.key, entry);
  }

  /** It was in one of the two. */
  gone(key: string): void {
    this.young.set(key, undefined);
    this.old.set(key, undefined);
  }

  rotate(): void {
    this.old = this.young;
    this.young = new Map();
  }
}
