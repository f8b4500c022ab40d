// /metrics, /healthz and /readyz on one address: what Prometheus, Kubernetes and a person with curl ask for.

import type { IncomingMessage, ServerResponse } from "node:http";
import { acceptedFormat, CONTENT_TYPES } from "./exposition.ts";
import type { HealthAnswer } from "./health.ts";
import { type HttpPort, openHttpPort } from "./http-port.ts";
import type { ListenAddress } from "./listen-address.ts";
import type { Metrics } from "./metrics.ts";

export interface StatusServerOptions {
  readonly address: ListenAddress;
  readonly metrics: Pick<Metrics, "render">;
  readonly health: { readonly alive: () => HealthAnswer; readonly ready: () => HealthAnswer };
  /** What is said beside a port that cannot be opened: the setting to change. */
  readonly mend: string;
}

const CONNECTIONS_MAX = 64;
const HEADER_BYTES_MAX = 8_192;
const PLAIN = "text/plain; charset=utf-8";
const INDEX = "squall\n/metrics  Prometheus\n/healthz  is it alive\n/readyz   is it ready\n";

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Opens the port. Throws ListenError. */
export function openStatusServer(options: StatusServerOptions): Promise<HttpPort> {
  const { address, mend } = options;
  return openHttpPort({
    subject: "metrics",
    address,
    connectionsMax: CONNECTIONS_MAX,
    headerBytesMax: HEADER_BYTES_MAX,
    answer: (request, response) => void answer(request, options).then((reply) => send(request, response, reply)),
    mend,
  });
}

async function answer(request: IncomingMessage, { metrics, health }: StatusServerOptions): Promise<Reply> {
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "only GET\n");
  switch ((request.url ?? "").split("?", 1)[0]) {
    case "/metrics":
      return scrape(request.headers.accept, metrics);
    case "/healthz":
      return told(health.alive());
    case "/readyz":
      return told(health.ready());
    case "/":
      return plain(200, INDEX);
    default:
      return plain(404, "not found: /metrics, /healthz or /readyz\n");
  }
}

async function scrape(accept: string | undefined, metrics: Pick<Metrics, "render">): Promise<Reply> {
  const format = acceptedFormat(accept);
  try {
    return { status: 200, type: CONTENT_TYPES[format], body: await metrics.render(format) };
  } catch (error) {
    // A metric that cannot be read must not end the process that it is about.
    return plain(500, `metrics cannot be read: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function told({ ok, text }: HealthAnswer): Reply {
  return plain(ok ? 200 : 503, `${text}\n`);
}

function plain(status: number, body: string): Reply {
  return { status, type: PLAIN, body };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Reply): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    "content-type": type,
    "content-length": bytes.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status === 405 ? { allow: "GET, HEAD" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
