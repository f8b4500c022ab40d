// services, shared -> dist: copies what `tsc` leaves behind (schemas and other files read at run time) beside the emitted program.

import { cpSync, globSync } from "node:fs";

for (const asset of globSync("{services,shared}/**/*.{json,html,css,svg}").filter(
  (path) => !path.endsWith("tsconfig.json"),
))
  cpSync(asset, `dist/${asset}`);
