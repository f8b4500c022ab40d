// The keys of stored state: `detector/SITE/KIND`, `detector/SITE/KIND/ID`, `detector/SITE/KIND/ID/N`; and `detector/counters`.

export const COUNTERS_KEY = "detector/counters";

/** Of one site; its name may be anything. */
export function sitePrefix(site: string): string {
  // "~" marks the parts of a large value.
  return `detector/${encodeURIComponent(site).replaceAll("~", "%7E")}/`;
}

const PART = "detector/";

export interface StateKey {
  readonly site: string;
  readonly kind: string;
  /** 0 and -1 where the key has none. */
  readonly id: number;
  readonly chunk: number;
}

/** Without a split: a takeover reads hundreds of thousands of them. Undefined: it is no key of this version. */
export function parseStateKey(key: string): StateKey | undefined {
  const siteEnd = key.startsWith(PART) ? key.indexOf("/", PART.length) : -1;
  if (siteEnd < 0) return undefined;
  const kindEnd = endOf(key, siteEnd + 1);
  const idEnd = endOf(key, kindEnd + 1);
  const kind = key.slice(siteEnd + 1, kindEnd);
  const id = kindEnd < key.length ? Number(key.slice(kindEnd + 1, idEnd)) : 0;
  const chunk = idEnd < key.length ? Number(key.slice(idEnd + 1)) : -1;
  const site = decodedSite(key.slice(PART.length, siteEnd));
  if (site === undefined || kind === "" || !Number.isSafeInteger(id) || !Number.isSafeInteger(chunk)) return undefined;
  return { site, kind, id, chunk };
}

/** Of the part that begins at `from`: the next slash, or the end. */
function endOf(key: string, from: number): number {
  const slash = key.indexOf("/", from);
  return slash < 0 ? key.length : slash;
}

const LEARNED: ReadonlySet<string> = new Set(["list", "login", "client", "clients"]);

/** Is it what a `learned` detector keeps: what is known for good of lists, logins and machines? */
export function isLearnedKey(key: string): boolean {
  const [part, , kind = ""] = key.split("/");
  return part === "detector" && LEARNED.has(kind);
}

// Nearly all keys are of the site of the key before.
let lastSite = "";
let lastDecoded = "";

function decodedSite(site: string): string | undefined {
  if (site === lastSite) return lastDecoded;
  try {
    lastDecoded = decodeURIComponent(site);
    lastSite = site;
    return lastDecoded;
  } catch {
    return undefined;
  }
}
