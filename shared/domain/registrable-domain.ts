// host or mail domain -> registrable domain ("mail.corp.example.co.uk" -> "example.co.uk"), by the public suffix list.

import { getDomain } from "tldts";

/** Names whose answer is remembered: a mail system meets the same few thousand over and over. */
const REMEMBERED_MAX = 4096;
const remembered = new Map<string, string>();

/** The registrable domain in lower case; the name itself where the public suffix list knows none (internal names). */
export function registrableDomain(domain: string): string {
  const known = remembered.get(domain);
  if (known !== undefined) return known;
  const name = domain.toLowerCase();
  const registrable = getDomain(name, { allowPrivateDomains: false }) ?? name;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(domain, registrable);
  return registrable;
}

/** Registrable domain of an address; undefined when it has no domain. */
export function registrableDomainOfAddress(address: string): string | undefined {
  const at = address.lastIndexOf("@");
  return at < 0 || at === address.length - 1 ? undefined : registrableDomain(address.slice(at + 1));
}
