// `127.0.0.1:9464`, `[::1]:9464`, `*:9464`, `9464` <-> where a server of ours listens, and what is wrong when it cannot.

export interface ListenAddress {
  /** An IP address or a host name; "0.0.0.0" and "::" are all addresses. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export const LISTEN_FORMS = "127.0.0.1:PORT, [::1]:PORT, *:PORT (every address) or PORT (loopback)";
const LOOPBACK = "127.0.0.1";
const NAME = /^[\p{L}\p{N}]([\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?$/u;

/** Undefined when the text is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(?:\[([^\]]{1,64})\]|([^:[\]]*)):)?(\d{1,5})$/u.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  const [, six, host] = match;
  if (six !== undefined) return /^[0-9a-fA-F:.]+$/u.test(six) && six.includes(":") ? { host: six, port } : undefined;
  if (host === undefined) return { host: LOOPBACK, port };
  if (host === "*") return { host: "0.0.0.0", port };
  return NAME.test(host) ? { host, port } : undefined;
}

export function listenAddressText({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Is it reached from this machine alone? */
export function isLoopback({ host }: ListenAddress): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/u.test(host);
}

/** A port of ours could not be opened. The message is one line that a person can act on. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  /** EADDRINUSE, EACCES, … */
  readonly code: string;

  /** `what`: whose port it is ("metrics"); `mend`: what sets another. */
  constructor(what: string, address: ListenAddress, details: { readonly error: unknown; readonly mend: string }) {
    const { error, mend } = details;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    super(`${what}: cannot listen on ${listenAddressText(address)}: ${whyNot(code, error)}; ${mend}`);
    this.code = code;
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens there already",
  EACCES: "ports below 1024 need root or CAP_NET_BIND_SERVICE",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "no such host name",
  EAI_AGAIN: "the host name cannot be looked up now",
};

function whyNot(code: string, error: unknown): string {
  return WHY[code] ?? (error instanceof Error ? error.message : String(error));
}
