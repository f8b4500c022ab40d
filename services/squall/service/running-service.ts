// One service as its process sees it: it starts once the brokers answer, runs, and stops.

import type { Clock } from "../../../shared/runtime/clock.ts";
import type { HealthAnswer } from "../../../shared/runtime/health.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";

export interface RunningService {
  /** Joins. Rejects with LogError and StateLogError. */
  start(): Promise<void>;
  /** Resolves when it was stopped. Rejects with what it cannot go on after. */
  run(): Promise<void>;
  /** Ends what is under way and leaves, within 10 s. */
  stop(): Promise<void>;
  readonly isReady: boolean;
  /** What it waits for while it is not ready. */
  readonly waitsFor: string;
}

const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 30_000;

/** Makes and starts a service; tries again while no broker answers. Undefined: given up by the signal. */
export async function startPatiently<Service extends RunningService>(
  make: () => Promise<Service>,
  { signal, say, clock }: { readonly signal: AbortSignal; readonly say: (line: string) => void; readonly clock: Clock },
): Promise<Service | undefined> {
  for (let waitMs = RETRY_MIN_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
    let service: Service | undefined;
    try {
      service = await make();
      await service.start();
      return service;
    } catch (error) {
      await service?.stop();
      if (!(error instanceof LogError) || error.fault === "refused") throw error;
      say(`no broker answers, tried again in ${waitMs / 1000} s: ${error.message}`);
    }
    await new Promise<void>((resolve) => {
      const cancel = clock.after(waitMs, resolve);
      signal.addEventListener(
        "abort",
        () => {
          cancel();
          resolve();
        },
        { once: true },
      );
    });
  }
  return undefined;
}

/** Alive as long as the event loop answers: neither brokers nor receivers nor databases are asked. */
export const ALIVE: HealthAnswer = { ok: true, text: "ok" };

export function readiness(service: RunningService | undefined, isStopping: boolean): HealthAnswer {
  if (isStopping) return { ok: false, text: "stopping" };
  if (service === undefined) return { ok: false, text: "not yet: the brokers answer" };
  return service.isReady ? { ok: true, text: "ready" } : { ok: false, text: `not yet: ${service.waitsFor}` };
}
