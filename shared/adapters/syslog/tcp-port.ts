// TCP: every connection is a stream of messages of its own. When too much waits all connections are paused, and their senders
// wait; an honest one keeps what it could not send.

import { createServer, type Server, type Socket } from "node:net";
import { FrameReader } from "./frame-reader.ts";
import { socketErrorInWords } from "./socket-error.ts";
import type { SyslogAddress } from "./syslog-address.ts";
import type { SyslogPort, SyslogPortOwner } from "./syslog-port.ts";

/** A sender whose machine died says nothing: the kernel asks after so long whether it is there. */
const KEEP_ALIVE_AFTER_MS = 60_000;

interface Connection {
  readonly socket: Socket;
  heardAtMs: number;
}

export class TcpPort implements SyslogPort {
  port: number;
  private readonly address: SyslogAddress;
  private readonly owner: SyslogPortOwner;
  private readonly server: Server;
  private readonly connections = new Set<Connection>();

  constructor(address: SyslogAddress, owner: SyslogPortOwner) {
    this.address = address;
    this.owner = owner;
    this.port = address.port;
    const options = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS };
    this.server = createServer(options, (socket) => {
      this.accept(socket);
    });
  }

  async listen(): Promise<void> {
    const { server, address } = this;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => {
        reject(socketErrorInWords(address, error));
      });
      server.listen({ host: address.host, port: address.port, exclusive: true }, resolve);
    });
    server.removeAllListeners("error");
    server.on("error", () => {
      this.owner.counters.socketErrors += 1;
    });
    const bound = server.address();
    if (bound !== null && typeof bound === "object") this.port = bound.port;
  }

  resume(): void {
    const nowMs = this.owner.nowMs();
    for (const connection of this.connections) {
      // It was held up, not silent.
      connection.heardAtMs = nowMs;
      connection.socket.resume();
    }
  }

  kernelDrops(): undefined {
    return undefined;
  }

  receiveBufferBytes(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private accept(socket: Socket): void {
    const { owner } = this;
    const { counters, settings } = owner;
    if (this.connections.size >= settings.connectionsMax && !this.evict()) {
      owner.lose("too-many-connections");
      socket.destroy();
      return;
    }
    counters.connections += 1;
    const connection: Connection = { socket, heardAtMs: owner.nowMs() };
    this.connections.add(connection);
    counters.connectionsOpen = this.connections.size;
    this.listenTo(connection, socket.remoteAddress ?? "unknown");
    if (owner.isBusy()) socket.pause();
  }

  private listenTo(connection: Connection, peer: string): void {
    const { owner } = this;
    const { socket } = connection;
    const reader = new FrameReader({
      messageBytesMax: owner.settings.messageBytesMax,
      skipBytesMax: owner.skipBytesMax,
      onMessage: (bytes, start, end) => {
        owner.take({ bytes, start, end }, peer);
      },
      onLoss: (reason) => {
        owner.lose(reason);
      },
    });
    let endedInOrder = false;
    socket.on("data", (chunk) => {
      connection.heardAtMs = owner.nowMs();
      if (!reader.feed(chunk)) socket.destroy();
      else if (owner.isBusy()) this.pause();
    });
    socket.on("end", () => {
      endedInOrder = true;
    });
    socket.on("error", () => {
      // What it broke off in is counted when it closes.
      owner.counters.socketErrors += 1;
    });
    socket.on("close", () => {
      reader.end(endedInOrder);
      this.connections.delete(connection);
      owner.counters.connectionsOpen = this.connections.size;
    });
  }

  private pause(): void {
    for (const { socket } of this.connections) socket.pause();
  }

  /** Closes the connection that was silent longest, if it was for long. */
  private evict(): boolean {
    const { owner } = this;
    const [eldest] = [...this.connections].sort((a, b) => a.heardAtMs - b.heardAtMs);
    if (eldest === undefined || owner.nowMs() - eldest.heardAtMs < owner.settings.idleMs) return false;
    owner.counters.connectionsEvicted += 1;
    this.connections.delete(eldest);
    eldest.socket.destroy();
    return true;
  }
}
