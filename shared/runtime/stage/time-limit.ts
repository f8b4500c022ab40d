// Waiting for something, but not for ever.

import type { Clock } from "../clock.ts";

/** False when it takes longer; it goes on then, and nobody waits for it. Never rejects: what failed is done. */
export async function isDoneWithin(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.after(limitMs, () => {
    resolve(false);
  });
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    cancel();
  }
}
