// Messages as datagrams. What nobody listens for is lost, as with any syslog by UDP.

import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { ByteSink } from "../files/byte-sink.ts";
import { socketErrorInWords, whatIsWrongWithSocket } from "./socket-error.ts";
import { syslogAddressText, type SyslogAddress } from "./syslog-address.ts";
import { messagesOf, type SyslogSenderDependencies } from "./syslog-messages.ts";

/** Datagrams under way at a time. */
const UNDER_WAY_MOST = 64;

export function udpSender(address: SyslogAddress, { signal, onTrouble }: SyslogSenderDependencies): ByteSink {
  let socket: Socket | undefined;
  let trouble: string | undefined;
  const report = (error: Error | null | undefined): void => {
    const words = error === null || error === undefined ? undefined : whatIsWrongWithSocket(address, error);
    if (words === trouble) return;
    // That a datagram went out says nothing of its arrival: the end of trouble is not told.
    if (words !== undefined && trouble === undefined)
      onTrouble(`${syslogAddressText(address)}: ${words}; lines are lost meanwhile`);
    trouble = words ?? trouble;
  };
  return {
    async write(lines) {
      socket ??= await connected(address, report);
      let underWay: Promise<void>[] = [];
      for (const message of messagesOf(lines)) {
        if (signal.aborted) return false;
        underWay.push(sent(socket, message, report));
        if (underWay.length < UNDER_WAY_MOST) continue;
        await Promise.all(underWay);
        underWay = [];
      }
      await Promise.all(underWay);
      return true;
    },
    async close() {
      const before = socket;
      socket = undefined;
      await new Promise<void>((resolve) => {
        if (before === undefined) resolve();
        else before.close(resolve);
      });
    },
  };
}

async function connected(address: SyslogAddress, report: (error: Error) => void): Promise<Socket> {
  const socket = createSocket(isIPv6(address.host) ? "udp6" : "udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      // It is called with an error, too, whatever its types say.
      socket.connect(address.port, address.host, (error?: Error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  } catch (error) {
    socket.close();
    throw socketErrorInWords(address, error);
  }
  socket.removeAllListeners("error");
  socket.on("error", report);
  return socket;
}

function sent(socket: Socket, message: Buffer, report: (error: Error | null) => void): Promise<void> {
  return new Promise((resolve) => {
    socket.send(message, (error) => {
      report(error);
      resolve();
    });
  });
}
