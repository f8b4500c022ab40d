// A page, what it asks for as JSON, and a stream of events, on one port. It changes nothing: only GET.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { EventStream } from "./event-stream.ts";
import { type HttpPort, openHttpPort } from "./http-port.ts";
import type { ListenAddress } from "./listen-address.ts";
import type { PageFile } from "./page-files.ts";
import { askedOf, PageGuard } from "./page-guard.ts";

export interface PageServerOptions {
  readonly address: ListenAddress;
  /** Needed anywhere but on loopback. */
  readonly token: string | undefined;
  readonly files: ReadonlyMap<string, PageFile>;
  /** What stands under a path, as it is now; undefined: nothing does. */
  readonly resource: (path: string) => unknown;
  /** Path under which `stream` is. */
  readonly streamPath: string;
  readonly stream: EventStream;
  /** What somebody hears first who begins to listen. */
  readonly firstWord: () => { readonly event: string; readonly data: string };
  /** An answer that could not be made: a fault of ours. */
  readonly onFault: (error: unknown) => void;
  /** What is said beside a port that cannot be opened: the setting to change. */
  readonly mend: string;
}

const CONNECTIONS_MAX = 256;
const STREAMS_MAX = 100;
const HEADER_BYTES_MAX = 16_384;
const JSON_TYPE = "application/json; charset=utf-8";
const PLAIN = "text/plain; charset=utf-8";

/** Nothing from elsewhere, nobody around it. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** Opens the port; who listens to the stream is cut off with it. Throws ListenError. */
export async function openPageServer(options: PageServerOptions): Promise<HttpPort> {
  const { address, mend, stream } = options;
  const guard = new PageGuard(options);
  const port = await openHttpPort({
    subject: "live page",
    address,
    connectionsMax: CONNECTIONS_MAX,
    headerBytesMax: HEADER_BYTES_MAX,
    answer(request, response) {
      try {
        answer(request, response, { ...options, guard });
      } catch (error) {
        // Whatever was asked: who looks does not end who detects.
        options.onFault(error);
        response.destroy();
      }
    },
    mend,
  });
  const close = (): Promise<void> => {
    stream.close();
    return port.close();
  };
  return { address: port.address, close };
}

interface Answering extends PageServerOptions {
  readonly guard: PageGuard;
}

function answer(request: IncomingMessage, response: ServerResponse, options: Answering): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    send(request, response, { status: 405, type: PLAIN, body: "only GET\n", headers: { allow: "GET, HEAD" } });
    return;
  }
  const asked = askedOf(request);
  const entry = options.guard.entry(request, asked);
  if (entry.may === "not") {
    send(request, response, { status: entry.status, type: PLAIN, body: `${entry.words}\n` });
    return;
  }
  const { path } = asked;
  if (entry.may === "keep-token") {
    const headers = { "set-cookie": entry.cookie, location: `/${path}` };
    send(request, response, { status: 303, type: PLAIN, body: "", headers });
    return;
  }
  if (path === options.streamPath && request.method === "GET") openStream(response, options);
  else send(request, response, replyTo(path, options));
}

function openStream(response: ServerResponse, { stream, firstWord }: Answering): void {
  if (stream.size >= STREAMS_MAX) {
    response.writeHead(503, { ...SAFE_HEADERS, "retry-after": "10" }).end();
    return;
  }
  const { event, data } = firstWord();
  response.writeHead(200, { ...SAFE_HEADERS, "content-type": "text/event-stream", "x-accel-buffering": "no" });
  stream.open(response, event, data);
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

function replyTo(path: string, { files, resource }: Answering): Reply {
  const file = files.get(path);
  if (file !== undefined) return { status: 200, type: file.type, body: file.bytes };
  const found = resource(path);
  if (found !== undefined) return { status: 200, type: JSON_TYPE, body: JSON.stringify(found) };
  return { status: 404, type: PLAIN, body: "not found\n" };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body, headers }: Reply): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    ...SAFE_HEADERS,
    ...headers,
    "content-type": type,
    "content-length": bytes.length,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
