#!/usr/bin/env node
// The `squall` command: checks the Node version, then loads the program. Plain JavaScript that any Node can read, so that
// an old one gets a sentence and not a syntax error. A checkout has the source beside this file, a package the emitted program.

import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`squall needs Node 22.19 or later; this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  // The reading of a line is many small functions: let the engine join more of them into one.
  setFlagsFromString("--max-inlined-bytecode-size=1500");
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=1500");
  const source = new URL("./main.ts", import.meta.url);
  const emitted = new URL("../../dist/services/squall/main.js", import.meta.url);
  const isCheckout = existsSync(source);
  // Stripping types is half of a start from source. The cache lies with the code and is trusted as that is; the default, in
  // the folder for temporary files, could be prepared by anybody.
  if (isCheckout) module.enableCompileCache(fileURLToPath(new URL("../../.cache/compiled", import.meta.url)));
  const { main } = await import((isCheckout ? source : emitted).href);
  await main(new URL("../../package.json", import.meta.url));
}
