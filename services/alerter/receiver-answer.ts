// What a receiver answered, or that it did not -> how the try ended.
//
// 2xx is heard, whatever the body. 410 wants nothing more: the receiver is disabled. 400, 413, 415 and 422 are about this body,
// which will not get better: given up at once, counted and told (Alertmanager does so with every 4xx). All else is tried again
// for a day: 5xx, 408, 425, 429 and 409 mend themselves, and a token that was changed (401, 403), a route that is not up yet
// (404, 405) or a redirect (3xx, never followed) are mended by somebody in that time. Standard Webhooks tries all of these again.

import { retryAfterMs } from "../../shared/domain/retry-delay.ts";
import type { AttemptOutcome, RetryReason } from "./delivery.ts";

/** As the HTTP client gives it. `excerpt` must have been made safe to show. */
export type ReceiverAnswer =
  | {
      readonly answered: true;
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly date: string | undefined;
      readonly excerpt: string;
    }
  | { readonly answered: false; readonly reason: RetryReason; readonly code: string };

/** As the adapter for processes gives it. `output` must have been made safe to show. */
export type CommandResult =
  | { readonly ended: "exit"; readonly code: number; readonly output: string }
  | { readonly ended: "signal"; readonly signal: string; readonly output: string }
  | { readonly ended: "timeout" | "aborted"; readonly output: string }
  | { readonly ended: "not-started"; readonly code: string };

const BODY_STATUSES: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const GONE = 410;
const SERVICE_UNAVAILABLE = 503;
const TOO_MANY_REQUESTS = 429;

export function outcomeOfAnswer(answer: ReceiverAnswer, nowMs: number): AttemptOutcome {
  if (!answer.answered) return { kind: "retry", reason: answer.reason, detail: answer.code };
  const { status, retryAfter, date, excerpt } = answer;
  const detail = excerpt === "" ? `status ${status}` : `status ${status}: ${excerpt}`;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === GONE) return { kind: "gone", detail };
  if (BODY_STATUSES.has(status)) return { kind: "refused", detail };
  const waitMs = retryAfter === undefined ? undefined : retryAfterMs(retryAfter, date, nowMs);
  const isLimit = status === TOO_MANY_REQUESTS;
  return {
    kind: "retry",
    reason: reasonOf(status),
    detail,
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(isLimit || (status === SERVICE_UNAVAILABLE && waitMs !== undefined) ? { pausesReceiver: true } : {}),
  };
}

/** For a person, without a secret. */
export function outcomeInWords(outcome: AttemptOutcome): string {
  if (outcome.kind === "delivered") return "it was heard";
  if (outcome.kind === "gone") return `it wants nothing more (${outcome.detail})`;
  if (outcome.kind === "refused") return `it refuses what it is sent (${outcome.detail})`;
  return outcome.detail === "" ? outcome.reason : `${outcome.reason} (${outcome.detail})`;
}

function reasonOf(status: number): RetryReason {
  if (status === TOO_MANY_REQUESTS) return "rate-limited";
  if (status === 401 || status === 403 || status === 407) return "auth-error";
  if (status >= 500) return "server-error";
  return status >= 300 && status < 400 ? "redirect" : "client-error";
}

/** Exit code 0 is heard; everything else is tried again. */
export function outcomeOfCommand(result: CommandResult): AttemptOutcome {
  if (result.ended === "not-started") return { kind: "retry", reason: "not-started", detail: result.code };
  const says = result.output === "" ? "" : `: ${result.output}`;
  if (result.ended === "exit") {
    if (result.code === 0) return { kind: "delivered" };
    return { kind: "retry", reason: "exit-code", detail: `exit code ${result.code}${says}` };
  }
  if (result.ended === "signal") return { kind: "retry", reason: "killed", detail: `${result.signal}${says}` };
  return { kind: "retry", reason: result.ended, detail: `stopped${says}` };
}
