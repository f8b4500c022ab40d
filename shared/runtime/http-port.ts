// A port on which something is asked by HTTP: bounded, and let go of at once.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type ListenAddress, ListenError } from "./listen-address.ts";

export interface HttpPortOptions {
  /** What it is for, in words. */
  readonly subject: string;
  readonly address: ListenAddress;
  readonly connectionsMax: number;
  readonly headerBytesMax: number;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  /** What is said beside a port that cannot be opened: the setting to change. */
  readonly mend: string;
}

export interface HttpPort {
  /** Where it listens; the port is the real one. */
  readonly address: ListenAddress;
  /** Lets go of the port at once; what is being answered is cut off. */
  readonly close: () => Promise<void>;
}

const REQUEST_MS = 10_000;
const HEADERS_MS = 5_000;

/** Opens the port. Throws ListenError. */
export async function openHttpPort(options: HttpPortOptions): Promise<HttpPort> {
  const { subject, address, connectionsMax, headerBytesMax, answer, mend } = options;
  const limits = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeaderSize: headerBytesMax };
  const server = createServer(limits, answer);
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError(subject, address, { error, mend })));
    server.listen({ host: address.host, port: address.port }, resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return {
    address: { host: address.host, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
