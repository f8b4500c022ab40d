// A connection to an InfluxDB by the client's transport, which sends one request and tries nothing again.

import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { HttpHeaders, SendOptions } from "@influxdata/influxdb-client";
import { HttpError, InfluxDB } from "@influxdata/influxdb-client";

export interface InfluxOptions {
  /** http or https; a path before /api is kept. */
  readonly url: string;
  /** In 1.8 `user:password`; empty: none is sent. */
  readonly token: string;
  /** 1.8 takes none: empty. */
  readonly org: string;
  /** In 1.8 `database/retention-policy`. */
  readonly bucket: string;
  /** For one request, from the look-up of the name to the end of the answer, ms. */
  readonly timeoutMs: number;
  /** Certificates in PEM; no other authority is trusted then. */
  readonly ca?: string | undefined;
}

export interface InfluxRequest {
  readonly method: "GET" | "POST";
  /** Behind the URL, with its query. */
  readonly path: string;
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export interface InfluxAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The beginning. */
  readonly body: string;
}

export interface InfluxConnection {
  /** Whatever the status is. Rejects when there is no answer; with InfluxTimeoutError when it took too long. */
  send(request: InfluxRequest): Promise<InfluxAnswer>;
  close(): void;
}

export class InfluxTimeoutError extends Error {
  override readonly name = "InfluxTimeoutError";
}

/** Smaller bodies are sent as they are. */
const GZIP_FROM_BYTES = 1_000;
const BODY_CHARS_MAX = 65_536;

/** Throws for a URL that is none of http or https, or holds a user. */
export function openInflux(options: InfluxOptions): InfluxConnection {
  const { url, token, timeoutMs: timeout, ca } = options;
  const { protocol, username } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new TypeError("the URL of InfluxDB begins with http or https");
  }
  if (username !== "") throw new TypeError("the URL of InfluxDB holds no user: 1.8 takes user:password as the token");
  const kept = { keepAlive: true, maxSockets: 1, ...(ca === undefined ? {} : { ca }) };
  const agent = protocol === "https:" ? new HttpsAgent(kept) : new HttpAgent(kept);
  const client = new InfluxDB({
    url: url.replace(/\/+$/u, ""),
    ...(token === "" ? {} : { token }),
    timeout,
    transportOptions: { agent },
    writeOptions: { maxRetries: 0 },
  });
  return {
    send: (request) => sendInTime(client, request, timeout),
    close: () => agent.destroy(),
  };
}

/** The transport's own timeout is for a silence on the connection only. */
async function sendInTime(client: InfluxDB, request: InfluxRequest, timeoutMs: number): Promise<InfluxAnswer> {
  const { signal } = request;
  const giveUp = new AbortController();
  const abort = (): void => giveUp.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    abort();
  }, timeoutMs);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted === true) abort();
  try {
    return await send(client, request, giveUp.signal);
  } catch (error) {
    if (error instanceof HttpError) {
      const { statusCode: status, body = "", headers = {} } = error;
      return { status, headers, body: body.slice(0, BODY_CHARS_MAX) };
    }
    throw isLate ? new InfluxTimeoutError(`no answer within ${timeoutMs} ms`) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Rejects with the client's HttpError for 300 and above. */
async function send(client: InfluxDB, request: InfluxRequest, signal: AbortSignal): Promise<InfluxAnswer> {
  const { method, path, body: sent, headers: sentHeaders = {} } = request;
  const options: SendOptions = { method, headers: sentHeaders, gzipThreshold: GZIP_FROM_BYTES, signal };
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: HttpHeaders = {};
    let body = "";
    client.transport.send(path, sent, options, {
      responseStarted: (answered: HttpHeaders, statusCode = 0) => {
        status = statusCode;
        headers = answered;
      },
      next: (chunk) => {
        if (body.length < BODY_CHARS_MAX) body += Buffer.from(chunk).toString("utf8");
      },
      error: reject,
      complete: () => resolve({ status, headers, body }),
    });
  });
}
