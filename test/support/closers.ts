// What tests open and must not leave behind.

import { afterEach } from "vitest";

/** A list of what is to be done behind each test of the file, the last first. */
export function closersAfterEach(): (() => Promise<void> | void)[] {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });
  return closers;
}
