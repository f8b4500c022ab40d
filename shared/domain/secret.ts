// A text that must not be seen: a key, a token, a URL that is one. However it is printed, it shows what may be seen of it.

import { inspect } from "node:util";

const MASK = "***";

export class Secret {
  readonly #text: string;
  /** What may be seen of it. */
  readonly shown: string;

  constructor(text: string, shown: string = MASK) {
    this.#text = text;
    this.shown = shown;
  }

  /** The text itself, for the one place that needs it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return this.shown;
  }

  toJSON(): string {
    return this.shown;
  }

  [inspect.custom](): string {
    return this.shown;
  }
}

/** A URL of which scheme, host and port may be seen: the path and the query of a web hook are what proves who may post. */
export function secretUrl(url: URL): Secret {
  return new Secret(url.href, shownUrl(url));
}

function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}/${url.pathname === "/" && url.search === "" ? "" : MASK}`;
}
