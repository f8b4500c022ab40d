// A site's name <-> the part of a state's key that names it.

/** With what stands beside it a key has 1,024 bytes at most. */
const BYTES_MAX = 600;

/** Undefined for a name that no key can hold: half a pair of UTF-16, or too long once it is written in ASCII. */
export function siteKey(site: string): string | undefined {
  if (!site.isWellFormed()) return undefined;
  const key = encodeURIComponent(site);
  return key.length <= BYTES_MAX ? key : undefined;
}

/** Throws URIError for what `siteKey` never gives. */
export function siteOfKey(key: string): string {
  return decodeURIComponent(key);
}
