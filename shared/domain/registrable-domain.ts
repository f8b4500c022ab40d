// host or mail domain -> registrable domain ("mail.corp.example.co.uk" -> "example.co.uk"), by the public suffix list.

import { getDomain } from "tldts";

/** The registrable domain in lower case; the name itself where the public suffix list knows none (internal names). */
export function registrableDomain(domain: string): string {
  const name = domain.toLowerCase();
  return getDomain(name, { allowPrivateDomains: false }) ?? name;
}

/** Registrable domain of an address; undefined when it has no domain. */
export function registrableDomainOfAddress(address: string): string | undefined {
  const at = address.lastIndexOf("@");
  return at < 0 || at === address.length - 1 ? undefined : registrableDomain(address.slice(at + 1));
}
