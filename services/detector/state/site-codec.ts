// What a site counts, and how far it is <-> `site`.

import type { SiteState, SiteTotals } from "../site-state.ts";
import type { Fields } from "./entry-fields.ts";

export function storedSite(site: SiteState): Readonly<Record<string, unknown>> {
  const { windows, messages } = site;
  return {
    watermark: site.watermark,
    totals: site.totals,
    stormJoins: site.stormJoins,
    keptFrom: windows.keptFrom,
    provisionalAt: windows.provisionalAt,
    youngWeight: messages.youngWeight,
    fanOutWeight: messages.fanOutWeight,
    lookedAtSize: messages.lookedAtSize,
    youngSince: messages.youngSince,
    generation: messages.generation,
    turns: messages.turns,
  };
}

export function readSite(fields: Fields, site: SiteState): void {
  const { windows, messages } = site;
  const totals = fields.object("totals");
  site.watermark = fields.time("watermark", Number.NEGATIVE_INFINITY);
  for (const name of TOTALS) site.totals[name] = totals.number(name);
  site.stormJoins = fields.number("stormJoins");
  windows.keptFrom = fields.time("keptFrom", Number.NEGATIVE_INFINITY);
  windows.provisionalAt = fields.time("provisionalAt", Number.NEGATIVE_INFINITY);
  messages.youngWeight = fields.number("youngWeight");
  messages.fanOutWeight = fields.number("fanOutWeight");
  messages.lookedAtSize = fields.number("lookedAtSize");
  messages.youngSince = fields.time("youngSince", Number.NEGATIVE_INFINITY);
  messages.generation = fields.number("generation");
  messages.turns = fields.number("turns");
}

const TOTALS: readonly (keyof SiteTotals)[] = [
  "messages",
  "fanOuts",
  "headersLogged",
  "threadHeaders",
  "threads",
  "opened",
  "watches",
];
