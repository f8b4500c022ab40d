// services, shared -> dist: copies what `tsc` leaves behind (schemas and other files read at run time) beside the emitted program.

import { cpSync, globSync } from "node:fs";

for (const asset of globSync("{services,shared}/**/*.{json,html,css,svg}")) cpSync(asset, `dist/${asset}`);
