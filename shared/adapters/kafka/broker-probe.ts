// `host:port` -> does a Kafka broker answer there, in the clear or under TLS as it should. No name, no password is sent.

import { lookup } from "node:dns/promises";
import type { Socket } from "node:net";
import { connect, isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { codeOf, inTime, once, quiet, words } from "../net/connection-steps.ts";
import type { KafkaSettings } from "./kafka-settings.ts";

export interface BrokerProbe {
  /** What the name resolves to; the literal address where it is one. */
  readonly addresses: readonly string[];
  /** The address that was connected to. */
  readonly connectedTo?: string;
  /** End of the certificate's validity, ms since the epoch; under TLS only. */
  readonly certificateUntilMs?: number;
  /** What failed; absent when a broker answered. */
  readonly fault?: BrokerFault;
}

export interface BrokerFault {
  /** `kafka`: connected, and no broker answers what it is asked. */
  readonly stage: "lookup" | "connect" | "tls" | "kafka";
  readonly message: string;
  /** As Node and OpenSSL name it, or "". */
  readonly code: string;
  /** What answers there instead. */
  readonly speaks?: "tls" | "clear";
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: KafkaSettings["tls"];
  /** Of each step. */
  readonly timeoutMs: number;
}

/** Never throws. */
export async function probeBroker(broker: string, tls: KafkaSettings["tls"], timeoutMs: number): Promise<BrokerProbe> {
  const colon = broker.lastIndexOf(":");
  const host = broker.slice(0, colon);
  const target: Target = { host, port: Number(broker.slice(colon + 1)), tls, timeoutMs };
  let addresses: string[];
  try {
    addresses = (await inTime(lookup(host, { all: true }), timeoutMs)).map(({ address }) => address);
  } catch (error) {
    return { addresses: [], fault: { stage: "lookup", message: words(error), code: codeOf(error) } };
  }
  const probe = { addresses, ...(await answered(target)) };
  const { fault } = probe;
  if (fault === undefined || fault.stage === "connect") return probe;
  // A port that speaks the other way hangs up, or stays silent until the time is over.
  const other = await speaksOtherwise(target);
  return other === undefined ? probe : { ...probe, fault: { ...fault, speaks: other } };
}

async function answered(target: Target): Promise<Omit<BrokerProbe, "addresses">> {
  const { host, port, tls, timeoutMs } = target;
  let stage: BrokerFault["stage"] = "connect";
  const socket = quiet(connect({ host, port }));
  try {
    await once(socket, "connect", timeoutMs);
    const connectedTo = socket.remoteAddress ?? host;
    if (tls === undefined) {
      stage = "kafka";
      await hello(socket, timeoutMs);
      return { connectedTo };
    }
    stage = "tls";
    const secure = secured(socket, host, tls);
    await once(secure, "secureConnect", timeoutMs);
    const certificateUntilMs = Date.parse(secure.getPeerCertificate().valid_to);
    // That a certificate of ours is wanted is only said behind the handshake.
    stage = "kafka";
    await hello(secure, timeoutMs);
    return { connectedTo, certificateUntilMs };
  } catch (error) {
    return { fault: { stage, message: words(error), code: codeOf(error) } };
  } finally {
    socket.destroy();
  }
}

async function speaksOtherwise({ host, port, tls, timeoutMs }: Target): Promise<BrokerFault["speaks"]> {
  const socket = quiet(connect({ host, port }));
  try {
    await once(socket, "connect", timeoutMs);
    if (tls !== undefined) {
      await hello(socket, timeoutMs);
      return "clear";
    }
    // Whose certificate it is does not matter here: nothing is sent.
    await once(secured(socket, host, { rejectUnauthorized: false }), "secureConnect", timeoutMs);
    return "tls";
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

function secured(socket: Socket, host: string, options: ConnectionOptions): TLSSocket {
  return quiet(connectTls({ ...options, socket, servername: isIP(host) === 0 ? host : "", host }));
}

const CORRELATION = 0x73_71_75_61;
const ANSWER_BYTES = 8;

/** "Which versions do you speak?": a broker answers that before anybody has logged in. */
function versionsRequest(): Buffer {
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  // ApiVersions, version 0, and no name of a client.
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(CORRELATION, 8);
  request.writeInt16BE(-1, 12);
  return request;
}

async function hello(socket: Socket, timeoutMs: number): Promise<void> {
  const arrived: Buffer[] = [];
  const answer = Promise.withResolvers<void>();
  socket.on("data", (bytes: Buffer) => {
    arrived.push(bytes);
    const all = Buffer.concat(arrived);
    if (all.length < ANSWER_BYTES) return;
    if (all.readInt32BE(4) === CORRELATION) answer.resolve();
    else answer.reject(new Error("something answers that is no Kafka broker"));
  });
  const gone = once(socket, "end", timeoutMs).then(() => {
    throw new Error("it hung up without an answer");
  });
  socket.write(versionsRequest());
  await Promise.race([answer.promise, gone]);
}
