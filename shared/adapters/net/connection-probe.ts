// A URL -> does its server answer: the name is looked up, a connection made, TLS agreed on. Nothing is sent over it.

import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { inTime, once, quiet, words } from "./connection-steps.ts";

export interface Probe {
  /** What the name resolves to; the literal address where it is one. */
  readonly addresses: readonly string[];
  /** The address that was connected to. */
  readonly connectedTo?: string;
  /** End of the certificate's validity, ms since the epoch; of https only. */
  readonly certificateUntilMs?: number;
  /** What failed; absent when all went well. */
  readonly fault?: { readonly stage: "lookup" | "connect" | "tls"; readonly message: string };
}

/** Never throws. */
export async function probeConnection(url: URL, timeoutMs: number): Promise<Probe> {
  const host = url.hostname.replace(/^\[|\]$/gu, "");
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  let addresses: string[];
  try {
    addresses = (await inTime(lookup(host, { all: true }), timeoutMs)).map(({ address }) => address);
  } catch (error) {
    return { addresses: [], fault: { stage: "lookup", message: words(error) } };
  }
  let stage: "connect" | "tls" = "connect";
  const socket: Socket = quiet(connect({ host, port }));
  try {
    await once(socket, "connect", timeoutMs);
    const connectedTo = socket.remoteAddress ?? host;
    if (!isTls) return { addresses, connectedTo };
    stage = "tls";
    const secure = quiet(connectTls({ socket, servername: /^[\d.]+$|:/u.test(host) ? "" : host }));
    await once(secure, "secureConnect", timeoutMs);
    return { addresses, connectedTo, certificateUntilMs: Date.parse(secure.getPeerCertificate().valid_to) };
  } catch (error) {
    return { addresses, fault: { stage, message: words(error) } };
  } finally {
    socket.destroy();
  }
}
