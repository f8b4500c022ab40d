// One request -> its answer, or why there was none. Never throws for what a receiver does, never follows a redirect, never
// reads more than a little of an answer.
//
// A connection serves one request: alerts are rare, a kept connection that the other side has closed meanwhile would fail
// the one that matters, and a name is looked up anew each time.

import type { Dispatcher } from "undici";
import { Agent, EnvHttpProxyAgent, request } from "undici";
import { checkTarget, guardedLookup } from "./address-guard.ts";
import type { HttpFailure } from "./http-failure.ts";
import { failureOf } from "./http-failure.ts";
import type { ProxySettings } from "./proxy-settings.ts";

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST";
  /** http or https. A user name and password in it are sent as basic authorization. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything from the look-up of the name to the headers of the answer, ms. */
  readonly timeoutMs: number;
  /** Only https and public addresses are called. */
  readonly forbidPrivate: boolean;
  /** Gives the request up; the answer is then "aborted". */
  readonly signal?: AbortSignal;
}

export type HttpAnswer =
  | {
      readonly answered: true;
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly date: string | undefined;
      /** The beginning of the body as text, unchecked; empty for a success. */
      readonly excerpt: string;
    }
  | { readonly answered: false; readonly reason: HttpFailure; readonly code: string };

export interface HttpClientOptions {
  /** For the connection alone, TLS included, ms. */
  readonly connectTimeoutMs: number;
  /** Headers of an answer. */
  readonly headerBytesMax: number;
  /** What is read of a body, and for how long. */
  readonly excerptBytesMax: number;
  readonly excerptMs: number;
  /** What is called with forbidPrivate goes through none: it would look names up by itself, unchecked. */
  readonly proxy?: ProxySettings | undefined;
}

export const defaultHttpClientOptions: HttpClientOptions = {
  connectTimeoutMs: 5_000,
  headerBytesMax: 16_384,
  excerptBytesMax: 16_384,
  excerptMs: 1_000,
};

export interface HttpClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { connectTimeoutMs: timeout, headerBytesMax: maxHeaderSize } = options;
  const common = { pipelining: 0, allowH2: false, maxHeaderSize };
  const open = openDispatcher({ ...common, connect: { timeout } }, options.proxy);
  const guarded = new Agent({ ...common, connect: { timeout, lookup: guardedLookup() } });
  return {
    send: (one) => send(one.forbidPrivate ? guarded : open, one, options),
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
}

function openDispatcher(common: Agent.Options, proxy: ProxySettings | undefined): Dispatcher {
  if (proxy === undefined) return new Agent(common);
  return new EnvHttpProxyAgent({ ...common, httpProxy: proxy.http, httpsProxy: proxy.https, noProxy: proxy.no });
}

async function send(agent: Dispatcher, one: HttpRequest, options: HttpClientOptions): Promise<HttpAnswer> {
  const deadline = deadlineOf(one);
  try {
    const url = new URL(one.url);
    if (one.forbidPrivate) checkTarget(url);
    const answer = await request(withoutLogin(url), {
      dispatcher: agent,
      method: one.method,
      headers: { ...loginHeader(url), ...one.headers },
      body: one.body ?? null,
      signal: deadline.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const { statusCode: status, headers, body } = answer;
    const excerpt = await excerptOf(body, options);
    return {
      answered: true,
      status,
      retryAfter: oneHeader(headers["retry-after"]),
      date: oneHeader(headers["date"]),
      excerpt: status >= 200 && status < 300 ? "" : excerpt,
    };
  } catch (error) {
    const gaveUp = deadline.gaveUp();
    if (gaveUp !== undefined) return { answered: false, reason: gaveUp, code: "" };
    return { answered: false, ...failureOf(error) };
  } finally {
    deadline.clear();
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Why it was given up, if it was. */
  gaveUp(): "timeout" | "aborted" | undefined;
  clear(): void;
}

/** By hand: a signal made of two others would stay with the one that lives as long as the process. */
function deadlineOf({ timeoutMs, signal }: HttpRequest): Deadline {
  const controller = new AbortController();
  let why: "timeout" | "aborted" | undefined;
  const giveUp = (reason: "timeout" | "aborted"): void => {
    why ??= reason;
    controller.abort();
  };
  const abort = (): void => giveUp("aborted");
  const timer = setTimeout(() => giveUp("timeout"), timeoutMs);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted === true) abort();
  return {
    signal: controller.signal,
    gaveUp: () => why,
    clear: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}

/** The status is the answer. The body is read politely for a moment, so that the other side need not log a broken connection. */
async function excerptOf(body: Dispatcher.ResponseData["body"], options: HttpClientOptions): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), options.excerptMs);
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= options.excerptBytesMax) break;
    }
  } catch {
    // Broken off or too slow: what came so far is enough.
  } finally {
    clearTimeout(timer);
    body.on("error", () => undefined).destroy();
  }
  return Buffer.concat(chunks).toString("utf8").slice(0, options.excerptBytesMax);
}

function withoutLogin(url: URL): URL {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare;
}

function loginHeader(url: URL): Record<string, string> {
  if (url.username === "" && url.password === "") return {};
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
}

function oneHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
