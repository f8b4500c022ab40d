// A folder of a page -> what a browser asks for. In a checkout the scripts are TypeScript, of which the types are taken away here;
// a package holds them as JavaScript.

import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname } from "node:path";

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A file from elsewhere, under a name of the page's. */
export interface BorrowedFile {
  readonly name: string;
  readonly from: URL;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".js": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
};
/** What imports name that stands beside the page as `package-NAME.js`. */
const PACKAGE_IMPORT = /\bfrom "([a-z][a-z0-9-]*)"/g;

/** By name; the index is "". Throws what is wrong with a file. */
export function loadPage(folder: URL, borrowed: readonly BorrowedFile[]): ReadonlyMap<string, PageFile> {
  const names = readdirSync(folder).filter((name) => extname(name) in TYPES && !name.endsWith(".test.ts"));
  const files = names.map((name): BorrowedFile => ({ name, from: new URL(name, folder) }));
  const page = new Map<string, PageFile>();
  for (const { name, from } of [...files, ...borrowed]) {
    page.set(name, { type: TYPES[extname(name)] ?? "application/octet-stream", bytes: bytesOf(from) });
  }
  const scripts = names.includes("page.ts") ? ".ts" : ".js";
  const index = page.get("index.html");
  if (index !== undefined) {
    const text = index.bytes.toString().replace('src="page.ts"', `src="page${scripts}"`);
    page.set("", { ...index, bytes: Buffer.from(text) });
  }
  return page;
}

function bytesOf(from: URL): Buffer {
  const kind = extname(from.pathname);
  if (kind !== ".ts" && kind !== ".js") return readFileSync(from);
  const text = readFileSync(from, "utf8");
  const script = kind === ".ts" ? withoutTypes(text) : text;
  return Buffer.from(script.replace(PACKAGE_IMPORT, 'from "./package-$1.js"'));
}

/** What Node does to every file of a checkout; only when it is asked to by name does it call that an experiment. */
function withoutTypes(text: string): string {
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = warn;
  }
}
