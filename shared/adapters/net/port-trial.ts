// Can a port be opened? It is opened and closed again at once.

import { createSocket } from "node:dgram";
import { createServer } from "node:net";

export interface PortToTry {
  readonly host: string;
  readonly port: number;
}

/** The error that opening it gives; undefined when it is free. */
export function tryTcpPort({ host, port }: PortToTry): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => resolve(undefined));
    });
  });
}

export function tryUdpPort({ host, port }: PortToTry): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    socket.once("error", (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.close(() => resolve(undefined));
    });
  });
}
