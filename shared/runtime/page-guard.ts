// Who may look at a page: on loopback whoever is on the machine, elsewhere who has the token. It comes once in the address
// (`/?token=…`) or in a header, and is kept by the browser as a cookie that no script reads.

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isLoopback, type ListenAddress } from "./listen-address.ts";

const COOKIE = "squall_token";
const TOKEN_PART = "token=";
const COOKIE_KEPT_S = 90 * 86_400;
const LOOPBACK_NAMES = new Set(["localhost", "[::1]"]);

/** What a request asks for. Of text that may be anything: `new URL` throws for some of it. */
export interface Asked {
  /** Without the slashes at its beginning: `//host/` would lead elsewhere. */
  readonly path: string;
  readonly token: string | undefined;
}

export function askedOf({ url = "/" }: Pick<IncomingMessage, "url">): Asked {
  const [path = "", query = ""] = url.split("?", 2);
  return { path: path.replace(/^[/\\]+/u, ""), token: tokenIn(query) };
}

/** A plus is one: base64 has it, and a form's spaces are none of a token's. */
function tokenIn(query: string): string | undefined {
  const given = query.split("&").find((part) => part.startsWith(TOKEN_PART));
  return given === undefined ? undefined : (safelyDecoded(given.slice(TOKEN_PART.length)) ?? "");
}

export type Entry =
  | { readonly may: "enter" }
  /** It came with the token: the browser is to keep it and to ask again without. */
  | { readonly may: "keep-token"; readonly cookie: string }
  | { readonly may: "not"; readonly status: 401 | 403 | 421; readonly words: string };

export interface PageGuardOptions {
  readonly address: ListenAddress;
  /** Needed anywhere but on loopback. */
  readonly token: string | undefined;
}

export class PageGuard {
  private readonly options: PageGuardOptions;

  constructor(options: PageGuardOptions) {
    this.options = options;
  }

  entry(request: IncomingMessage, asked: Asked): Entry {
    const { token, address } = this.options;
    // A page elsewhere gets nothing to read, and may not make us work either. A link may be followed.
    if (request.headers["sec-fetch-site"] === "cross-site" && request.headers["sec-fetch-mode"] !== "navigate")
      return elsewhere();
    if (token === undefined) {
      // Without it another page in the same browser could have a name of its own point here, and read what is shown.
      return isOurName(request.headers.host, address) ? { may: "enter" } : strangeName();
    }
    // A browser keeps cookies by host: two of us on one machine would overwrite each other's.
    const name = `${COOKIE}_${address.port}`;
    if (asked.token !== undefined && isSame(asked.token, token)) {
      // Lax: a link in a mail or a wiki leads here too, and what is asked for changes nothing.
      const attributes = `Path=/; Max-Age=${COOKIE_KEPT_S}; HttpOnly; SameSite=Lax`;
      return { may: "keep-token", cookie: `${name}=${encodeURIComponent(token)}; ${attributes}` };
    }
    const bearer = /^Bearer (.+)$/u.exec(request.headers.authorization ?? "")?.[1];
    const kept = cookieOf(request.headers.cookie ?? "", name);
    const isKnown = [bearer, kept].some((one) => one !== undefined && isSame(one, token));
    return isKnown ? { may: "enter" } : noToken();
  }
}

function isOurName(host: string | undefined, address: ListenAddress): boolean {
  const name = (host ?? "").replace(/:\d+$/u, "").toLowerCase();
  return LOOPBACK_NAMES.has(name) || isLoopback({ ...address, host: name }) || name === address.host.toLowerCase();
}

function strangeName(): Entry {
  const words = "this page answers to localhost alone; for another name set a token (console.token)";
  return { may: "not", status: 421, words };
}

function elsewhere(): Entry {
  return { may: "not", status: 403, words: "asked for by a page from elsewhere" };
}

function noToken(): Entry {
  return {
    may: "not",
    status: 401,
    words: "a token is needed: open /?token=TOKEN once, or send Authorization: Bearer TOKEN",
  };
}

function cookieOf(header: string, wanted: string): string | undefined {
  for (const part of header.split(";")) {
    const [name, value = ""] = part.trim().split("=", 2);
    if (name === wanted) return safelyDecoded(value);
  }
  return undefined;
}

function safelyDecoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Takes as long whatever differs. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}
