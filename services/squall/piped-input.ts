// Is there something on standard input that is meant to be read?

import { fstatSync } from "node:fs";

const STANDARD_INPUT = 0;

/** Something is piped in: a FIFO, a socket or a file; not a terminal, not /dev/null, not a closed descriptor. */
export function hasPipedInput(): boolean {
  try {
    const stat = fstatSync(STANDARD_INPUT);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}
