// Points into InfluxDB 1.8, 2.x and 3.x by /api/v2/write. The client's points and its transport are used, its WriteApi is not:
// that one tries again by itself, reads Retry-After: 30 as 30 ms, and drops what it gives up. Here a batch is one request.

import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { HttpHeaders, Transport } from "@influxdata/influxdb-client";
import { InfluxDB } from "@influxdata/influxdb-client";
import type { PointWriter, WriteOutcome } from "../../runtime/point-writer.ts";
import { pointLine } from "./point-line.ts";
import { outcomeOfAnswer, outcomeOfError } from "./write-answer.ts";

export interface InfluxOptions {
  /** http or https; a path before /api is kept. */
  readonly url: string;
  /** In 1.8 `user:password`; empty: none is sent. */
  readonly token: string;
  /** 1.8 takes none: empty. */
  readonly org: string;
  /** In 1.8 `database/retention-policy`. */
  readonly bucket: string;
  /** For one batch, from the look-up of the name to the end of the answer, ms. */
  readonly timeoutMs: number;
  /** A file with certificates in PEM that are trusted beside none other. */
  readonly caFile?: string;
}

export const INFLUX_TIMEOUT_MS = 15_000;
/** Smaller bodies are sent as they are. */
const GZIP_FROM_BYTES = 1_000;
/** Of an answer that says what a batch held that was not stored. */
const BODY_CHARS_MAX = 16_384;

/** Throws for a URL that is none of http or https, and for a caFile that cannot be read. */
export function createInfluxWriter(options: InfluxOptions): PointWriter {
  const { url, token, timeoutMs: timeout, caFile } = options;
  const { protocol, username } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:")
    throw new TypeError("the URL of InfluxDB begins with http or https");
  if (username !== "") throw new TypeError("the URL of InfluxDB holds no user: 1.8 takes user:password as the token");
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const kept = { keepAlive: true, maxSockets: 1, ...ca };
  const agent = protocol === "https:" ? new HttpsAgent(kept) : new HttpAgent(kept);
  const { transport } = new InfluxDB({
    url: url.replace(/\/+$/u, ""),
    ...(token === "" ? {} : { token }),
    timeout,
    transportOptions: { agent },
    writeOptions: { maxRetries: 0 },
  });
  return {
    lineOf: pointLine,
    write: (lines, signal) => writeBatch(transport, options, { lines, signal }),
    close: () => agent.destroy(),
  };
}

interface Batch {
  readonly lines: readonly string[];
  readonly signal: AbortSignal;
}

async function writeBatch(
  transport: Transport,
  options: InfluxOptions,
  { lines, signal }: Batch,
): Promise<WriteOutcome> {
  const { org, bucket, token, timeoutMs } = options;
  if (signal.aborted) return { kind: "wait", reason: "aborted", detail: "" };
  const query = new URLSearchParams({ ...(org === "" ? {} : { org }), bucket, precision: "ms" });
  const secrets = secretsOf(token);
  // The transport's own timeout is for a silence on the connection only.
  const request = new AbortController();
  const timer = setTimeout(() => request.abort(), timeoutMs);
  const abort = (): void => request.abort();
  signal.addEventListener("abort", abort);
  try {
    const answer = await send(transport, `/api/v2/write?${query.toString()}`, lines.join("\n"), request.signal);
    return outcomeOfAnswer(answer, lines.length, secrets);
  } catch (error) {
    if (signal.aborted) return { kind: "wait", reason: "aborted", detail: "" };
    if (request.signal.aborted) return { kind: "wait", reason: "timeout", detail: `no answer within ${timeoutMs} ms` };
    return outcomeOfError(error, lines.length, secrets);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** Rejects with the client's HttpError for 300 and above. */
async function send(transport: Transport, path: string, body: string, signal: AbortSignal) {
  return new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    let status = 0;
    let said = "";
    const options = {
      method: "POST",
      headers: { "content-type": "text/plain; charset=utf-8" },
      gzipThreshold: GZIP_FROM_BYTES,
      signal,
    };
    transport.send(path, body, options, {
      responseStarted: (_headers: HttpHeaders, statusCode = 0) => {
        status = statusCode;
      },
      next: (chunk) => {
        if (said.length < BODY_CHARS_MAX) said += Buffer.from(chunk).toString("utf8");
      },
      error: reject,
      complete: () => resolve({ status, body: said }),
    });
  });
}

/** A token, and the password in one of 1.8. */
function secretsOf(token: string): readonly string[] {
  const colon = token.indexOf(":");
  return colon < 0 ? [token] : [token, token.slice(colon + 1)];
}
