// What went wrong with a port -> one line that a person can act on.

import { InputError } from "../files/file-error.ts";
import { syslogAddressText, type SyslogAddress } from "./syslog-address.ts";

/** Ports below need a right of their own on most systems. */
const UNPRIVILEGED_FROM = 1024;

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens on this port already",
  EADDRNOTAVAIL: "this machine has no such address",
  EAFNOSUPPORT: "this machine has no addresses of this kind (IPv6 switched off?)",
  EINVAL: "this machine has no such address",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the other side broke the connection off",
  EPIPE: "the other side closed the connection",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "no answer",
  EMFILE: "too many open files",
};

/** In one line that begins with the address. */
export function socketErrorInWords(address: SyslogAddress, error: unknown): InputError {
  return new InputError(`${syslogAddressText(address)}: ${whatIsWrongWithSocket(address, error)}`);
}

/** The same without the address. */
export function whatIsWrongWithSocket({ port }: SyslogAddress, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EACCES" || code === "EPERM") {
    return port > 0 && port < UNPRIVILEGED_FROM
      ? `ports below ${UNPRIVILEGED_FROM} need the right to bind them (CAP_NET_BIND_SERVICE): take one above, such as 5514`
      : "permission denied";
  }
  return WORDS[code] ?? (error instanceof Error ? error.message : String(error));
}
