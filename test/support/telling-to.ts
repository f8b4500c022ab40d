import type { Telling } from "../../services/alerter/telling-shell.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";

const nothing = (): void => undefined;

/** A telling that tells `add`, and keeps nothing. */
export function tellingTo(add: (alert: StormAlert) => void): Telling {
  return {
    add,
    restore: nothing,
    restored: nothing,
    start: nothing,
    changes: nothing,
    flushed: nothing,
    reload: nothing,
    status: () => ({ receivers: [], lostWithReceiver: 0, stormsForgotten: 0 }),
    latest: () => [],
    settled: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
