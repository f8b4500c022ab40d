// path -> room, and which room may import what: the arrows of the architecture, written down once for the scan of the tree.

export type Room = "core" | "page" | "shell" | "composer" | "domain" | "runtime" | "adapters" | "unit-test" | "test";

export interface Place {
  readonly room: Room;
  /** The service it belongs to, for the rooms under services/. */
  readonly service: string | undefined;
}

/** Rooms whose files are pure: values in, values out. */
export const PURE_ROOMS: ReadonlySet<Room> = new Set(["core", "domain"]);

/** Built-ins that do no I/O and know no time. */
const PURE_BUILT_INS = new Set(["node:buffer", "node:crypto", "node:util"]);

const DOMAIN_PACKAGES = new Set(["zod", "tldts"]);

const CLIENT_LIBRARIES = /^(kafkajs|lz4js|undici|ipaddr\.js|@influxdata\/)/;

const METRICS_LIBRARY = "prom-client";

const FILES_AND_SOCKETS = /^(node:)?(fs|net|tls|dgram|http|https|http2|child_process|cluster)(\/|$)/;

/** `path` is relative to the repository's root, with forward slashes. Undefined: not a file of a room. */
export function placeOf(path: string): Place | undefined {
  const [top, second = "", ...rest] = path.split("/");
  const name = rest.at(-1) ?? second;
  if (top === "test") return { room: "test", service: undefined };
  if (top === "shared") return sharedPlace(second, name);
  if (top !== "services" || rest.length === 0) return undefined;
  // The tests of what composes all services see all services too.
  if (name.endsWith(".test.ts") && second === "squall" && rest[0] !== "simulate")
    return { room: "test", service: second };
  if (name.endsWith(".test.ts") || rest.includes("testing")) return { room: "unit-test", service: second };
  if (second === "squall" && rest[0] !== "simulate") return { room: "composer", service: second };
  // Runs in a browser.
  if (second === "console" && rest[0] === "page") return { room: "page", service: second };
  const shell = name === "main.ts" || name.endsWith("-shell.ts");
  return { room: shell ? "shell" : "core", service: second };
}

function sharedPlace(folder: string, name: string): Place | undefined {
  if (name.endsWith(".test.ts")) return { room: "unit-test", service: undefined };
  if (folder === "domain" || folder === "runtime" || folder === "adapters") return { room: folder, service: undefined };
  return undefined;
}

const REACHES: Readonly<Record<Room, ReadonlySet<Room>>> = {
  core: new Set(["domain"]),
  page: new Set(),
  shell: new Set(["domain", "runtime", "adapters"]),
  composer: new Set(["core", "shell", "domain", "runtime", "adapters"]),
  domain: new Set(["domain"]),
  runtime: new Set(["runtime"]),
  adapters: new Set(["runtime", "adapters"]),
  "unit-test": new Set(["domain", "runtime", "adapters", "test"]),
  test: new Set(["core", "shell", "composer", "domain", "runtime", "adapters", "test"]),
};

/** Says why `from` may not import the file at `to`, or undefined when it may. */
export function forbiddenFile(from: Place, to: Place): string | undefined {
  const own = from.service !== undefined && from.service === to.service;
  if (own) return coreIntoShell(from, to);
  if (REACHES[from.room].has(to.room)) return undefined;
  if (from.room === "core") return "a core imports shared/domain and files of its own service, nothing else of ours";
  if (to.service !== undefined && from.service !== undefined) return "no service imports another";
  return `${from.room} may not import ${to.room}`;
}

/** Within one service the arrow is main -> shell -> core; in services/squall all but simulate/ is shell. */
function coreIntoShell(from: Place, to: Place): string | undefined {
  const isCore = from.room === "core";
  if (isCore && (to.room === "shell" || to.room === "composer")) return "a core does not import a shell";
  if (from.room === "page") return to.room === "shell" ? "the page does not import a shell" : undefined;
  return to.room === "page" ? "only the page imports the page: it runs in a browser" : undefined;
}

/** Says why `from` may not import the package or built-in `specifier`, or undefined when it may. */
export function forbiddenPackage(from: Place, specifier: string): string | undefined {
  if (from.room === "test" || from.room === "unit-test") return undefined;
  if (specifier === METRICS_LIBRARY && from.room !== "runtime") return "only shared/runtime imports prom-client";
  if (from.room === "adapters") return undefined;
  if (CLIENT_LIBRARIES.test(specifier)) return "only shared/adapters imports a client library";
  if (from.room === "page") return specifier === "uplot" ? undefined : "the page imports uplot and no other package";
  if (from.room === "core" && !PURE_BUILT_INS.has(specifier))
    return "a core imports no package and no built-in that does I/O";
  if (from.room === "domain" && !PURE_BUILT_INS.has(specifier) && !DOMAIN_PACKAGES.has(specifier)) {
    return "shared/domain does no I/O; the packages it may use are zod and tldts";
  }
  if (from.room === "shell" && FILES_AND_SOCKETS.test(specifier)) {
    return "files and sockets belong to shared/adapters, shared/runtime and services/squall";
  }
  return undefined;
}
