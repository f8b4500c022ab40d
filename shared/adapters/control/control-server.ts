// The control socket of a running squall: answers requests of commands on the same machine. That somebody listens on it is also the
// proof that the process lives: the kernel closes it with the process, whatever killed it.

import { chmod } from "node:fs/promises";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { StateLogError } from "../../runtime/state-log.ts";
import { whatIsWrong } from "../files/file-error.ts";
import type { ControlAnswer } from "./control-wire.ts";
import { ANSWER_BYTES_MAX, decodeRequest, encodeAnswer, readLines, REQUEST_BYTES_MAX } from "./control-wire.ts";
import { socketAddress } from "./socket-address.ts";

const OWNER_ONLY = 0o600;
const CONNECTIONS_MAX = 32;
/** Requests of one connection that wait for their turn. */
const WAITING_MAX = 16;
/** Whoever says nothing for so long is not waited for. */
const IDLE_MS = 10_000;

/** A request that is not done; the message is told to the person who asked. */
export class ControlRefusal extends Error {
  override readonly name = "ControlRefusal";
}

/** Decodes and does what is asked; the result must be JSON. Throws ControlRefusal. */
export type ControlHandler = (request: unknown) => Promise<unknown>;

export interface ControlCounters {
  requests: number;
  refused: number;
  /** Requests that no squall sends: too long, no JSON. */
  malformed: number;
}

export interface ControlServer {
  readonly counters: ControlCounters;
  /** Until it is called, whoever asks is told to ask again soon. */
  readonly serve: (handler: ControlHandler) => void;
  readonly close: () => Promise<void>;
}

/** Listens on a socket (0600) in the folder. Throws StateLogError. */
export async function listenForControl(folder: string, name: string): Promise<ControlServer> {
  const address = socketAddress(folder, name);
  const counters: ControlCounters = { requests: 0, refused: 0, malformed: 0 };
  const open = new Set<Socket>();
  let handler: ControlHandler | undefined;
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    converse(socket, counters, () => handler);
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.unref();
  try {
    await listening(server, address.path);
    await chmod(join(folder, name), OWNER_ONLY);
  } catch (error) {
    server.close();
    address.release();
    throw new StateLogError("access", `${join(folder, name)}: no socket can be made here: ${whatIsWrong(error)}`);
  }
  return {
    counters,
    serve(given) {
      handler = given;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      address.release();
    },
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      // Too many open files, for a moment: those who ask see that nobody answers.
      server.on("error", () => undefined);
      resolve();
    });
  });
}

/** Requests of one connection are done one after the other. */
function converse(socket: Socket, counters: ControlCounters, handlerNow: () => ControlHandler | undefined): void {
  let turn: Promise<void> = Promise.resolve();
  let waiting = 0;
  socket.setTimeout(IDLE_MS, () => {
    // While we work on an answer it is not the other side that is silent.
    if (waiting === 0) socket.destroy();
  });
  socket.on("error", () => undefined);
  const tell = (answer: ControlAnswer): void => {
    const line = encodeAnswer(answer);
    const fits = line.length <= ANSWER_BYTES_MAX;
    socket.write(fits ? line : encodeAnswer({ refused: "the answer is longer than may be sent" }));
  };
  const answerAfter = async (before: Promise<void>, line: string): Promise<void> => {
    await before;
    tell(await answerTo(line, counters, handlerNow()));
    waiting -= 1;
  };
  readLines(socket, REQUEST_BYTES_MAX, {
    line(line) {
      // Nobody who means it asks on and on without hearing.
      if (waiting >= WAITING_MAX) {
        if (!socket.destroyed) counters.malformed += 1;
        socket.destroy();
        return;
      }
      waiting += 1;
      turn = answerAfter(turn, line);
    },
    tooLong() {
      counters.malformed += 1;
      tell({ refused: `a request has at most ${REQUEST_BYTES_MAX} bytes` });
      socket.end();
    },
  });
}

/** Never rejects for what is the asker's fault; a bug of ours is told as one and goes on. */
async function answerTo(
  line: string,
  counters: ControlCounters,
  handler: ControlHandler | undefined,
): Promise<ControlAnswer> {
  const decoded = decodeRequest(line);
  if (decoded === undefined) {
    counters.malformed += 1;
    return { refused: "no request that this squall understands" };
  }
  if (handler === undefined) return { busy: "starting" };
  counters.requests += 1;
  try {
    return { answer: await handler(decoded.request) };
  } catch (error) {
    counters.refused += 1;
    if (error instanceof ControlRefusal || error instanceof StateLogError) return { refused: error.message };
    return { refused: `internal error: ${error instanceof Error ? error.message : String(error)}` };
  }
}
