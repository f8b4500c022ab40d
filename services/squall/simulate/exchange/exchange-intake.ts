// a mail at the door of an Exchange server -> its RECEIVE row, the shadow copy of another server, and what every later row of it says.

import type { EventQueue } from "../event-queue.ts";
import type { LineBuffer } from "../line-buffer.ts";
import type { Mail, Members } from "../mail.ts";
import { DOMAIN } from "../people.ts";
import { hashText, itemAt, type Random } from "../random.ts";
import type { TruthBook } from "../truth-book.ts";
import type { ExchangeDeliveries } from "./exchange-deliveries.ts";
import { guid, messageClass, trackingTime, type Row } from "./exchange-rows.ts";

export interface ExchangeInput {
  readonly events: EventQueue;
  readonly buffer: LineBuffer;
  readonly truth: TruthBook;
  readonly random: Random;
  readonly deliveriesPerSecond: number;
}

export interface Server {
  readonly name: string;
  readonly ip: string;
  /** Internal message ids go up by one on each server. */
  nextId: number;
}

export interface Exchange extends ExchangeInput {
  readonly servers: readonly Server[];
  readonly deliveries: ExchangeDeliveries;
  readonly write: (at: number, row: Row) => void;
  /** Members, as a row names them. */
  readonly addressesOf: (members: Members) => string;
}

/** A mail on its way through one server. */
export interface Tracked {
  readonly mail: Mail;
  readonly server: Server;
  readonly internalId: number;
  /** What all rows of this mail say. */
  readonly common: Row;
}

/** Writes a row of a mail now. */
export function log(exchange: Exchange, tracked: Tracked, at: number, row: Row): void {
  exchange.write(at, { ...tracked.common, ...idOf(tracked), ...row });
}

/** RECEIVE, and the copy that another server keeps until the mail is delivered. */
export function receive(
  exchange: Exchange,
  mail: Mail,
  at: number,
  named = mail.recipients.map(({ address }) => address),
): Tracked {
  const { servers, truth } = exchange;
  const place = hashText(mail.sender === "" ? mail.from : mail.sender) % servers.length;
  const server = itemAt(servers, place);
  const shadow = itemAt(servers, (place + 1) % servers.length);
  const internalId = takeId(server);
  truth.mails += 1;
  truth.traffic[mail.kind] += 1;
  const common: Row = {
    "message-id": `<${mail.messageId}>`,
    "network-message-id": guid(mail.messageId),
    "total-bytes": String(mail.sizeBytes),
    "message-subject": mail.subject,
    "sender-address": headerAddress(mail.from),
    "return-path": mail.sender === "" ? "<>" : mail.sender,
    directionality: mail.server === "edge" ? "Incoming" : "Originating",
    "original-client-ip": mail.origin?.address ?? server.ip,
    "original-server-ip": server.ip,
    "custom-data": "S:DeliveryPriority=Normal",
  };
  const tracked: Tracked = { mail, server, internalId, common };
  const shownAt = exchange.buffer.clock.shown(at);
  const entry = isOutlook(mail) ? byStoreDriver(mail, server, shownAt) : bySmtp(mail, server);
  const to = { "recipient-address": named.join(";"), "recipient-count": String(named.length) };
  exchange.write(at, { ...common, ...idOf(tracked), ...entry, ...to, "message-info": trackingTime(shownAt) });
  exchange.events.schedule(at + 8000, (now) =>
    exchange.write(now, {
      ...common,
      ...to,
      "client-ip": server.ip,
      "client-hostname": `${server.name}.${DOMAIN}`,
      "server-ip": shadow.ip,
      "server-hostname": shadow.name,
      "connector-id": `${shadow.name}\\Default ${shadow.name}`,
      source: "SMTP",
      "event-id": "HARECEIVE",
      "internal-message-id": String(takeId(shadow)),
    }),
  );
  return tracked;
}

/** The next internal message id of a server. */
export function takeId(server: Server): number {
  server.nextId += 1;
  return server.nextId;
}

function idOf({ server, internalId }: Tracked): Row {
  return { "server-ip": server.ip, "server-hostname": server.name, "internal-message-id": String(internalId) };
}

/** People of the house, and what their mailboxes answer by themselves. */
function isOutlook(mail: Mail): boolean {
  return mail.origin?.login !== undefined || mail.kind === "out-of-office";
}

function byStoreDriver(mail: Mail, server: Server, at: number): Row {
  const context = [
    `MDB:${guid(`mdb ${hashText(mail.from) % 24}`)}`,
    `Mailbox:${guid(mail.from)}`,
    `Event:${Math.floor(at / 1_000_000) % 100_000_000}`,
    `MessageClass:${messageClass(mail.kind)}`,
    `CreationTime:${trackingTime(at - 400_000)}`,
    `ClientType:${mail.kind === "out-of-office" ? "EventBasedAssistants" : mail.program === "phone" ? "AirSync" : "MOMT"}`,
  ];
  return {
    "client-ip": server.ip,
    "client-hostname": `${server.name}.${DOMAIN}`,
    "source-context": context.join(", "),
    source: "STOREDRIVER",
    "event-id": "RECEIVE",
  };
}

/** Through the front end of the same server, which remembers whom it had before it. */
function bySmtp({ server: door }: Mail, server: Server): Row {
  const host = `${server.name}.${DOMAIN}`;
  const stranger = door === "edge" ? `S:FirstForestHop=${host};` : "";
  return {
    "client-ip": server.ip,
    "client-hostname": host,
    "connector-id": `${server.name}\\Default ${server.name}`,
    source: "SMTP",
    "event-id": "RECEIVE",
    "custom-data": `${stranger}S:DeliveryPriority=Normal`,
  };
}

/** The address of a From header. */
function headerAddress(from: string): string {
  return /<([^<>]+)>/.exec(from)?.[1] ?? from.split(" ")[0] ?? from;
}
