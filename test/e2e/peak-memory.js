// Preloaded into a process under test: at its end tells the largest resident set, in kilobytes, on descriptor 3.

import { writeSync } from "node:fs";

process.on("exit", () => {
  writeSync(3, String(process.resourceUsage().maxRSS));
});
