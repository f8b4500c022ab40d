// Hands mail to an SMTP server on loopback, in plain sight: one command, one reply.

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
  /** The machine it comes from, by the server's log; loopback without it. */
  readonly client?: SmtpClient;
  /** Recipients may be refused; the mail goes to the others, if there are any. */
  readonly mayBeRefused?: boolean;
}

/** What the server is told by XCLIENT. */
export interface SmtpClient {
  readonly name: string;
  readonly address: string;
  readonly login?: string | undefined;
}

export interface SmtpServer {
  readonly port: number;
  readonly host?: string;
}

const REPLY_TIMEOUT_MS = 60_000;

/** Sends `mail` and returns the server's word on it, such as "250 2.0.0 Ok: queued as 4F1A2B". */
export async function sendMail(server: SmtpServer, mail: OutgoingMail): Promise<string> {
  const session = await openSmtpSession(server, mail.client);
  try {
    const queued = await session.send(mail);
    await session.quit();
    return queued;
  } finally {
    session.close();
  }
}

export interface SmtpSession {
  readonly send: (mail: OutgoingMail) => Promise<string>;
  readonly quit: () => Promise<void>;
  readonly close: () => void;
}

/** For one mail after the other, all from `client`. */
export async function openSmtpSession(
  { port, host = "127.0.0.1" }: SmtpServer,
  client?: SmtpClient,
): Promise<SmtpSession> {
  const socket = connect({ host, port, noDelay: true });
  socket.setTimeout(REPLY_TIMEOUT_MS, () => socket.destroy(new Error("the SMTP server did not answer in time")));
  try {
    await once(socket, "connect");
    const say = await greet(socket, client);
    return {
      send: (mail) => converse(say, mail),
      quit: async () => void (await say("QUIT", "221")),
      close: () => socket.destroy(),
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

type Say = (command: string, code: string) => Promise<string>;

async function greet(socket: Socket, client: SmtpClient | undefined): Promise<Say> {
  const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
  const say: Say = async (command, code) => {
    socket.write(`${command}\r\n`);
    return expectReply(replies, code);
  };
  await expectReply(replies, "220");
  await say("EHLO client.example.org", "250");
  if (client === undefined) return say;
  const login = client.login === undefined ? "" : ` LOGIN=${client.login}`;
  await say(`XCLIENT NAME=${client.name} ADDR=${client.address}${login}`, "220");
  await say(`EHLO ${client.name}`, "250");
  return say;
}

async function converse(say: Say, mail: OutgoingMail): Promise<string> {
  await say(`MAIL FROM:<${mail.sender}>`, "250");
  let accepted = 0;
  for (const recipient of mail.recipients) {
    const reply = await say(`RCPT TO:<${recipient}>`, mail.mayBeRefused === true ? "" : "250");
    if (reply.startsWith("250")) accepted += 1;
  }
  if (accepted === 0) return say("RSET", "250");
  await say("DATA", "354");
  return say(`${mail.headers.join("\r\n")}\r\n\r\n${mail.body ?? "Hello."}\r\n.`, "250");
}

/** Reads one reply of one or more lines ("250-…" goes on, "250 …" is the last); it must begin with `code`. */
async function expectReply(replies: AsyncIterator<string>, code: string): Promise<string> {
  for (;;) {
    const next = await replies.next();
    if (next.done === true) throw new Error(`the SMTP server closed the connection before it said ${code}`);
    if (!next.value.startsWith(code)) throw new Error(`expected ${code} from the SMTP server, got: ${next.value}`);
    if (next.value[3] !== "-") return next.value;
  }
}
