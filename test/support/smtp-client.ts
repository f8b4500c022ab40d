// Hands one mail to an SMTP server on loopback, in plain sight: one command, one reply.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface OutgoingMail {
  /** Envelope sender; "" is the null return path. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Header lines as they go out; a folded one holds "\r\n ". */
  readonly headers: readonly string[];
  readonly body?: string;
  /** Loopback address to connect from. */
  readonly clientAddress?: string;
}

const REPLY_TIMEOUT_MS = 20_000;

/** Sends `mail` to 127.0.0.1:`port` and returns the server's word on it, such as "250 2.0.0 Ok: queued as 4F1A2B". */
export async function sendMail(port: number, mail: OutgoingMail): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, localAddress: mail.clientAddress ?? "127.0.0.1" });
  socket.setTimeout(REPLY_TIMEOUT_MS, () => socket.destroy(new Error("the SMTP server did not answer in time")));
  try {
    await once(socket, "connect");
    return await converse(socket, mail);
  } finally {
    socket.destroy();
  }
}

async function converse(socket: Socket, mail: OutgoingMail): Promise<string> {
  const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
  await expectReply(replies, "220");
  const say = async (command: string, code: string): Promise<string> => {
    socket.write(`${command}\r\n`);
    return expectReply(replies, code);
  };
  await say("EHLO client.example.org", "250");
  await say(`MAIL FROM:<${mail.sender}>`, "250");
  for (const recipient of mail.recipients) await say(`RCPT TO:<${recipient}>`, "250");
  await say("DATA", "354");
  const queued = await say(`${mail.headers.join("\r\n")}\r\n\r\n${mail.body ?? "Hello."}\r\n.`, "250");
  await say("QUIT", "221");
  return queued;
}

/** Reads one reply of one or more lines ("250-…" goes on, "250 …" is the last). */
async function expectReply(replies: AsyncIterator<string>, code: string): Promise<string> {
  for (;;) {
    const next = await replies.next();
    if (next.done === true) throw new Error(`the SMTP server closed the connection before it said ${code}`);
    if (!next.value.startsWith(code)) throw new Error(`expected ${code} from the SMTP server, got: ${next.value}`);
    if (next.value[3] !== "-") return next.value;
  }
}
