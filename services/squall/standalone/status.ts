// Health and metrics of one standalone, and the port that tells them: open before the state is read, so that it can be seen to be read.
// Detection does without a port that is taken: who looks at squall does not end it.

import { Health } from "../../../shared/runtime/health.ts";
import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../../shared/runtime/status-server.ts";
import type { StandaloneCounts } from "./standalone-counts.ts";
import { addStandaloneMetrics } from "./standalone-metrics.ts";
import { METRICS_MEND } from "../port-mends.ts";
import { openedOrSaid } from "./optional-port.ts";

/** What must have happened before it is ready. */
export const STATE_RESTORED = "state restored";
export const INPUTS_OPEN = "inputs open";
/** A flush waits for a slow disk, a turn of the loop for nothing: longer than this, something hangs. */
const STUCK_AFTER_MS = 60_000;

export interface StatusOptions {
  /** Undefined: no port. */
  readonly address: ListenAddress | undefined;
  readonly version: string;
  readonly nodeVersion: string;
  /** A clock that only goes forward, ms. */
  readonly nowMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

export interface Status {
  readonly health: Health;
  /** Where it listens; undefined: nowhere, be it that no port is wanted or that it cannot be had. */
  readonly address: ListenAddress | undefined;
  /** From here on the parts are told too; once. */
  readonly publish: (counts: StandaloneCounts) => void;
  readonly close: () => Promise<void>;
}

/** The loop has made a turn; `isBusy`: there is more to be read. A long backlog is progress, turn by turn. */
export function noteTurn(health: Health, isBusy: boolean): void {
  if (!isBusy) {
    health.idle();
    return;
  }
  health.begin("reading");
  health.progress();
}

/** A port that cannot be had is said. */
export async function openStatus({ address, version, nodeVersion, nowMs, say }: StatusOptions): Promise<Status> {
  const health = new Health({ stuckAfterMs: STUCK_AFTER_MS, conditions: [STATE_RESTORED, INPUTS_OPEN], nowMs });
  const metrics = createMetrics({ service: "standalone", version, nodeVersion, ofProcess: address !== undefined });
  const server =
    address === undefined
      ? undefined
      : await openedOrSaid(
          openStatusServer({ address, metrics, health, mend: METRICS_MEND }),
          "metrics and health",
          say,
        );
  return {
    health,
    address: server?.address,
    publish: (counts) => addStandaloneMetrics(metrics, counts),
    close: async () => server?.close(),
  };
}
