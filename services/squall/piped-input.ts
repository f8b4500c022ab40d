// What standard input is: something that is meant to be read, or a person's terminal.

import { fstatSync } from "node:fs";
import { isatty } from "node:tty";

const STANDARD_INPUT = 0;

/** Somebody sits there, as far as can be told. */
export function hasTerminalInput(): boolean {
  return isatty(STANDARD_INPUT);
}

/** Something is piped in: a FIFO, a socket or a file; not a terminal, not /dev/null, not a closed descriptor. */
export function hasPipedInput(): boolean {
  try {
    const stat = fstatSync(STANDARD_INPUT);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}
