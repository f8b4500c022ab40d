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
  /** It is a member of its group and has read the state of every partition that it was given, be it none: one that stands by is ready. */
  readonly isReady: boolean;
  /** What is not done while it is not ready: "group joined". */
  readonly waitsFor: string;
}

const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 10_000;

/**
 * Makes and starts a service; tries again while no broker answers, and says so once. Undefined: given up by the signal, at once: what is
 * under way then may take as long as the client tries.
 */
export async function startPatiently<Service extends RunningService>(
  make: () => Promise<Service>,
  { signal, say, clock }: { readonly signal: AbortSignal; readonly say: (line: string) => void; readonly clock: Clock },
): Promise<Service | undefined> {
  const givenUp = aborted(signal);
  let said = "";
  for (let waitMs = RETRY_MIN_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
    const started = await Promise.race([attempt(make, signal), givenUp]);
    if (started === undefined || !(started instanceof LogError)) return started;
    if (said !== started.message) say(`no broker answers, tried again until one does: ${started.message}`);
    said = started.message;
    const waited = Promise.withResolvers<void>();
    const cancel = clock.after(waitMs, () => waited.resolve());
    await Promise.race([waited.promise, givenUp]);
    cancel();
  }
  return undefined;
}

/** The service that runs; or why no broker answers. Undefined where nobody waits for it any more: then it is stopped. */
async function attempt<Service extends RunningService>(
  make: () => Promise<Service>,
  signal: AbortSignal,
): Promise<Service | LogError | undefined> {
  let service: Service | undefined;
  try {
    service = await make();
    if (!signal.aborted) await service.start();
    if (!signal.aborted) return service;
  } catch (error) {
    await service?.stop();
    if (signal.aborted) return undefined;
    if (!(error instanceof LogError) || error.fault === "refused") throw error;
    return error;
  }
  await service.stop();
  return undefined;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

/** Alive as long as the event loop answers: neither brokers nor receivers nor databases are asked. */
export const ALIVE: HealthAnswer = { ok: true, text: "ok" };

export function readiness(service: RunningService | undefined, isStopping: boolean): HealthAnswer {
  if (isStopping) return { ok: false, text: "stopping" };
  if (service === undefined) return { ok: false, text: "not yet: brokers reached" };
  return service.isReady ? { ok: true, text: "ready" } : { ok: false, text: `not yet: ${service.waitsFor}` };
}
