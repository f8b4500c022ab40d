// Ports of loopback for servers of tests.

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

// Below the ports that the system gives to outgoing connections: a server that is away for a while finds its port free again, and a
// client that keeps trying it never happens to be connected to itself.
const FIRST_PORT = 15_000;
const END_PORT = 32_000;
const TRIES_MAX = 100;

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES_MAX} ports tried between ${FIRST_PORT} and ${END_PORT} is free`);
}

/** `count` of them, each another. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
