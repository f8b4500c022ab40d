// A webhook's receiver on loopback that plays what a test tells it to: statuses, hangs, resets, bodies that never end.

import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Socket } from "node:net";

export type Play =
  | {
      readonly play: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Hears everything and says nothing. */
  | { readonly play: "hang" }
  /** Hears everything, then the connection is gone. */
  | { readonly play: "reset" }
  /** A status at once, then a byte every 20 ms. */
  | { readonly play: "drip"; readonly status: number }
  /** A status, then as much as the other side takes. */
  | { readonly play: "giant"; readonly status: number }
  /** Bytes that are no HTTP, or an endless head. */
  | { readonly play: "raw"; readonly bytes: string };

export interface HeardRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ScriptedReceiver {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  readonly heard: HeardRequest[];
  /** One a request, in order; then `otherwise`. */
  readonly script: Play[];
  otherwise: Play;
  /** Connections that were ever made. */
  connections(): number;
  /** Bytes that were sent in answers. */
  bytesSent(): number;
  /** Requests that are being kept waiting. */
  held(): number;
  close(): Promise<void>;
}

const OK: Play = { play: "answer", status: 204 };

export async function startReceiver(): Promise<ScriptedReceiver> {
  const sockets = new Set<Socket>();
  const counts = { connections: 0, sent: 0, held: 0 };
  const script: Play[] = [];
  const heard: HeardRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      heard.push(heardOf(request, chunks));
      perform(script.shift() ?? receiver.otherwise, response, counts);
    });
  });
  server.on("connection", (socket) => {
    counts.connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      counts.sent += socket.bytesWritten;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const port = portOf(server);
  const receiver: ScriptedReceiver = {
    origin: `http://127.0.0.1:${port}`,
    port,
    heard,
    script,
    otherwise: OK,
    connections: () => counts.connections,
    bytesSent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, counts.sent),
    held: () => counts.held,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return address.port;
}

function heardOf(request: IncomingMessage, chunks: readonly Buffer[]): HeardRequest {
  const { method = "", url: path = "", headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
}

function perform(play: Play, response: ServerResponse, counts: { held: number }): void {
  switch (play.play) {
    case "answer":
      response.writeHead(play.status, play.headers);
      response.end(play.body);
      break;
    case "hang":
      counts.held += 1;
      response.on("close", () => {
        counts.held -= 1;
      });
      break;
    case "reset":
      response.socket?.resetAndDestroy();
      break;
    case "drip":
      response.writeHead(play.status);
      drip(response);
      break;
    case "giant":
      response.writeHead(play.status);
      pour(response);
      break;
    case "raw":
      response.socket?.end(play.bytes);
      break;
  }
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write("x"), 20);
  response.on("close", () => clearInterval(timer));
}

function pour(response: ServerResponse): void {
  const block = "x".repeat(65_536);
  const more = (): void => {
    while (!response.destroyed && response.write(block));
  };
  response.on("drain", more);
  more();
}
