// HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in small letters or capitals -> which proxy requests go through. Many mail servers reach
// the world in no other way.

export interface ProxySettings {
  /** For http addresses; of a single proxy, for https addresses too. Empty: none. */
  readonly http: string;
  readonly https: string;
  /** Names that are called directly, separated by commas; subdomains with them; `*` is all. */
  readonly no: string;
}

/** Undefined where none is set. Throws an Error whose message names the variable, never its value: it may hold a password. */
export function proxyOf(env: Readonly<Record<string, string | undefined>>): ProxySettings | undefined {
  const http = proxyUrl(env, "http_proxy");
  const https = proxyUrl(env, "https_proxy");
  if (http === "" && https === "") return undefined;
  return { http, https, no: env["no_proxy"] ?? env["NO_PROXY"] ?? "" };
}

function proxyUrl(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const found = [name, name.toUpperCase()].find((one) => (env[one] ?? "") !== "");
  const text = found === undefined ? "" : (env[found] ?? "");
  if (found === undefined) return "";
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return text;
  throw new Error(`${found} is no http or https address`);
}
