// What InfluxDB (or what stands before it) answered, or that it did not -> what to do with the batch.
//
//   200, 204                stored
//   201                     stored in part (3.x clustered): which lines were not is found by halves
//   400, 413, 422           something in the batch, or its size: halves again. 1.8 answers 400 and 2.x 422 when it took the
//                           other lines; both may say how many they dropped
//   all else, no answer     wait: a token that was changed (401, 403), a bucket that is not there yet (404), a gateway (408, 5xx),
//                           a limit (429). Somebody mends these, and then the batch is written

import type { WaitReason, WriteOutcome } from "../../runtime/point-writer.ts";
import type { InfluxAnswer } from "./influx-connection.ts";
import { InfluxTimeoutError } from "./influx-connection.ts";

const DETAIL_CHARS_MAX = 500;

/** `secrets` are blanked where the server repeats them. */
export function outcomeOfAnswer(answer: InfluxAnswer, lineCount: number, secrets: readonly string[]): WriteOutcome {
  const { status, body, headers } = answer;
  const said = shown(messageOf(body), secrets);
  const detail = said === "" ? `status ${status}` : `status ${status}: ${said}`;
  if (status === 201 || status === 400 || status === 413 || status === 422) {
    return { kind: "refused", status, detail, isAll: droppedOf(body) === lineCount };
  }
  if (status >= 200 && status < 300) return { kind: "stored" };
  const [retryAfter, date] = [oneOf(headers["retry-after"]), oneOf(headers["date"])];
  return { kind: "wait", reason: reasonOf(status), detail, retryAfter, date };
}

export function outcomeOfError(error: unknown, secrets: readonly string[]): WriteOutcome {
  if (error instanceof InfluxTimeoutError) return { kind: "wait", reason: "timeout", detail: error.message };
  const code = codeOf(error);
  const reason = code === "RequestTimedOutError" || code === "ETIMEDOUT" ? "timeout" : "unreachable";
  return { kind: "wait", reason, detail: shown(code, secrets) };
}

function reasonOf(status: number): WaitReason {
  if (status === 401 || status === 403 || status === 407) return "auth-error";
  if (status === 404) return "not-found";
  if (status === 408) return "timeout";
  if (status === 429) return "rate-limited";
  return status >= 500 ? "server-error" : "unexpected";
}

/** Answers are {"code": …, "message": …} in 2.x, {"error": …} in 1.8 and 3.x; a gateway's are anything. */
function messageOf(body: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return body;
  }
  if (typeof parsed !== "object" || parsed === null) return body;
  for (const key of ["message", "error"]) {
    const value: unknown = Object.entries(parsed).find(([name]) => name === key)?.[1];
    if (typeof value === "string" && value !== "") return value;
  }
  return body;
}

/** `partial write: … dropped=3`: at the end, where no text of a line stands. */
function droppedOf(body: string): number | undefined {
  const [, count] = /dropped=(\d{1,9})$/u.exec(messageOf(body).trim()) ?? [];
  return count === undefined ? undefined : Number(count);
}

/** A refused line can be quoted in the answer, and so can what was sent to prove who we are. */
function shown(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) if (secret !== "") result = result.replaceAll(secret, "***");
  const plain = result.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
  return plain.length <= DETAIL_CHARS_MAX ? plain : `${plain.slice(0, DETAIL_CHARS_MAX - 1)}…`;
}

/** ECONNREFUSED, CERT_HAS_EXPIRED; messages of errors can hold an address, so they are not shown. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code: unknown = Object.entries(error).find(([name]) => name === "code")?.[1];
  return typeof code === "string" ? code : error.name;
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
