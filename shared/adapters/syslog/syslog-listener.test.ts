// A syslog port and its senders, over real sockets of the loopback.

import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { closersAfterEach } from "../../../test/support/closers.ts";
import { pollUntil } from "../../../test/support/poll.ts";
import { SyslogListener, type SyslogListenerOptions } from "./syslog-listener.ts";

const DEADLINE = { deadlineMs: 10_000 };
const STAMP = "2026-11-26T17:00:00.123456+00:00";

const closers = closersAfterEach();

interface Reading {
  readonly listener: SyslogListener;
  /** All lines taken so far, as they came. */
  readonly lines: () => string[];
  readonly takeAll: () => void;
  readonly until: (count: number) => Promise<string[]>;
}

/** A listener on a free port whose reader takes what there is whenever it is told to, unless it is `slow`. */
async function listening(
  transport: "udp" | "tcp",
  options: Partial<SyslogListenerOptions> & { isSlow?: boolean } = {},
): Promise<Reading> {
  const { isSlow = false, ...settings } = options;
  const listener = new SyslogListener({ address: { transport, host: "127.0.0.1", port: 0 }, ...settings });
  let text = "";
  const takeAll = (): void => {
    for (let chunk = listener.take(); chunk !== undefined; chunk = listener.take()) {
      expect(chunk.begins).toBe(false);
      text += chunk.bytes.toString("latin1");
    }
  };
  await listener.start(() => {
    if (!isSlow) takeAll();
  });
  closers.push(() => listener.close());
  const lines = (): string[] => {
    takeAll();
    expect(text === "" || text.endsWith("\n")).toBe(true);
    return text.split("\n").slice(0, -1);
  };
  return {
    listener,
    lines,
    takeAll,
    until: async (count) => {
      await pollUntil(() => lines().length >= count, { ...DEADLINE, what: `${count} lines` });
      return lines();
    },
  };
}

async function sender(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => undefined);
  closers.push(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

const poll = (condition: () => boolean, what: string): Promise<void> => pollUntil(condition, { ...DEADLINE, what });

describe("UDP", () => {
  test("every datagram is a line", async () => {
    const { listener, until } = await listening("udp");
    const socket = createSocket("udp4");
    closers.push(() => void socket.close());
    const messages = [
      `<22>${STAMP} mx postfix/qmgr[1]: a`,
      `<22>1 ${STAMP} mx postfix/qmgr 1 - - b\n`,
      `<22>${STAMP} mx web[1]: GET /\n${STAMP} mx postfix/qmgr[1]: forged`,
      `<22>${STAMP} postfix/qmgr[1]: no host`,
      "",
      `30 <22>${STAMP} mx a: what counts here is no count`,
    ];
    for (const message of messages) socket.send(message, listener.port, "127.0.0.1");
    expect(await until(5)).toEqual([
      `${STAMP} mx postfix/qmgr[1]: a`,
      `1 ${STAMP} mx postfix/qmgr 1 - - b`,
      `${STAMP} mx web[1]: GET / ${STAMP} mx postfix/qmgr[1]: forged`,
      `${STAMP} 127.0.0.1 postfix/qmgr[1]: no host`,
      `30 <22>${STAMP} mx a: what counts here is no count`,
    ]);
    expect(listener.counters).toMatchObject({ messages: 5, connections: 0 });
    expect(listener.position()).toBeUndefined();
    expect(listener.receiveBufferBytes()).toBeGreaterThan(100_000);
  });

  test("what finds no room, or is too long, is lost and counted", async () => {
    const { listener, lines } = await listening("udp", { queueBytesMax: 1000, messageBytesMax: 500, isSlow: true });
    const socket = createSocket("udp4");
    closers.push(() => void socket.close());
    socket.send("y".repeat(501), listener.port, "127.0.0.1");
    for (let message = 0; message < 20; message += 1) socket.send("x".repeat(200), listener.port, "127.0.0.1");
    const { counters } = listener;
    await poll(() => counters.messages + counters.lost["queue-full"] === 20, "all datagrams");
    expect(counters).toMatchObject({ messages: 5, lost: { "queue-full": 15, "message-too-long": 1 } });
    expect(lines()).toHaveLength(5);
    socket.send("z", listener.port, "127.0.0.1");
    await poll(() => counters.messages === 6, "one that finds room again");
  });

  test.runIf(process.platform === "linux")("what the kernel dropped is known", async () => {
    const { listener, lines } = await listening("udp", { receiveBufferBytes: 65_536, isSlow: true });
    expect(listener.kernelDrops()).toBe(0);
    const sent = 2000;
    // This process reads nothing while it waits for the other.
    const program = `const s = require("node:dgram").createSocket("udp4"); let left = ${sent};
      s.connect(${listener.port}, "127.0.0.1", () => { for (let n = 0; n < ${sent}; n += 1) s.send("x".repeat(1000), () => { if (--left === 0) s.close(); }); });`;
    execFileSync(process.execPath, ["-e", program]);
    const dropped = listener.kernelDrops() ?? 0;
    expect(dropped).toBeGreaterThan(sent / 2);
    await poll(() => listener.counters.messages + dropped === sent, "the rest");
    expect(lines()).toHaveLength(sent - dropped);
  });
});

describe("TCP", () => {
  test("newlines and counts may take turns, on one connection as on several", async () => {
    const { listener, until } = await listening("tcp");
    const counted = (message: string): string => `${Buffer.byteLength(message)} ${message}`;
    const plain = await sender(listener.port);
    const octets = await sender(listener.port);
    plain.write(`<22>${STAMP} mx1 a: 1\n<22>${STAMP} mx1 a: 2\n`);
    octets.write(counted(`<22>${STAMP} mx2 b: ł1\nforged`) + counted(`<22>1 ${STAMP} - b 1 - - 2`));
    octets.end(`<22>${STAMP} mx2 b: 3`);
    plain.end(counted(`<22>${STAMP} mx1 a: 3\n`));
    const lines = await until(6);
    expect(lines.filter((line) => line.includes(" mx1 "))).toEqual([1, 2, 3].map((n) => `${STAMP} mx1 a: ${n}`));
    expect(lines.filter((line) => !line.includes(" mx1 "))).toEqual([
      Buffer.from(`${STAMP} mx2 b: ł1 forged`).toString("latin1"),
      `1 ${STAMP} 127.0.0.1 b 1 - - 2`,
      `${STAMP} mx2 b: 3`,
    ]);
    await poll(() => listener.counters.connectionsOpen === 0, "the connections to end");
    expect(listener.counters).toMatchObject({ messages: 6, connections: 2 });
  });

  test("lines of several connections are never joined, whatever pieces they come in", async () => {
    const { listener, until } = await listening("tcp");
    const sockets = await Promise.all(Array.from({ length: 8 }, () => sender(listener.port)));
    const sent = sockets.map((_, host) =>
      Array.from({ length: 50 }, (_line, n) => `${STAMP} mx${host} a: ${n} ${"x".repeat(n * 7)}`),
    );
    const streams = sent.map((lines, host) =>
      Buffer.from(lines.map((line) => (host % 2 === 0 ? `<22>${line}\n` : `${line.length + 4} <22>${line}`)).join("")),
    );
    const longest = Math.max(...streams.map(({ length }) => length));
    for (let at = 0; at < longest; at += 37)
      for (const [host, socket] of sockets.entries()) {
        const piece = streams[host]?.subarray(at, at + 37) ?? Buffer.alloc(0);
        if (piece.length > 0) await new Promise((resolve) => socket.write(piece, resolve));
      }
    const lines = await until(400);
    for (const [host, all] of sent.entries())
      expect(lines.filter((line) => line.startsWith(`${STAMP} mx${host} `))).toEqual(all);
  });

  test("a reader that is slow holds the senders up, and nothing is lost", async () => {
    const { listener, lines, takeAll } = await listening("tcp", { queueBytesMax: 100_000, isSlow: true });
    const socket = await sender(listener.port);
    const count = 100_000;
    const line = (n: number): string => `${STAMP} mx a: ${n} ${"x".repeat(100)}`;
    let isSent = false;
    socket.end(Array.from({ length: count }, (_, n) => `<22>${line(n)}\n`).join(""), () => {
      isSent = true;
    });
    await poll(() => listener.counters.bytes >= 50_000, "the queue to be busy");
    const held = listener.counters.bytes;
    // One that comes later is taken in, but has to wait too.
    const second = await sender(listener.port);
    second.end(`<22>${STAMP} mx b: later\n`);
    await poll(() => listener.counters.connections === 2, "the second connection");
    // A chunk of the socket at most was taken beyond the half that may wait.
    expect(isSent).toBe(false);
    expect(listener.counters.bytes).toBe(held);
    expect(held).toBeLessThan(50_000 + 2 * 65_536);
    await poll(() => {
      takeAll();
      return listener.counters.messages === count + 1;
    }, "all lines");
    const ofFirst = lines().filter((text) => !text.endsWith("later"));
    expect(ofFirst.every((text, n) => text === line(n))).toBe(true);
    expect(listener.counters.lost).toMatchObject({ "queue-full": 0, "message-cut-off": 0 });
  });

  test("a connection that says nothing, or half a message, keeps nobody from being read", async () => {
    const { listener, until } = await listening("tcp");
    await sender(listener.port);
    const half = await sender(listener.port);
    half.write(`30 <22>${STAMP.slice(0, 10)}`);
    const other = await sender(listener.port);
    other.write(`<22>${STAMP} mx a: x\n`);
    expect(await until(1)).toEqual([`${STAMP} mx a: x`]);
    half.resetAndDestroy();
    await poll(() => listener.counters.lost["message-cut-off"] === 1, "the half message to be counted");
    expect(listener.counters).toMatchObject({ messages: 1, connectionsOpen: 2 });
  });

  test("an absurd count closes its connection alone", async () => {
    const { listener, until } = await listening("tcp");
    const other = await sender(listener.port);
    const absurd = await sender(listener.port);
    const closed = once(absurd, "close");
    absurd.write(`999999999 <22>${STAMP} mx a: x\n`);
    await closed;
    other.write(`<22>${STAMP} mx a: y\n`);
    expect(await until(1)).toEqual([`${STAMP} mx a: y`]);
    expect(listener.counters).toMatchObject({ connectionsOpen: 1, lost: { "absurd-length": 1 } });
  });

  test("a message too long is skipped, those around it are read", async () => {
    const { listener, until } = await listening("tcp", { messageBytesMax: 200 });
    const socket = await sender(listener.port);
    const long = `<22>${STAMP} mx a: ${"x".repeat(100_000)}`;
    socket.write(`<22>${STAMP} mx a: 1\n${long}\n${long.length} ${long}<22>${STAMP} mx a: 2\n`);
    expect(await until(2)).toEqual([1, 2].map((n) => `${STAMP} mx a: ${n}`));
    expect(listener.counters.lost["message-too-long"]).toBe(2);
  });

  test("connections are bounded: a new one is refused, unless another was silent for long", async () => {
    let now = 0;
    const { listener, until } = await listening("tcp", { connectionsMax: 2, idleMs: 1000, nowMs: () => now });
    const silent = await sender(listener.port);
    const busy = await sender(listener.port);
    await poll(() => listener.counters.connections === 2, "both");
    now = 900;
    const refused = await sender(listener.port);
    await once(refused, "close");
    expect(listener.counters).toMatchObject({ connectionsOpen: 2, lost: { "too-many-connections": 1 } });
    busy.write(`<22>${STAMP} mx a: 1\n`);
    await until(1);
    now = 1000;
    const closed = once(silent, "close");
    const next = await sender(listener.port);
    await closed;
    next.write(`<22>${STAMP} mx a: 2\n`);
    expect(await until(2)).toHaveLength(2);
    expect(listener.counters).toMatchObject({ connectionsOpen: 2, connectionsEvicted: 1, connections: 3 });
  });

  test("closing breaks the connections off; what was sent before can still be taken", async () => {
    const { listener, lines } = await listening("tcp", { isSlow: true });
    const socket = await sender(listener.port);
    socket.write(`<22>${STAMP} mx a: 1\n<22>${STAMP} mx a: half`);
    await poll(() => listener.counters.messages === 1, "the line");
    const closed = once(socket, "close");
    await listener.close();
    await closed;
    expect(lines()).toEqual([`${STAMP} mx a: 1`]);
    await poll(() => listener.counters.lost["message-cut-off"] === 1, "the half line to be counted");
    await listener.close();
  });
});

describe.each(["udp", "tcp"] as const)("%s", (transport) => {
  test("a port that another has is told in words", async () => {
    const { listener } = await listening(transport);
    const second = new SyslogListener({ address: { transport, host: "127.0.0.1", port: listener.port } });
    await expect(second.start(() => undefined)).rejects.toThrow(
      `${transport}://127.0.0.1:${listener.port}: another program listens on this port already`,
    );
    await second.close();
  });

  test("an address that this machine has not is told in words", async () => {
    const elsewhere = new SyslogListener({ address: { transport, host: "192.0.2.1", port: 0 } });
    await expect(elsewhere.start(() => undefined)).rejects.toThrow(
      `${transport}://192.0.2.1:0: this machine has no such address`,
    );
  });

  test("IPv6 works where the machine has it, else it is told in words", async () => {
    const listener = new SyslogListener({ address: { transport, host: "::1", port: 0 } });
    closers.push(() => listener.close());
    const lineSent = async (): Promise<string | undefined> => {
      await listener.start(() => undefined);
      sendOnIpv6(transport, listener.port, `<22>${STAMP} a: x\n`);
      await poll(() => listener.counters.messages === 1, "the message");
      return listener.take()?.bytes.toString();
    };
    const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
    const outcome = await lineSent().catch((error: unknown) => String(error));
    expect(outcome).toMatch(hasIpv6 ? `${STAMP} ::1 a: x\n` : /this machine has no/);
    expect(listener.kernelDrops()).toBe(hasIpv6 && transport === "udp" && process.platform === "linux" ? 0 : undefined);
  });
});

function sendOnIpv6(transport: "udp" | "tcp", port: number, message: string): void {
  if (transport === "udp") {
    const socket = createSocket("udp6");
    closers.push(() => void socket.close());
    socket.send(message, port, "::1");
    return;
  }
  const socket = connect({ host: "::1", port });
  closers.push(() => void socket.destroy());
  socket.write(message);
}
