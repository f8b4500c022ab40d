// /proc/net/udp -> how many datagrams the kernel dropped at a socket because nobody read them in time. Linux only.

import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";

const TABLES = { 4: "/proc/net/udp", 6: "/proc/net/udp6" } as const;

function readTable(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** Undefined where the kernel does not say, or has no such socket. `host`: an address, or a name (then any IPv4 address counts). */
export function kernelDrops(port: number, host: string, read = readTable): number | undefined {
  const table = read(TABLES[isIPv6(host) ? 6 : 4]);
  return table === undefined ? undefined : dropsInTable(table, port, host);
}

/** The last column of the rows whose local address is this one. */
function dropsInTable(table: string, port: number, host: string): number | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const address = hexOfIpv4(host);
  const rows = table
    .split("\n")
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local = ""]) => {
      const [localAddress = "", localPort] = local.split(":");
      return localPort === wanted && (address === undefined || localAddress === address);
    });
  const drops = rows.map((row) => Number(row.at(-1)));
  return drops.length === 0 || drops.some(Number.isNaN) ? undefined : drops.reduce((sum, count) => sum + count, 0);
}

/** "127.0.0.1" -> "0100007F": the kernel writes the number as this machine holds it. */
function hexOfIpv4(host: string): string | undefined {
  const parts = host.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  return parts
    .toReversed()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0"))
    .join("");
}
