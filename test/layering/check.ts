// `npm run lint`: prints every place where the tree goes against its architecture; exits 1 when there is one.

import { findingsIn } from "./scan.ts";
import { sourceFiles } from "./tree.ts";

const findings = sourceFiles(`${import.meta.dirname}/../..`).flatMap(findingsIn);
for (const finding of findings) console.error(finding);
console.log(`layering: ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;
