// Two Exchange servers, the people whose mailboxes they have, and a mail as its writer made it.

import type { TrackedRow } from "./exchange-log.ts";

export interface Server {
  readonly name: string;
  readonly ip: string;
  /** What it wrote, transport service and mailbox services apart, as in MSGTRK and in MSGTRKMS and MSGTRKMD. */
  readonly transport: TrackedRow[];
  readonly submission: TrackedRow[];
  readonly delivery: TrackedRow[];
  /** Counts its internal message ids. */
  lastId: number;
}

export function createServer(name: string, ip: string): Server {
  return { name, ip, transport: [], submission: [], delivery: [], lastId: 4_000_000 };
}

export interface Mail {
  readonly at: number;
  readonly from: string;
  /** As addressed, groups not expanded. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  /** Absent where the version has none. */
  readonly networkMessageId: string | undefined;
  readonly messageClass: string;
}

export interface Organisation {
  readonly domain: string;
  readonly hubs: readonly [Server, Server];
  readonly group: string;
  readonly members: readonly string[];
  /** Whose mailbox is on the second server; all others are on the first. */
  readonly away: ReadonlySet<string>;
  /** Recipients of one fork, of one hand-over and of one mailbox database. */
  readonly forkSize: number;
  readonly databaseSize: number;
}

export function homeOf({ hubs, away }: Organisation, address: string): Server {
  return away.has(address) ? hubs[1] : hubs[0];
}

export function otherThan({ hubs }: Organisation, hub: Server): Server {
  return hub === hubs[0] ? hubs[1] : hubs[0];
}

export function common(mail: Mail): Record<string, string> {
  return {
    "message-id": `<${mail.messageId}>`,
    ...(mail.networkMessageId === undefined ? {} : { "network-message-id": mail.networkMessageId }),
    "message-subject": mail.subject,
    "sender-address": mail.from,
    "return-path": mail.messageClass.includes("OofTemplate") ? "<>" : mail.from,
    "total-bytes": "8724",
    directionality: "Originating",
    "schema-version": "15.01.2375.007",
  };
}

export function listed(addresses: readonly string[]): Record<string, string> {
  return { "recipient-address": addresses.join(";"), "recipient-count": String(addresses.length) };
}

export function* chunked(addresses: readonly string[], size: number): Generator<readonly string[]> {
  for (let at = 0; at < addresses.length; at += size) yield addresses.slice(at, at + size);
}
