// Where a request would go -> whether it may: public addresses over https only, when private ones are forbidden.
//
// A name is checked where it is resolved, and the addresses that were checked are the ones that are dialled: no second look-up
// can answer otherwise. A literal address never passes a look-up, so it is checked before; `new URL()` has made 0x7f.1,
// 2130706433, 0177.0.0.1 and their kin into one spelling by then.

import type { LookupAddress, LookupOptions } from "node:dns";
import { lookup } from "node:dns";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

const FORBIDDEN_TARGET = "ERR_SQUALL_FORBIDDEN_TARGET";

/** The target must not be reached: not https, or an address that is not public. The message names no target. */
class ForbiddenTargetError extends Error {
  override readonly name = "ForbiddenTargetError";
  readonly code = FORBIDDEN_TARGET;
}

/** True for an address that is routed on the internet; loopback, private, link-local, shared, translated ones are not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  // The library takes for unicast all that it has no other name for, such as ::127.0.0.1; only 2000::/3 was ever given out.
  return parsed.kind() === "ipv4" || (parsed.toByteArray()[0] ?? 0) >> 5 === 1;
}

/** Throws ForbiddenTargetError when the URL itself says that it must not be called. */
export function checkTarget(url: URL): void {
  if (url.protocol !== "https:") throw new ForbiddenTargetError("only https is allowed");
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1");
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new ForbiddenTargetError("the address is not public");
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[] | undefined) => void,
) => void;

/** A look-up as `net.connect` takes it, that fails when any address of the name is not public. */
export function guardedLookup(
  resolve: Resolve = lookup,
): (hostname: string, options: LookupOptions, callback: LookupCallback) => void {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      if (error !== null) callback(error, "");
      else if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        callback(new ForbiddenTargetError("the name has an address that is not public"), "");
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
