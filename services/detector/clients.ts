// machines that handed mail over -> whether one may stand for many people, or all its mail counts as one person's.
//
// Whoever hands over a mail without a login chooses its From and its envelope sender: one machine outside can be as many people as
// it likes. It can also be the gateway through which all real people write, with no login in the log. They are told apart by
// what was seen before: a machine outside stands for many once an hour has passed since the sixth sender was seen from it, or
// when it handed over a quarter of the mail of the hours before; so does everyone in the first hour of a log and before its
// first mails, when nothing is known, and every machine of a private network. Where trusted relays are named, of the machines
// outside only these.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import {
  atLeastHolder,
  holderOf,
  type IpNetwork,
  isInNetwork,
  parseAddress,
  parseNetwork,
  placeOfAddress,
} from "../../shared/domain/ip-network.ts";
import type { MailOrigin } from "../../shared/domain/mail-event.ts";
import type { MailMessage } from "./mail-message.ts";
import { type Changes, noteChange, noteGone, type Tracked, tracked } from "./tracked.ts";

export interface ClientTable {
  /** Machines outside, by address, in IPv6 by its first 64 bits. */
  readonly clients: Map<string, Client>;
  readonly trusted: readonly IpNetwork[] | undefined;
  /** Messages that came from another machine. */
  readonly all: HourlyCount;
  /** Event time of the earliest mail. */
  since: number;
  readonly changes: Changes | undefined;
}

export interface Client extends Tracked {
  readonly kind: "client";
  /** Under which it stands in the table; "" for those that are not kept. */
  readonly key: string;
  /** `host`: no address, a mail server's own name. `inside`: private or trusted. */
  readonly place: "host" | "inside" | "outside";
  readonly mails: HourlyCount;
  /** Envelope senders or From addresses, only as many as decide. */
  senders: string[];
  /** Event time at which the deciding one was first seen. */
  manyAt: number;
}

/** A count, and what it was before the clock hour of the latest. */
export interface HourlyCount {
  count: number;
  before: number;
  hour: number;
}

/** Bounds the search for a client to forget. */
const MANY_SKIPPED_MAX = 64;
const NO_SENDERS: string[] = [];
const IPV6_DIGITS = 32;
const HOST = clientIn("host", "");
const INSIDE = clientIn("inside", "");

export function createClientTable(settings: DetectorSettings, changes?: Changes): ClientTable {
  return {
    clients: new Map(),
    trusted: settings.relays.trusted?.flatMap((text) => parseNetwork(text) ?? []).map(atLeastHolder),
    all: createCount(),
    since: Number.POSITIVE_INFINITY,
    changes,
  };
}

/** Notes a queue id that was not known; `evicted`: another client had to be forgotten. */
export function noteClient(
  table: ClientTable,
  event: MailOrigin,
  isNewMessage: boolean,
  settings: DetectorSettings,
): { readonly client: Client; readonly evicted: boolean } {
  const known = knownClient(table, event.hop);
  const client = known ?? createClient(table, event.hop);
  if (known === undefined) {
    table.clients.set(client.key, client);
    noteChange(client);
  }
  if (isNewMessage) countMail(table, client, event, settings);
  else {
    table.since = Math.min(table.since, event.at);
    if (isStranger(client, event)) addMail(client, event.at, settings.relays.afterMs);
  }
  if (isStranger(client, event)) noteWriterOf(client, event, settings);
  return { client, evicted: known === undefined && forgetClient(table, settings.bounds.clientsMax) };
}

/** Counts a new message of a writer that was noted before. */
export function countMail(
  table: ClientTable,
  client: Client,
  mail: { readonly at: number; readonly authenticated: boolean },
  { relays }: DetectorSettings,
): void {
  table.since = Math.min(table.since, mail.at);
  if (client.place === "host") return;
  add(table.all, mail.at, relays.afterMs);
  if (isStranger(client, mail)) addMail(client, mail.at, relays.afterMs);
}

function addMail(client: Client, at: number, hourMs: number): void {
  add(client.mails, at, hourMs);
  noteChange(client);
}

/** May whoever hands the mail over have made up its writer? */
export function isStranger(client: Client, mail: { readonly authenticated: boolean }): boolean {
  return client.place === "outside" && !mail.authenticated;
}

/** The client whose mail counts as one person's, under a name that is no person's; undefined where the writers count. */
export function soleClient(
  table: ClientTable,
  message: MailMessage,
  at: number,
  settings: DetectorSettings,
): string | undefined {
  if (message.authenticated) return undefined;
  let key: string | undefined;
  let firstAt = Number.POSITIVE_INFINITY;
  // The hop that took the mail in. Stamps of a second make it as late as its own filter: only the former may be outside.
  for (const hop of message.hops) {
    const fromOutside = (knownClient(table, hop.hop)?.place ?? "outside") === "outside";
    const name = clientKey(hop.hop);
    if (hop.firstAt > firstAt) continue;
    if (hop.firstAt === firstAt && (!fromOutside || (key !== undefined && key < name))) continue;
    firstAt = hop.firstAt;
    key = fromOutside ? name : undefined;
  }
  if (key === undefined || standsForMany(table, key, at, settings)) return undefined;
  return `client ${key}`;
}

function standsForMany(table: ClientTable, key: string, at: number, settings: DetectorSettings): boolean {
  if (table.trusted !== undefined) return false;
  const { afterMs, mailsMin, share } = settings.relays;
  const all = countBefore(table.all, at, afterMs);
  if (at < table.since + afterMs || all < mailsMin) return true;
  const client = table.clients.get(key);
  if (client === undefined) return false;
  return at >= client.manyAt + afterMs || countBefore(client.mails, at, afterMs) >= share * all;
}

function noteWriterOf(client: Client, event: MailOrigin, settings: DetectorSettings): void {
  const sender = event.from ?? event.sender;
  const isMany = client.manyAt !== Number.POSITIVE_INFINITY;
  if (isMany || sender === undefined || client.senders.includes(sender)) return;
  client.senders = [...client.senders, sender];
  noteChange(client);
  if (client.senders.length < settings.relays.senders) return;
  client.senders = NO_SENDERS;
  client.manyAt = event.at;
}

/** Of machines that are not outside nothing is kept: most are people's own, and would fill the table. */
function knownClient(table: ClientTable, hop: string): Client | undefined {
  const place = placeOfAddress(hop);
  if (place === "outside") return table.clients.get(clientKey(hop));
  return place === "inside" ? INSIDE : HOST;
}

function createClient(table: ClientTable, hop: string): Client {
  const { trusted } = table;
  const address = trusted === undefined ? undefined : parseAddress(hop);
  const isTrusted = address !== undefined && trusted?.some((network) => isInNetwork(address, network)) === true;
  return clientIn(isTrusted ? "inside" : "outside", clientKey(hop), table.changes);
}

/** The client that stood under a key, with nothing known of it; its place is as the settings have it now. */
export function clientOfKey(table: ClientTable, key: string): Client {
  const client = createClient(table, key.endsWith(":") ? addressOfHolder(key) : key);
  return { ...client, key };
}

function addressOfHolder(key: string): string {
  const digits = key.slice(0, -1).padStart(IPV6_DIGITS, "0");
  return digits.replaceAll(/(....)(?!$)/g, "$1:");
}

function clientIn(place: Client["place"], key: string, changes?: Changes): Client {
  const unknown = { mails: createCount(), senders: NO_SENDERS, manyAt: Number.POSITIVE_INFINITY };
  return { kind: "client", ...tracked(changes), key, place, ...unknown };
}

function clientKey(hop: string): string {
  if (!hop.includes(":")) return hop;
  const address = parseAddress(hop);
  return address === undefined ? hop : `${holderOf(address).toString(16)}:`;
}

function createCount(): HourlyCount {
  return { count: 0, before: 0, hour: Number.NEGATIVE_INFINITY };
}

function add(counted: HourlyCount, at: number, hourMs: number): void {
  const hour = Math.floor(at / hourMs);
  if (hour > counted.hour) {
    counted.before = counted.count;
    counted.hour = hour;
  }
  counted.count += 1;
}

function countBefore(counted: HourlyCount, at: number, hourMs: number): number {
  return Math.floor(at / hourMs) > counted.hour ? counted.count : counted.before;
}

/** Forgets the client first noted among those that do not stand for many; one that does only when all do. */
function forgetClient(table: ClientTable, clientsMax: number): boolean {
  if (table.clients.size <= clientsMax) return false;
  let oldest: string | undefined;
  let looked = 0;
  for (const [key, client] of table.clients) {
    oldest ??= key;
    looked += 1;
    if (client.manyAt === Number.POSITIVE_INFINITY && client.place === "outside") {
      oldest = key;
      break;
    }
    if (looked >= MANY_SKIPPED_MAX) break;
  }
  const forgotten = oldest === undefined ? undefined : table.clients.get(oldest);
  if (forgotten === undefined) return false;
  table.clients.delete(forgotten.key);
  noteGone(forgotten);
  return true;
}
