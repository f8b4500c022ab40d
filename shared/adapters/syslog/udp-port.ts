// UDP: every datagram is a message. Whoever sends cannot be held up, so what is not read in time is lost, here or in the kernel.

import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { kernelDrops } from "./kernel-drops.ts";
import { socketErrorInWords } from "./socket-error.ts";
import type { SyslogAddress } from "./syslog-address.ts";
import type { SyslogPort, SyslogPortOwner } from "./syslog-port.ts";

export class UdpPort implements SyslogPort {
  port: number;
  private readonly address: SyslogAddress;
  private readonly owner: SyslogPortOwner;
  private socket: Socket | undefined;

  constructor(address: SyslogAddress, owner: SyslogPortOwner) {
    this.address = address;
    this.owner = owner;
    this.port = address.port;
  }

  async listen(): Promise<void> {
    const { owner, address } = this;
    const socket = createSocket({ type: isIPv6(address.host) ? "udp6" : "udp4" });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.bind({ address: address.host, port: address.port, exclusive: true }, resolve);
      });
    } catch (error) {
      socket.close();
      throw socketErrorInWords(address, error);
    }
    socket.removeAllListeners("error");
    socket.on("error", () => {
      owner.counters.socketErrors += 1;
    });
    socket.on("message", (bytes, { address: peer }) => {
      this.take(bytes, peer);
    });
    this.socket = socket;
    this.port = socket.address().port;
    try {
      socket.setRecvBufferSize(owner.settings.receiveBufferBytes);
    } catch {
      // Some systems refuse more than they allow instead of giving that: it stays as it was.
      owner.counters.socketErrors += 1;
    }
  }

  resume(): void {
    // Never held up.
  }

  kernelDrops(): number | undefined {
    return kernelDrops(this.port, this.address.host);
  }

  receiveBufferBytes(): number | undefined {
    return this.socket?.getRecvBufferSize();
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket === undefined) return;
    await new Promise<void>((resolve) => {
      socket.close(resolve);
    });
  }

  private take(bytes: Buffer, peer: string): void {
    const { owner } = this;
    if (bytes.length > owner.settings.messageBytesMax) owner.lose("message-too-long");
    else if (owner.isFull()) owner.lose("queue-full");
    else owner.take({ bytes, start: 0, end: bytes.length }, peer);
  }
}
