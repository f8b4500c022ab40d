// Messages on a connection, each ended by a newline. Where the receiver goes it is tried again, and the lines wait; those that
// lay in the kernel when it went are lost, as with any syslog by TCP, and those being written are sent again.

import { connect, type Socket } from "node:net";
import type { ByteSink } from "../files/byte-sink.ts";
import { whatIsWrongWithSocket } from "./socket-error.ts";
import { syslogAddressText, type SyslogAddress } from "./syslog-address.ts";
import { messagesOf, type SyslogSenderDependencies } from "./syslog-messages.ts";

const NEWLINE = Buffer.from("\n");
const FIRST_PAUSE_MS = 100;
const PAUSE_MOST_MS = 5000;
const CLOSE_MOST_MS = 5000;

export function tcpSender(address: SyslogAddress, deps: SyslogSenderDependencies): ByteSink {
  const { signal, wait, onTrouble } = deps;
  const name = syslogAddressText(address);
  let socket: Socket | undefined;
  let isInTrouble = false;
  const drop = (): void => {
    socket?.destroy();
    socket = undefined;
  };
  signal.addEventListener("abort", drop);
  const attempt = async (bytes: Buffer): Promise<void> => {
    if (socket === undefined || socket.destroyed || socket.readableEnded) {
      drop();
      socket = await connected(address, signal);
      if (isInTrouble) onTrouble(`${name}: connected again`);
      isInTrouble = false;
    }
    await written(socket, bytes);
  };
  return {
    async write(lines) {
      const bytes = Buffer.concat([...messagesOf(lines)].flatMap((message) => [message, NEWLINE]));
      for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MOST_MS)) {
        try {
          await attempt(bytes);
          return true;
        } catch (error) {
          drop();
          if (signal.aborted) break;
          if (!isInTrouble) onTrouble(`${name}: ${whatIsWrongWithSocket(address, error)}; it is tried again`);
          isInTrouble = true;
          await wait(pauseMs);
        }
      }
      return false;
    },
    async close() {
      signal.removeEventListener("abort", drop);
      const before = socket;
      socket = undefined;
      if (before === undefined || before.destroyed) return;
      // What was written is the kernel's once the end is sent behind it; a receiver that reads nothing is not waited for.
      await ended(before);
      before.destroy();
    },
  };
}

async function connected(address: SyslogAddress, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: address.host, port: address.port, signal });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.removeAllListeners("error");
  // Told by the write that fails, or by the next one.
  socket.on("error", () => undefined);
  // A receiver says nothing; but only who listens learns that it went.
  socket.resume();
  return socket;
}

async function ended(socket: Socket): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MOST_MS);
    socket.once("close", () => {
      resolve();
    });
    socket.end(resolve);
  });
  clearTimeout(timer);
}

/** Resolves when the kernel has all of it; rejects when the connection ends before. */
function written(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => {
      reject(Object.assign(new Error("closed"), { code: "EPIPE" }));
    };
    socket.once("close", onClose);
    socket.write(bytes, (error) => {
      socket.off("close", onClose);
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}
