// An InfluxDB on loopback that keeps points as the real one does (measurement, tags and time are a point's identity) and plays
// what a test tells it to: statuses with their headers, hangs, resets, lines it does not take, batches that are too large.

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { readLines } from "./line-protocol.ts";
import { freePort } from "./free-port.ts";

export type InfluxPlay =
  | { readonly play: "store" }
  | {
      readonly play: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Hears everything and says nothing. */
  | { readonly play: "hang" }
  /** Hears everything, then the connection is gone. */
  | { readonly play: "reset" };

export interface HeardWrite {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly encoding: string | undefined;
  readonly lines: readonly string[];
}

export interface FakeInflux {
  readonly origin: string;
  readonly port: number;
  readonly heard: HeardWrite[];
  /** `measurement,tags time` -> fields as they were written. */
  readonly points: Map<string, Map<string, string>>;
  /** One a request, in order; then `otherwise`. */
  readonly script: InfluxPlay[];
  otherwise: InfluxPlay;
  /** Why a line is not taken; undefined: it is. */
  refuses: (line: string) => string | undefined;
  /** What happens to the other lines of a batch with one that is not taken, and with what status it is told. */
  partly: { readonly status: number; readonly storesOthers: boolean; readonly saysDropped: boolean };
  linesMax: number;
  /** Connections are cut and none is taken, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

const STORE: InfluxPlay = { play: "store" };

export async function startFakeInflux(): Promise<FakeInflux> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const write = writeOf(request, Buffer.concat(chunks));
      fake.heard.push(write);
      perform(fake, write, response);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  // While it is away nobody else may be given its port: whoever still tries would store with them.
  const port = await freePort();
  await listen(server, port);
  const down = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  const fake: FakeInflux = {
    origin: `http://127.0.0.1:${port}`,
    port,
    heard: [],
    points: new Map(),
    script: [],
    otherwise: STORE,
    refuses: () => undefined,
    partly: { status: 400, storesOthers: true, saysDropped: false },
    linesMax: Number.POSITIVE_INFINITY,
    down,
    up: () => listen(server, port),
    close: down,
  };
  return fake;
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
}

function writeOf({ headers, url = "" }: IncomingMessage, body: Buffer): HeardWrite {
  const { authorization, "content-encoding": encoding } = headers;
  const text = (encoding === "gzip" ? gunzipSync(body) : body).toString("utf8");
  return { path: url, authorization, encoding, lines: text.split("\n") };
}

function perform(fake: FakeInflux, { lines }: HeardWrite, response: ServerResponse): void {
  const play = fake.script.shift() ?? fake.otherwise;
  if (play.play === "hang") return;
  if (play.play === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (play.play === "answer") {
    response.writeHead(play.status, play.headers);
    response.end(play.body);
    return;
  }
  if (lines.length > fake.linesMax) {
    answerJson(response, 413, "request body too large");
    return;
  }
  const faults = lines.map((line) => fake.refuses(line));
  const fault = faults.find((one) => one !== undefined);
  if (fault === undefined || fake.partly.storesOthers) {
    for (const [index, line] of lines.entries()) if (faults[index] === undefined) store(fake.points, line);
  }
  if (fault === undefined) {
    response.writeHead(204);
    response.end();
    return;
  }
  const dropped = faults.filter((one) => one !== undefined).length;
  answerJson(response, fake.partly.status, fake.partly.saysDropped ? `${fault} dropped=${dropped}` : fault);
}

function answerJson(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ code: "invalid", message }));
}

function store(points: Map<string, Map<string, string>>, line: string): void {
  for (const { measurement, tags, fields, time } of readLines(line)) {
    const sorted = [...tags].map(([name, value]) => `${name}=${value}`).toSorted();
    const identity = `${[measurement, ...sorted].join(",")} ${time}`;
    const stored = points.get(identity) ?? new Map<string, string>();
    for (const [name, { value }] of fields) stored.set(name, value);
    points.set(identity, stored);
  }
}
