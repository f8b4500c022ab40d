// one row of an Exchange message tracking log -> its fragment of the table.
//
// A message is one record a server, whatever the server does with it: its forks (TRANSFER) have internal ids of their own, but the
// network message id of the whole, and where there is none (2010 and before) its Message-ID. So a fork adds nothing, a second
// RECEIVE neither, and deliveries of all forks add up:
//
//   RECEIVE  1 recipient, the group      nrcpt 1
//   EXPAND   the group, 3,000 members    3,000 instead of 1
//   TRANSFER 1,000, 1,000, 1,000         nothing
//   DELIVER  20, 20, 20, …               delivered
//
// A message on two servers is two queue ids, as it is with any mail server, and each has its hop. Shadow copies (HA…) are no mail.

import { nameOfBytes } from "../../../shared/domain/log-text.ts";
import { DUPLICATES_MAX, HEADER_NAMES } from "../../../shared/domain/mail-fragment.ts";
import { addAddress, addExpansion } from "../../../shared/domain/merge-fields.ts";
import {
  BOUNCED,
  CLIENT,
  DEFERRED,
  DELIVERED,
  HEADER_TO,
  LOGIN,
  MESSAGE_ID,
  SENDER,
} from "../../../shared/domain/packed/fragment-slab.ts";
import { noteHeld, noteReleased } from "../../../shared/domain/packed/slab-hold.ts";
import type { ArrivalTime } from "../arrival-time.ts";
import type { FragmentTable, Host } from "../combine.ts";
import type { LineOutcome } from "../rejection.ts";
import { ExchangeOrigin } from "./exchange-origin.ts";
import { placeOfField, type TrackingRow } from "./tracking-row.ts";
import { TrackingId } from "./tracking-id.ts";

const SOURCE = placeOfField("source");
const EVENT_ID = placeOfField("event-id");
const MESSAGE_ID_FIELD = placeOfField("message-id");
const NETWORK_MESSAGE_ID = placeOfField("network-message-id");
const RECIPIENTS = placeOfField("recipient-address");
const RECIPIENT_COUNT = placeOfField("recipient-count");
const RELATED_RECIPIENT = placeOfField("related-recipient-address");
const SUBJECT = placeOfField("message-subject");
const SENDER_ADDRESS = placeOfField("sender-address");
const RETURN_PATH = placeOfField("return-path");

const FROM_HEADER = HEADER_NAMES.indexOf("from");
const SUBJECT_HEADER = HEADER_NAMES.indexOf("subject");
const AUTO_SUBMITTED_HEADER = HEADER_NAMES.indexOf("auto-submitted");

const ADDRESS_BYTES_MAX = 320;
const MESSAGE_ID_BYTES_MAX = 998;
const SUBJECT_BYTES_MAX = 998;
const ENVELOPE_BYTES_MAX = 2000;
const WORD_BYTES_MAX = 32;
const COUNT_DIGITS_MAX = 9;
const OPEN = 60;
const CLOSE = 62;

/** What is said by the events that are read; all others are sound rows of no interest. */
const EVENTS: ReadonlyMap<string, "accept" | "hold" | "release" | "expand" | "duplicate" | "attempt"> = new Map([
  ["RECEIVE", "accept"],
  // A report that the server itself writes: it comes from nowhere.
  ["DSN", "accept"],
  // A moderator is asked, and has said yes.
  ["INITMESSAGECREATED", "hold"],
  ["MODERATORAPPROVE", "release"],
  ["EXPAND", "expand"],
  ["DUPLICATEDELIVER", "duplicate"],
  ["DELIVER", "attempt"],
  ["SEND", "attempt"],
  ["SENDEXTERNAL", "attempt"],
  ["FAIL", "attempt"],
  ["DEFER", "attempt"],
]);
const COUNTS: ReadonlyMap<string, number> = new Map([
  ["FAIL", BOUNCED],
  ["DEFER", DEFERRED],
]);

/** Header values that the log says in words of its own. */
const AUTO_REPLIED = Buffer.from("auto-replied");

export interface ExchangeOptions {
  readonly table: FragmentTable;
  readonly arrival: ArrivalTime;
  readonly hashSeed: number;
}

/** Reads rows whose columns are known; keeps nothing of them but what it adds to the table. */
export class ExchangeParser {
  private readonly table: FragmentTable;
  private readonly arrival: ArrivalTime;
  private readonly row: TrackingRow;
  private readonly id: TrackingId;
  private readonly origin: ExchangeOrigin;
  private host: Host | undefined;
  /** Time of the row at hand. */
  private readonly stamped = { eventTimeMs: 0 };

  constructor(row: TrackingRow, options: ExchangeOptions & ConstructorParameters<typeof ExchangeOrigin>[1]) {
    this.row = row;
    this.table = options.table;
    this.arrival = options.arrival;
    this.id = new TrackingId(options.hashSeed);
    this.origin = new ExchangeOrigin(row, options);
  }

  /** The row was read. */
  parse(eventTimeMs: number): LineOutcome {
    const { row } = this;
    const event = row.text(EVENT_ID, WORD_BYTES_MAX).toUpperCase();
    const kind = EVENTS.get(event);
    if (kind === undefined) return "other";
    const count = this.recipients();
    if (count < 0) return "malformed-tracking-row";
    const isIdentified = row.take(NETWORK_MESSAGE_ID, MESSAGE_ID_BYTES_MAX) || this.takeMessageId();
    // A session that was refused, or a group of nobody.
    if (!isIdentified || count === 0) return kind === "accept" ? "malformed-tracking-row" : "other";
    const host = this.origin.hostOf(event, row.text(SOURCE, WORD_BYTES_MAX).toUpperCase());
    // Rows on moderation may name no server. Which one wrote the row before is no answer: that depends on how files are cut and joined.
    if (typeof host === "string") return kind === "hold" || kind === "release" ? "other" : host;
    this.host = host;
    this.stamped.eventTimeMs = eventTimeMs;
    this.arrival.settle(this.stamped, host.name);
    if (kind === "accept") return this.accept(count);
    if (kind === "expand") return this.expand(count);
    if (kind === "duplicate") return this.duplicate(host);
    const record = this.recordOf(host);
    const { slab } = this.table;
    if (kind === "hold" || kind === "release") {
      if (kind === "hold") noteHeld(slab, record);
      else noteReleased(slab, record, this.table.at);
      return "used";
    }
    const field = COUNTS.get(event) ?? DELIVERED;
    slab.numbers[record + field] = Math.min(1_000_000_000, slab.number(record, field) + count);
    return "used";
  }

  private accept(count: number): LineOutcome {
    const record = this.acceptedRecord();
    if (record < 0) return "malformed-tracking-row";
    const { slab } = this.table;
    slab.recipients(record, count);
    this.say(record, HEADER_TO, RECIPIENTS, ENVELOPE_BYTES_MAX);
    this.origin.read();
    slab.source = this.origin.client.bytes;
    if (this.origin.client.length > 0) slab.say(record, CLIENT, 0, this.origin.client.length);
    if (this.origin.isAuthenticated) this.say(record, LOGIN, SENDER_ADDRESS, ADDRESS_BYTES_MAX);
    if (this.origin.isAutomatic) {
      slab.source = AUTO_REPLIED;
      slab.sayHeader(record, AUTO_SUBMITTED_HEADER, 0, AUTO_REPLIED.length);
    }
    return "used";
  }

  /** The mail was taken in, be it before the log begins. */
  private expand(members: number): LineOutcome {
    const group = nameOfBytes(this.row.text(RELATED_RECIPIENT, ADDRESS_BYTES_MAX)).toLowerCase();
    const record = group === "" ? -1 : this.acceptedRecord();
    if (record < 0) return "malformed-tracking-row";
    const { slab } = this.table;
    slab.recipients(record, 1);
    addExpansion((slab.addressesOf(record).expansions ??= []), group, members);
    return "used";
  }

  private duplicate(host: Host): LineOutcome {
    const addresses = nameOfBytes(this.row.text(RECIPIENTS, ENVELOPE_BYTES_MAX)).toLowerCase().split(";");
    const record = this.recordOf(host);
    const set = (this.table.slab.addressesOf(record).duplicateTo ??= []);
    for (const address of addresses) {
      if (address !== "") addAddress(set, address.slice(0, ADDRESS_BYTES_MAX), DUPLICATES_MAX);
    }
    return "used";
  }

  private recordOf(host: Host): number {
    const { row } = this;
    if (!row.take(NETWORK_MESSAGE_ID, MESSAGE_ID_BYTES_MAX)) this.takeMessageId();
    this.id.read(host, row);
    this.table.goTo(this.stamped.eventTimeMs);
    return this.table.recordFor(host, this.id);
  }

  /** The record, with what every row of an accepted mail says of it; -1 without a host. */
  private acceptedRecord(): number {
    const { host, row } = this;
    if (host === undefined) return -1;
    const record = this.recordOf(host);
    const { slab } = this.table;
    slab.accepted(record, this.table.at);
    this.takeMessageId();
    slab.source = row.source;
    slab.say(record, MESSAGE_ID, row.from, row.to);
    if (row.take(RETURN_PATH, ADDRESS_BYTES_MAX)) {
      const isNull = row.to - row.from === 2 && row.source[row.from] === OPEN && row.source[row.from + 1] === CLOSE;
      slab.source = row.source;
      slab.say(record, SENDER, isNull ? row.to : row.from, row.to);
    }
    slab.sayHeader(record, -1, 0, 0);
    this.sayHeader(record, FROM_HEADER, SENDER_ADDRESS, ADDRESS_BYTES_MAX);
    this.sayHeader(record, SUBJECT_HEADER, SUBJECT, SUBJECT_BYTES_MAX);
    return record;
  }

  private say(record: number, text: number, place: number, bytesMax: number): void {
    const { row } = this;
    const { slab } = this.table;
    if (!row.take(place, bytesMax)) return;
    slab.source = row.source;
    slab.say(record, text, row.from, row.to);
  }

  private sayHeader(record: number, header: number, place: number, bytesMax: number): void {
    const { row } = this;
    const { slab } = this.table;
    if (!row.take(place, bytesMax)) return;
    slab.source = row.source;
    slab.sayHeader(record, header, row.from, row.to);
  }

  /** Without its angle brackets. */
  private takeMessageId(): boolean {
    const { row } = this;
    row.take(MESSAGE_ID_FIELD, MESSAGE_ID_BYTES_MAX + 2);
    if (row.source[row.from] === OPEN && row.source[row.to - 1] === CLOSE && row.to - row.from >= 2) {
      row.from += 1;
      row.to -= 1;
    }
    row.to = Math.min(row.to, row.from + MESSAGE_ID_BYTES_MAX);
    return row.to > row.from;
  }

  /** As many as are listed, or said to be; -1 when that is no number. */
  private recipients(): number {
    const { row } = this;
    const listed = row.count(RECIPIENTS);
    const said = row.text(RECIPIENT_COUNT, COUNT_DIGITS_MAX + 1);
    if (said === "") return listed;
    return /^\d+$/.test(said) && said.length <= COUNT_DIGITS_MAX ? Math.max(listed, Number(said)) : -1;
  }
}
