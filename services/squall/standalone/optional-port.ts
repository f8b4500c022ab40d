// A port that is opened for who looks at squall: detection does without one that cannot be had, and says so.

import { ListenError } from "../../../shared/runtime/listen-address.ts";

/** `what`: squall goes on without it. Undefined: it cannot be had, which is said. */
export async function openedOrSaid<Port>(
  open: Promise<Port>,
  what: string,
  say: (line: string) => void,
): Promise<Port | undefined> {
  try {
    return await open;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    say(`${error.message}. squall goes on without ${what}`);
    return undefined;
  }
}
