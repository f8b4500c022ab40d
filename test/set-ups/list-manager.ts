// A stand-in for a list manager: takes mail by LMTP on loopback, as Mailman does, and gives it back by SMTP, 500 recipients at
// a time or one (VERP). The Postfix around it is the real part.

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import type { SmtpClient, SmtpServer } from "../support/smtp-client.ts";
import { openSmtpSession } from "../support/smtp-client.ts";

export interface ListManagerOptions {
  readonly port: number;
  readonly list: string;
  readonly members: readonly string[];
  /** Servers that take the mail back, each its share. */
  readonly servers: readonly SmtpServer[];
  /** The list manager's own machine, as the servers see it; loopback without it. */
  readonly client?: SmtpClient;
  /** Recipients of one mail; 1: each has a return path of its own. */
  readonly chunk: number;
  /** Before each subject. */
  readonly tag: string;
  /** A moderator looks at this person's mail. */
  readonly moderated: string;
}

export interface ListManager {
  /** Nothing is being handed over. */
  readonly isIdle: () => boolean;
  /** Mails that wait for the moderator. */
  readonly heldCount: () => number;
  readonly release: () => void;
  /** Rejects when something could not be handed over. */
  readonly stop: () => Promise<void>;
}

interface ListMail {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly lines: readonly string[];
}

/** Sessions a server at once, for mails of one recipient. */
const SESSIONS = 6;

export async function startListManager(options: ListManagerOptions): Promise<ListManager> {
  const held: ListMail[] = [];
  const failures: unknown[] = [];
  let running = 0;
  const handOver = (mail: ListMail): void => {
    running += 1;
    distribute(mail, options)
      .catch((error: unknown) => failures.push(error))
      .finally(() => (running -= 1));
  };
  const server = createServer((socket) => {
    receive(socket, (mail) => {
      // Bounces come to the list's own return paths: they end here.
      if (!mail.recipients.includes(options.list)) return;
      if (mail.sender === options.moderated) held.push(mail);
      else handOver(mail);
    }).catch((error: unknown) => failures.push(error));
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    isIdle: () => running === 0,
    heldCount: () => held.length,
    release: () => {
      for (const mail of held.splice(0)) handOver(mail);
    },
    stop: async () => {
      server.close();
      await once(server, "close");
      if (failures.length > 0) throw new Error("the list manager failed", { cause: failures[0] });
    },
  };
}

/** One LMTP session: a reply for each recipient when the mail has come. */
async function receive(socket: Socket, take: (mail: ListMail) => void): Promise<void> {
  const reply = (text: string): void => void socket.write(`${text}\r\n`);
  let sender = "";
  let recipients: string[] = [];
  let data: string[] | undefined;
  reply("220 lists.example.org LMTP");
  for await (const line of createInterface({ input: socket })) {
    if (data !== undefined) {
      if (line !== ".") data.push(line.startsWith("..") ? line.slice(1) : line);
      else {
        take({ sender, recipients, lines: data });
        socket.write("250 2.0.0 Ok\r\n".repeat(recipients.length));
        data = undefined;
        recipients = [];
      }
      continue;
    }
    const [verb = ""] = line.toUpperCase().split(" ", 1);
    if (verb === "MAIL") sender = addressIn(line);
    else if (verb === "RCPT") recipients.push(addressIn(line));
    else if (verb === "DATA") data = [];
    if (verb === "DATA") reply("354 go ahead");
    else reply(verb === "QUIT" ? "221 2.0.0 Bye" : "250 Ok");
    if (verb === "QUIT") socket.end();
  }
}

function addressIn(command: string): string {
  return command.slice(command.indexOf("<") + 1, command.indexOf(">"));
}

async function distribute(mail: ListMail, options: ListManagerOptions): Promise<void> {
  const { members, servers, chunk } = options;
  const headers = listHeaders(mail, options);
  const body = mail.lines.slice(mail.lines.indexOf("") + 1).join("\r\n");
  const chunks = Array.from({ length: Math.ceil(members.length / chunk) }, (_, index) =>
    members.slice(index * chunk, (index + 1) * chunk),
  );
  const sessions = chunk === 1 ? SESSIONS : 1;
  const lanes = servers.flatMap((server, number) =>
    Array.from({ length: sessions }, (_, session) => ({ server, lane: number + session * servers.length })),
  );
  await Promise.all(
    lanes.map(async ({ server, lane }) => {
      const session = await openSmtpSession(server, options.client);
      for (let index = lane; index < chunks.length; index += lanes.length) {
        const recipients = chunks[index] ?? [];
        const sender = returnPath(options.list, recipients);
        await session.send({ sender, recipients, headers, body, mayBeRefused: true });
      }
      await session.quit();
      session.close();
    }),
  );
}

/** all-staff-bounces@…, or all-staff-bounces+anna=example.org@… for one recipient. */
function returnPath(list: string, recipients: readonly string[]): string {
  const [local = "", domain = ""] = list.split("@");
  const [only = ""] = recipients.length === 1 ? recipients : [];
  return `${local}-bounces${only === "" ? "" : `+${only.replace("@", "=")}`}@${domain}`;
}

function listHeaders({ lines }: ListMail, { list, tag }: ListManagerOptions): string[] {
  const [local = "", domain = ""] = list.split("@");
  return [
    ...wholeHeaders(lines.slice(0, lines.indexOf("")))
      .filter((header) => !/^(?:Return-Path|Received|Delivered-To):/i.test(header))
      .map((header) => tagged(header, tag)),
    `List-Id: Everybody <${local}.${domain}>`,
    "Precedence: list",
    `List-Post: <mailto:${list}>`,
  ];
}

/** One text a header, folds and all. */
function wholeHeaders(lines: readonly string[]): string[] {
  const headers: string[] = [];
  for (const line of lines) {
    if (/^\s/.test(line) && headers.length > 0) headers.push(`${headers.pop() ?? ""}\r\n${line}`);
    else headers.push(line);
  }
  return headers;
}

function tagged(header: string, tag: string): string {
  const isTagged = decodeHeaderValue(header.replaceAll("\r\n", "")).includes(tag.trim());
  return !header.startsWith("Subject: ") || isTagged ? header : header.replace("Subject: ", `Subject: ${tag}`);
}
