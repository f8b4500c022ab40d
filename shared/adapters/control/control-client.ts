// A command's question to the squall that runs on a folder.

import type { Socket } from "node:net";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { ControlAnswer } from "./control-wire.ts";
import { ANSWER_BYTES_MAX, decodeAnswer, encodeRequest, readLines } from "./control-wire.ts";
import { socketAddress } from "./socket-address.ts";

/** Why there is no answer: the error code of the operating system, `timeout`, `closed` (before the answer), or `malformed`. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  readonly why: string;

  constructor(why: string) {
    super(`no answer: ${why}`);
    this.why = why;
  }
}

const BUSY_PAUSE_MS = 100;

/** Asks over the socket in the folder; asks again while the other side is starting. Throws NoAnswer. */
export async function askControl(
  folder: string,
  socketName: string,
  request: unknown,
  timeoutMs: number,
): Promise<Exclude<ControlAnswer, { busy: string }>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await askOnce(folder, socketName, request, deadline - performance.now());
    if (!("busy" in answer)) return answer;
    if (performance.now() + BUSY_PAUSE_MS > deadline) throw new NoAnswer("timeout");
    await pause(BUSY_PAUSE_MS);
  }
}

async function askOnce(folder: string, name: string, request: unknown, timeoutMs: number): Promise<ControlAnswer> {
  const { socket, release } = open(folder, name);
  try {
    return await new Promise<ControlAnswer>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new NoAnswer("timeout"));
      }, timeoutMs);
      socket.on("close", () => {
        clearTimeout(timer);
        reject(new NoAnswer("closed"));
      });
      socket.on("error", (error: NodeJS.ErrnoException) => {
        reject(new NoAnswer(error.code ?? error.message));
      });
      readLines(socket, ANSWER_BYTES_MAX, {
        line(line) {
          const answer = decodeAnswer(line);
          if (answer === undefined) reject(new NoAnswer("malformed"));
          else resolve(answer);
        },
        tooLong: () => {
          reject(new NoAnswer("malformed"));
        },
      });
      socket.write(encodeRequest(request));
    });
  } finally {
    socket.destroy();
    release();
  }
}

/** Whether anybody listens: undefined, or why not (the error code of the operating system). */
export async function whyNobodyListens(folder: string, name: string): Promise<string | undefined> {
  const { socket, release } = open(folder, name);
  try {
    return await new Promise<string | undefined>((resolve) => {
      socket.on("connect", () => {
        resolve(undefined);
      });
      socket.on("error", (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
    });
  } finally {
    socket.destroy();
    release();
  }
}

function open(folder: string, name: string): { readonly socket: Socket; readonly release: () => void } {
  const address = socketAddress(folder, name);
  return { socket: connect(address.path), release: () => address.release() };
}
