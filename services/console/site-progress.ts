// What detectors say of their sites' time -> how far behind each site is, for who looks.

import { roughSpan, shownText } from "../../shared/domain/storm-alert-words.ts";
import type { StreamProgress } from "../../shared/domain/stream-progress.ts";
import type { HealthView } from "./console-view.ts";

/** Detectors speak twice a minute. */
const SILENT_MS = 180_000;
const SLOW_MS = 120_000;
const SITES_MAX = 200;
const SHOWN_MAX = 20;
const NAME_CHARS_MAX = 80;

interface Progress {
  /** Event time up to which its detector said everything, ms. */
  at: number;
  /** When it said so, and when it last said more than before, by our clock, ms. */
  heardAt: number;
  movedAt: number;
}

export class SiteProgress {
  private readonly sites = new Map<string, Progress>();

  /** Sites beyond the room for them. */
  dropped = 0;

  /** It is `nowMs` by our clock. */
  take({ site, at }: StreamProgress, nowMs: number): void {
    if (at === undefined) return;
    const known = this.sites.get(site);
    if (known !== undefined) {
      if (at > known.at) known.movedAt = nowMs;
      known.at = Math.max(known.at, at);
      known.heardAt = nowMs;
    } else if (this.sites.size < SITES_MAX) this.sites.set(site, { at, heardAt: nowMs, movedAt: nowMs });
    else this.dropped += 1;
  }

  /** Event time to which a site's mail was told of, ms. */
  eventTimeMs(site: string): number | undefined {
    return this.sites.get(site)?.at;
  }

  /** Some detector goes on: what it sees would be told. */
  isAnyWell(nowMs: number): boolean {
    return [...this.sites.values()].some((progress) => stateOf(progress, nowMs) !== "down");
  }

  /** The worst first. */
  health(nowMs: number): HealthView[] {
    if (this.sites.size === 0) {
      return [{ name: "Detecting", state: "slow", words: "no detector was heard of yet: they speak twice a minute" }];
    }
    const all = Array.from(this.sites, ([site, progress]) =>
      healthOf(shownText(site, NAME_CHARS_MAX), progress, nowMs),
    );
    all.sort((one, other) => RANKS[other.state] - RANKS[one.state]);
    const [next, ...others] = all.splice(SHOWN_MAX);
    if (next === undefined) return all;
    const { state } = next;
    const name = `Detecting on ${1 + others.length} more sites`;
    return [...all, { name, state, words: state === "well" ? "all of them well" : "the worst of them" }];
  }
}

const RANKS = { well: 0, slow: 1, down: 2 } as const;

function stateOf({ at, heardAt, movedAt }: Progress, nowMs: number): HealthView["state"] {
  if (nowMs - heardAt > SILENT_MS || nowMs - movedAt > SILENT_MS) return "down";
  return heardAt - at > SLOW_MS ? "slow" : "well";
}

function healthOf(site: string, progress: Progress, nowMs: number): HealthView {
  const { at, heardAt, movedAt } = progress;
  const name = `Detecting on ${site}`;
  const state = stateOf(progress, nowMs);
  if (nowMs - heardAt > SILENT_MS) return { name, state, words: `not heard of for ${roughSpan(nowMs - heardAt)}` };
  if (state === "down") return { name, state, words: `stands still for ${roughSpan(nowMs - movedAt)}` };
  return { name, state, words: `${roughSpan(Math.max(0, heardAt - at))} behind the mail` };
}
