// a row of a tracking log -> the server that wrote it, and where the mail came from: whose machine, whether somebody had logged in,
// and whether a machine wrote it.

import { ascii, find, lesser, needle } from "../bytes.ts";
import type { Host } from "../combine.ts";
import { HOST_BYTES_MAX, type HostTable, isOfName } from "../host-table.ts";
import type { RejectionReason } from "../rejection.ts";
import { placeOfField, type TrackingRow } from "./tracking-row.ts";

const CLIENT_IP = placeOfField("client-ip");
const CLIENT_HOSTNAME = placeOfField("client-hostname");
const SERVER_HOSTNAME = placeOfField("server-hostname");
const SOURCE_CONTEXT = placeOfField("source-context");
const SOURCE = placeOfField("source");
const DIRECTIONALITY = placeOfField("directionality");
const ORIGINAL_CLIENT_IP = placeOfField("original-client-ip");
const CUSTOM_DATA = placeOfField("custom-data");

const NAME_BYTES_MAX = 255;
const CONTEXT_BYTES_MAX = 4096;
const WORD_BYTES_MAX = 32;
const DOT = 46;
const ZONE = 37;
const QUESTION_MARK = 63;

const LOCAL = ascii("local");
const MESSAGE_CLASS = needle("MessageClass:");
const FIRST_FOREST_HOP = needle("FirstForestHop=");

/** Events that a server tells of what it hands on: it stands as the client, the next as the server. */
const HANDED_ON: ReadonlySet<string> = new Set(["DELIVER", "DUPLICATEDELIVER", "SEND", "SENDEXTERNAL"]);
/** The same of events that can befall a mail before, too: there the source decides. */
const MISHAPS: ReadonlySet<string> = new Set(["FAIL", "DEFER"]);
const HANDING_ON: ReadonlySet<string> = new Set(["SMTP", "STOREDRIVER"]);

/** Message classes of what machines write: answers of rules and of those who are out, receipts, recalls. */
const AUTOMATIC_CLASS =
  /^(?:IPM\.Note\.Rules\.(?:OofTemplate|ReplyTemplate|ExternalOofTemplate)\b|REPORT\.|IPM\.(?:Outlook\.)?Recall\b)/i;

interface Bytes {
  readonly bytes: Buffer;
  length: number;
}

export class ExchangeOrigin {
  /** Address of the machine that handed the mail over, or "local" for a mailbox of the server itself. */
  readonly client: Bytes = { bytes: Buffer.alloc(NAME_BYTES_MAX), length: 0 };
  isAuthenticated = false;
  isAutomatic = false;
  private readonly row: TrackingRow;
  private readonly hosts: HostTable;
  /** Short names of the server, and of what is compared with it. */
  private readonly host: Bytes = { bytes: Buffer.alloc(NAME_BYTES_MAX), length: 0 };
  private readonly other: Bytes = { bytes: Buffer.alloc(NAME_BYTES_MAX), length: 0 };

  constructor(row: TrackingRow, options: { readonly hosts: HostTable }) {
    this.row = row;
    this.hosts = options.hosts;
  }

  /** The server that wrote the row. */
  hostOf(event: string, source: string): Host | RejectionReason {
    const isHandedOn = HANDED_ON.has(event) || (MISHAPS.has(event) && HANDING_ON.has(source));
    const [first, second] = isHandedOn ? [CLIENT_HOSTNAME, SERVER_HOSTNAME] : [SERVER_HOSTNAME, CLIENT_HOSTNAME];
    if (!this.readShort(first, this.host) && !this.readShort(second, this.host)) return "malformed-tracking-row";
    return this.hosts.intern(this.host.bytes, 0, this.host.length) ?? "too-many-hosts";
  }

  /** Of a row that takes a mail in, behind `hostOf`. */
  read(): void {
    const { row } = this;
    const isMailbox = row.text(SOURCE, WORD_BYTES_MAX).toUpperCase() === "STOREDRIVER";
    this.isAuthenticated = isMailbox || row.text(DIRECTIONALITY, WORD_BYTES_MAX).toLowerCase() === "originating";
    this.isAutomatic = this.hasAutomaticClass();
    // What a server hands to itself comes from a mailbox, through another of its services.
    const isOwn = isMailbox || (this.readShort(CLIENT_HOSTNAME, this.other) && this.isHost());
    if (isOwn && !this.isFirstHopOfStranger()) this.setClient(LOCAL, 0, LOCAL.length);
    else this.readClient(this.isFirstHopOfStranger());
  }

  /**
   * Mail from outside comes to the transport service through the front end, be it on the same server: the machine that it came from
   * is the original client. Behind the first server that one is named still, but it is no longer who hands the mail over.
   */
  private isFirstHopOfStranger(): boolean {
    const { row } = this;
    if (this.isAuthenticated || !row.take(CUSTOM_DATA, CONTEXT_BYTES_MAX)) return false;
    const hop = find(row.source, row.from, row.to, FIRST_FOREST_HOP);
    if (hop < 0) return false;
    keepShort(row.source, hop + FIRST_FOREST_HOP.literal.length, row.to, this.other);
    return this.isHost() && row.take(ORIGINAL_CLIENT_IP, NAME_BYTES_MAX);
  }

  private readClient(isOriginal: boolean): void {
    const { row } = this;
    this.client.length = 0;
    if (!row.take(isOriginal ? ORIGINAL_CLIENT_IP : CLIENT_IP, NAME_BYTES_MAX)) return;
    // The interface behind a link-local address is the server's own matter.
    let to = row.from;
    while (to < row.to && row.source[to] !== ZONE) to += 1;
    this.setClient(row.source, row.from, to);
  }

  private setClient(source: Uint8Array, from: number, to: number): void {
    this.client.length = to - from;
    for (let at = from; at < to; at += 1) this.client.bytes[at - from] = source[at] ?? 0;
  }

  private hasAutomaticClass(): boolean {
    const { row } = this;
    if (!row.take(SOURCE_CONTEXT, CONTEXT_BYTES_MAX)) return false;
    const at = find(row.source, row.from, row.to, MESSAGE_CLASS);
    if (at < 0) return false;
    const from = at + MESSAGE_CLASS.literal.length;
    return AUTOMATIC_CLASS.test(row.source.toString("latin1", from, lesser(row.to, from + NAME_BYTES_MAX)).trimStart());
  }

  private isHost(): boolean {
    const { host, other } = this;
    if (host.length !== other.length) return false;
    return host.bytes.subarray(0, host.length).equals(other.bytes.subarray(0, other.length));
  }

  private readShort(place: number, name: Bytes): boolean {
    const { row } = this;
    name.length = 0;
    if (row.take(place, HOST_BYTES_MAX)) keepShort(row.source, row.from, row.to, name);
    return name.length > 0;
  }
}

/** "EX01.example.org" and "EX01" are one server: lower case, up to the first dot; an address stays whole. */
function keepShort(source: Buffer, from: number, end: number, name: Bytes): void {
  const to = lesser(end, from + HOST_BYTES_MAX);
  let hasLetter = false;
  name.length = 0;
  for (let at = from; at < to; at += 1) {
    const byte = source[at] ?? 0;
    if (byte === DOT && hasLetter) return;
    // Behind a name in custom-data.
    if (byte === 59 || byte === 40 || byte === 124) return;
    const isUpper = byte >= 65 && byte <= 90;
    if (isUpper || (byte >= 97 && byte <= 122)) hasLetter = true;
    name.bytes[name.length] = isUpper ? byte | 32 : isOfName(byte) ? byte : QUESTION_MARK;
    name.length += 1;
  }
}
