// What a request was met with instead of an answer -> one word of a closed set, and the system's code for it.
// Messages are not passed on: they may hold an address with a token in it.

/** Why there was no answer. */
export type HttpFailure =
  | "timeout"
  | "unreachable"
  | "name-not-found"
  | "connection-broken"
  | "tls"
  | "forbidden-target"
  | "aborted"
  | "no-answer";

const WORDS: Readonly<Record<string, HttpFailure>> = {
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ETIMEDOUT: "timeout",
  ECONNREFUSED: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-not-found",
  ECONNRESET: "connection-broken",
  EPIPE: "connection-broken",
  UND_ERR_SOCKET: "connection-broken",
  EPROTO: "tls",
  ERR_SQUALL_FORBIDDEN_TARGET: "forbidden-target",
};
const TLS_CODE = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/u;
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/u;

/** `code` is the system's own word, such as ECONNREFUSED; empty where there is none. */
export function failureOf(error: unknown): { readonly reason: HttpFailure; readonly code: string } {
  const given = error instanceof Error && "code" in error ? String(error.code) : "";
  const code = CODE.test(given) ? given : "";
  return { reason: WORDS[code] ?? (TLS_CODE.test(code) ? "tls" : "no-answer"), code };
}
