// Steps of a first connection to a server, each within a time, and their failures in words.

import type { Socket } from "node:net";

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "no such host name",
  EAI_AGAIN: "the name cannot be looked up now",
  ECONNREFUSED: "the connection was refused: nothing listens there",
  ECONNRESET: "the connection was cut off",
  EHOSTUNREACH: "no way to that host",
  ENETUNREACH: "no way to that network",
  ETIMEDOUT: "no answer in time",
};

/** What fails after it was judged is of no interest. */
export function quiet<Connection extends Socket>(socket: Connection): Connection {
  return socket.on("error", () => undefined);
}

/** Rejects when the socket fails, is closed, or keeps one waiting. */
export function once(socket: Socket, event: string, timeoutMs: number): Promise<void> {
  const happened = new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
    socket.once("close", () => reject(withCode("ECONNRESET")));
  });
  return inTime(happened, timeoutMs);
}

/** Rejects with ETIMEDOUT when it takes longer. */
export function inTime<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(withCode("ETIMEDOUT")), timeoutMs);
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

/** What identifies it: "ECONNREFUSED", "SELF_SIGNED_CERT_IN_CHAIN"; "" where it has none. */
export function codeOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && "code" in first ? String(first.code) : "";
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** What went wrong, for a person. */
export function words(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return WORDS[codeOf(error)] ?? (first instanceof Error ? first.message : String(first));
}
