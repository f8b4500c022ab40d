// Lines sent to a syslog port of ours, over real sockets.

import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { closersAfterEach } from "../../../test/support/closers.ts";
import { pollUntil } from "../../../test/support/poll.ts";
import type { ByteSink } from "../files/byte-sink.ts";
import type { SyslogAddress } from "./syslog-address.ts";
import { SyslogListener } from "./syslog-listener.ts";
import { syslogSender } from "./syslog-sender.ts";

const DEADLINE = { deadlineMs: 10_000 };
const STAMP = "2026-11-26T17:00:00.123456+00:00";
const line = (n: number): string => `${STAMP} mx postfix/qmgr[1]: ${n}`;

const closers = closersAfterEach();

async function listening(transport: "udp" | "tcp", port = 0): Promise<{ listener: SyslogListener; lines: string[] }> {
  const listener = new SyslogListener({ address: { transport, host: "127.0.0.1", port } });
  const lines: string[] = [];
  await listener.start(() => {
    for (let chunk = listener.take(); chunk !== undefined; chunk = listener.take())
      lines.push(...chunk.bytes.toString().split("\n").slice(0, -1));
  });
  closers.push(() => listener.close());
  return { listener, lines };
}

function sender(address: SyslogAddress): { sink: ByteSink; troubles: string[]; stop: AbortController } {
  const stop = new AbortController();
  const troubles: string[] = [];
  const wait = async (ms: number): Promise<void> => {
    await pause(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  };
  const sink = syslogSender(address, { signal: stop.signal, wait, onTrouble: (text) => void troubles.push(text) });
  closers.push(() => sink.close());
  return { sink, troubles, stop };
}

const poll = (condition: () => boolean, what: string): Promise<void> => pollUntil(condition, { ...DEADLINE, what });
const to = (transport: "udp" | "tcp", port: number): SyslogAddress => ({ transport, host: "127.0.0.1", port });

describe.each(["udp", "tcp"] as const)("%s", (transport) => {
  test("lines arrive as they were", async () => {
    const { listener, lines } = await listening(transport);
    const { sink, troubles } = sender(to(transport, listener.port));
    await expect(sink.write(Buffer.alloc(0))).resolves.toBe(true);
    const all = Array.from({ length: 500 }, (_, n) => line(n));
    for (let from = 0; from < 500; from += 100) {
      const piece = all.slice(from, from + 100).map((text) => `${text}\n`);
      await expect(sink.write(Buffer.from(piece.join("")))).resolves.toBe(true);
      // Datagrams that nobody reads in time would be lost.
      await poll(() => lines.length === from + 100, "the piece");
    }
    expect(lines).toEqual(all);
    expect(troubles).toEqual([]);
    await sink.close();
    await sink.close();
  });

  test("what was written is sent before it is closed", async () => {
    const { listener, lines } = await listening(transport);
    const { sink } = sender(to(transport, listener.port));
    await sink.write(Buffer.from(`${line(1)}\n`));
    await sink.close();
    await poll(() => lines.length === 1, "the line");
    expect(lines).toEqual([line(1)]);
  });
});

describe("UDP", () => {
  test("where nobody listens the lines are lost, and it is said once", async () => {
    const { listener } = await listening("udp");
    const { port } = listener;
    await listener.close();
    const { sink, troubles } = sender(to("udp", port));
    await poll(() => {
      void sink.write(Buffer.from(`${line(1)}\n`));
      return troubles.length > 0;
    }, "the trouble");
    expect(troubles).toEqual([`udp://127.0.0.1:${port}: nobody listens there; lines are lost meanwhile`]);
    const { lines } = await listening("udp", port);
    await poll(() => {
      void sink.write(Buffer.from(`${line(2)}\n`));
      return lines.length > 0;
    }, "a line");
    expect(troubles).toHaveLength(1);
  });

  test("a host that is not there is an error in words", async () => {
    const { sink } = sender({ transport: "udp", host: "nowhere.invalid", port: 5514 });
    await expect(sink.write(Buffer.from(`${line(1)}\n`))).rejects.toThrow(/^udp:\/\/nowhere\.invalid:5514: /);
  });
});

describe("TCP", () => {
  test("a receiver that is not there yet is waited for, and found again when it went", async () => {
    const first = await listening("tcp");
    const { port } = first.listener;
    await first.listener.close();
    const { sink, troubles } = sender(to("tcp", port));
    const early = sink.write(Buffer.from(`${line(1)}\n`));
    await poll(() => troubles.length === 1, "the trouble");
    const second = await listening("tcp", port);
    await expect(early).resolves.toBe(true);
    await poll(() => second.lines.length === 1, "the first line");
    await second.listener.close();
    const third = await listening("tcp", port);
    // What goes into a connection that is about to break may be lost, as with any sender; then it is noticed.
    let n = 1;
    await poll(() => {
      n += 1;
      void sink.write(Buffer.from(`${line(n)}\n`));
      return third.lines.length > 0;
    }, "a line at the new receiver");
    expect(troubles[0]).toBe(`tcp://127.0.0.1:${port}: nobody listens there; it is tried again`);
    expect(troubles[1]).toBe(`tcp://127.0.0.1:${port}: connected again`);
  });

  test("a receiver that reads nothing is waited for until it is stopped", async () => {
    const { server, port, peers } = await deaf();
    const { sink, stop } = sender(to("tcp", port));
    let isDone = false;
    const writing = sink.write(Buffer.from(`${line(1)}\n`.repeat(200_000))).then((isSent) => {
      isDone = true;
      return isSent;
    });
    await poll(() => peers.length === 1, "the connection");
    expect(isDone).toBe(false);
    stop.abort();
    await expect(writing).resolves.toBe(false);
    expect(server.listening).toBe(true);
  });

  test("one that breaks off within a piece gets the whole of it again", async () => {
    const { port, peers } = await deaf();
    const { sink, troubles } = sender(to("tcp", port));
    const writing = sink.write(Buffer.from(`${line(1)}\n`.repeat(200_000)));
    await poll(() => peers.length === 1, "the connection");
    peers[0]?.resetAndDestroy();
    await poll(() => peers.length === 2, "the next connection");
    let bytes = 0;
    peers[1]?.on("data", (chunk) => {
      bytes += chunk.length;
    });
    peers[1]?.resume();
    await expect(writing).resolves.toBe(true);
    await poll(() => bytes === 200_000 * (line(1).length + "<22>\n".length), "all of it");
    expect(troubles).toEqual([
      expect.stringContaining("it is tried again"),
      expect.stringContaining("connected again"),
    ]);
  });
});

/** A receiver that takes connections and reads nothing of its own accord. */
async function deaf(): Promise<{ server: Server; port: number; peers: Socket[] }> {
  const peers: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.pause();
    peers.push(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    for (const peer of peers) peer.destroy();
    server.close();
  });
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0, peers };
}
