// The keys of stored state: `detector/SITE/KIND`, `detector/SITE/KIND/ID`, `detector/SITE/KIND/ID/N`; and `detector/counters`.

import { StateEntryError } from "./state-entry-error.ts";

export const COUNTERS_KEY = "detector/counters";

/** Of one site; its name may be anything. */
export function sitePrefix(site: string): string {
  // "~" marks the parts of a large value.
  return `detector/${encodeURIComponent(site).replaceAll("~", "%7E")}/`;
}

export interface StateKey {
  readonly site: string;
  readonly kind: string;
  /** 0 and -1 where the key has none. */
  readonly id: number;
  readonly chunk: number;
}

export function parseStateKey(key: string): StateKey {
  const [part, site = "", kind = "", id = "0", chunk = "-1", ...rest] = key.split("/");
  const numbers = { id: Number(id), chunk: Number(chunk) };
  const isWhole = Number.isSafeInteger(numbers.id) && Number.isSafeInteger(numbers.chunk);
  if (part !== "detector" || kind === "" || rest.length > 0 || !isWhole) {
    throw new StateEntryError("unknown-key", key, "");
  }
  return { site: decodedSite(key, site), kind, ...numbers };
}

const LEARNED: ReadonlySet<string> = new Set(["list", "login", "client", "clients"]);

/** Is it what a `learned` detector keeps: what is known for good of lists, logins and machines? */
export function isLearnedKey(key: string): boolean {
  const [part, , kind = ""] = key.split("/");
  return part === "detector" && LEARNED.has(kind);
}

function decodedSite(key: string, site: string): string {
  try {
    return decodeURIComponent(site);
  } catch {
    throw new StateEntryError("unknown-key", key, "");
  }
}
