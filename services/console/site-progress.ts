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
  /** Event time up to which all was said; the least over its partitions decides, and each tells its own. */
  at: number;
  heardAt: number;
}

export class SiteProgress {
  private readonly sites = new Map<string, Progress>();

  /** It is `nowMs` by our clock. */
  take({ site, at }: StreamProgress, nowMs: number): void {
    if (at === undefined) return;
    const known = this.sites.get(site);
    if (known !== undefined) {
      known.at = Math.max(known.at, at);
      known.heardAt = nowMs;
    } else if (this.sites.size < SITES_MAX) this.sites.set(site, { at, heardAt: nowMs });
  }

  health(nowMs: number): HealthView[] {
    if (this.sites.size === 0) {
      return [{ name: "Detecting", state: "slow", words: "no detector was heard of yet: they speak twice a minute" }];
    }
    const shown = [...this.sites].slice(0, SHOWN_MAX);
    return shown.map(([site, progress]) => healthOf(shownText(site, NAME_CHARS_MAX), progress, nowMs));
  }
}

function healthOf(site: string, { at, heardAt }: Progress, nowMs: number): HealthView {
  const name = `Detecting on ${site}`;
  const silentMs = nowMs - heardAt;
  if (silentMs > SILENT_MS) return { name, state: "down", words: `not heard of for ${roughSpan(silentMs)}` };
  const behindMs = Math.max(0, heardAt - at);
  return { name, state: behindMs > SLOW_MS ? "slow" : "well", words: `${roughSpan(behindMs)} behind the mail` };
}
