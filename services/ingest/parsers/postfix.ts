// one Postfix log message (host, event time, bytes from the program name on) -> its fragment of the table. Shapes of 3.x.
// What follows "QUEUEID: " decides, by fixed positions: a sender's text (subject, HELO, address, status) never stands there.

import { CLIENT, HEADER_TO, LOGIN, MESSAGE_ID, SENDER } from "../../../shared/domain/packed/fragment-slab.ts";
import { noteHeld, noteReleased } from "../../../shared/domain/packed/slab-hold.ts";
import { ascii, lesser, spells } from "../bytes.ts";
import type { FragmentTable, Host } from "../combine.ts";
import type { NamedMessage, Stamped } from "../envelopes/syslog.ts";
import type { LineOutcome } from "../rejection.ts";
import type { MessageAtHand, MessageBytes } from "./message-bytes.ts";
import { ClientLineReader, LOCAL } from "./postfix-client-line.ts";
import { countDelivery } from "./postfix-delivery.ts";
import { ForwardedIds } from "./postfix-forwarded.ts";
import { HeaderLineReader } from "./postfix-header-line.ts";
import { isHeld, isReleased } from "./postfix-hold.ts";
import { isCleanup, isQueueManager } from "./postfix-program.ts";
import { QueueIdReader } from "./postfix-queue-id.ts";
import { QueueManagerLineReader } from "./postfix-queue-line.ts";
import { behindUnusualTag, componentOf } from "./postfix-tag.ts";

const SLASH = 47;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COLON = 58;
const SPACE = 32;

const USUAL_NAME = ascii("postfix/");
const TO = ascii("to=<");
const CLIENT_FIELD = ascii("client=");
const UID = ascii("uid=");
const MESSAGE_ID_FIELD = ascii("message-id=");
const FROM = ascii("from=<");
const REMOVED = ascii("removed");
const HEADER = ascii("info: header ");
const WARNED = ascii("warning: header ");

/** Longest Message-ID, address or login, and client kept, bytes; a longer one is cut. */
const MESSAGE_ID_BYTES_MAX = 998;
const ADDRESS_BYTES_MAX = 320;
const CLIENT_BYTES_MAX = 255;

export interface PostfixOptions {
  readonly table: FragmentTable;
  readonly hashSeed: number;
  /** Relay names or addresses of list servers, besides loopback. */
  readonly listServers: ReadonlySet<string>;
}

/** Reads Postfix messages; keeps nothing of a line but what it adds to the table. */
export class PostfixParser {
  private readonly table: FragmentTable;
  private readonly listServers: ReadonlySet<string>;
  private readonly id: QueueIdReader;
  private readonly forwarded: ForwardedIds;
  private readonly headerLine = new HeaderLineReader();
  private readonly clientLine = new ClientLineReader();
  private readonly queueLine = new QueueManagerLineReader();
  /** Reused for every line, so that a line costs no object. */
  private readonly line: MessageAtHand = {
    host: { name: "", hash: 0, index: 0 },
    eventTimeMs: 0,
    bytes: Buffer.alloc(0),
    start: 0,
    end: 0,
    component: 0,
    componentEnd: 0,
  };

  constructor(options: PostfixOptions) {
    this.table = options.table;
    this.listServers = options.listServers;
    this.id = new QueueIdReader(options.hashSeed);
    this.forwarded = new ForwardedIds(options);
  }

  /** `start`: first byte of the program name ("postfix/smtpd[123]: …"). */
  parse(host: Host, stamped: Stamped, bytes: Buffer, start: number, end: number): LineOutcome {
    // The usual name is not looked through byte by byte.
    let component = spells(bytes, start, USUAL_NAME) ? start + USUAL_NAME.length : -1;
    let at = component < 0 ? start : component;
    for (; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === SLASH) component = at + 1;
      else if (byte === OPEN_BRACKET || byte === COLON || byte === SPACE) break;
    }
    // Any syslog_name will do, but Postfix always puts its program behind a slash.
    if (component < 0) return "other";
    const componentEnd = at;
    if (bytes[at] === OPEN_BRACKET) {
      // No further than the tag goes: a bracket in what a client said closes none.
      while ((bytes[at] ?? 0) > SPACE && bytes[at] !== CLOSE_BRACKET) at += 1;
      at += 1;
    }
    if (bytes[at] !== COLON || bytes[at + 1] !== SPACE) {
      const text = behindUnusualTag(bytes, start, componentEnd, end);
      if (text < 0) return "other";
      // The name itself is cut where a space follows.
      const nameEnd = bytes[componentEnd] === SPACE ? component : componentEnd;
      return this.parseBehindTag({ host, stamped, bytes, name: component, nameEnd, start: text, end });
    }
    if (!this.id.read(host, bytes, at + 2, end)) return "other";
    const { line } = this;
    // The engine notes every pointer that is stored: those that stay the same are not.
    if (line.host !== host) line.host = host;
    if (line.bytes !== bytes) line.bytes = bytes;
    line.eventTimeMs = stamped.eventTimeMs;
    line.start = this.id.next;
    line.end = end;
    line.component = component;
    line.componentEnd = componentEnd;
    return this.message(line);
  }

  /** A message whose program is named apart from it, as RFC 5424 has it. */
  parseNamed(message: NamedMessage): LineOutcome {
    const name = componentOf(message.bytes, message.name, message.nameEnd);
    return name < 0 ? "other" : this.parseBehindTag({ ...message, name });
  }

  /** `name`: where the program's own begins. */
  private parseBehindTag({ host, stamped, bytes, name, nameEnd, start, end }: NamedMessage): LineOutcome {
    if (!this.id.read(host, bytes, start, end)) return "other";
    const { eventTimeMs } = stamped;
    const at = { start: this.id.next, end, component: name, componentEnd: nameEnd };
    return this.message({ host, eventTimeMs, bytes, ...at });
  }

  private message(line: MessageBytes): LineOutcome {
    const { bytes, start } = line;
    switch (bytes[start]) {
      case 116: // t
        return spells(bytes, start, TO) ? this.delivery(line) : "other";
      case 99: // c
        return spells(bytes, start, CLIENT_FIELD) ? this.client(line) : "other";
      case 117: // u
        return spells(bytes, start, UID) ? this.pickup(line) : "other";
      case 109: // m
        if (spells(bytes, start, MESSAGE_ID_FIELD)) return isCleanup(line) ? this.messageId(line) : "other";
        return isHeld(line) ? this.held(line, false) : "other";
      case 104: // h
        return isHeld(line) ? this.held(line, false) : "other";
      case 102: // f
        return spells(bytes, start, FROM) && isQueueManager(line) ? this.queueManager(line) : "other";
      case 114: // r
        if (line.end - start === REMOVED.length && spells(bytes, start, REMOVED)) return this.removed(line);
        return isReleased(line) ? this.held(line, true) : "other";
      case 105: // i: header_checks with INFO
        return spells(bytes, start, HEADER) && isCleanup(line) ? this.header(line, HEADER.length) : "other";
      case 119: // w: header_checks with WARN
        return spells(bytes, start, WARNED) && isCleanup(line) ? this.header(line, WARNED.length) : "other";
      default:
        return "other";
    }
  }

  /** The line's record, in the slab that is the table's from now on. */
  private record(line: MessageBytes): number {
    this.table.goTo(line.eventTimeMs);
    return this.table.recordFor(line.host, this.id);
  }

  /** The same, for a line that takes the mail in. */
  private accepted(line: MessageBytes): number {
    const record = this.record(line);
    this.table.slab.accepted(record, this.table.at);
    return record;
  }

  private delivery(line: MessageBytes): LineOutcome {
    const record = this.record(line);
    const forwarded = countDelivery(this.table.slab, record, line, this.listServers);
    if (forwarded > 0) this.forwarded.note(line, forwarded);
    return forwarded < 0 ? "malformed-delivery" : "used";
  }

  private client(line: MessageBytes): LineOutcome {
    const { clientLine } = this;
    if (!clientLine.read(line.bytes, line.start + CLIENT_FIELD.length, line.end)) return "malformed-client-line";
    const record = this.accepted(line);
    const { slab } = this.table;
    const { client, clientEnd, login, loginEnd } = clientLine;
    slab.say(record, CLIENT, client, lesser(clientEnd, client + CLIENT_BYTES_MAX));
    if (loginEnd > login) slab.say(record, LOGIN, login, lesser(loginEnd, login + ADDRESS_BYTES_MAX));
    return "used";
  }

  private pickup(line: MessageBytes): LineOutcome {
    const record = this.accepted(line);
    const { slab } = this.table;
    slab.source = LOCAL;
    slab.say(record, CLIENT, 0, LOCAL.length);
    return "used";
  }

  private messageId(line: MessageBytes): LineOutcome {
    const { bytes } = line;
    let from = line.start + MESSAGE_ID_FIELD.length;
    let end = line.end;
    if (bytes[from] === 60 && bytes[end - 1] === 62) {
      from += 1;
      end -= 1;
    }
    end = lesser(end, from + MESSAGE_ID_BYTES_MAX);
    let record = this.record(line);
    const { slab } = this.table;
    if (slab.isSaid(record, MESSAGE_ID) && !slab.saysAgain(record, MESSAGE_ID, from, end)) {
      record = this.table.anotherLife(line.host, this.id);
    }
    slab.accepted(record, this.table.at);
    slab.say(record, MESSAGE_ID, from, end);
    return "used";
  }

  private queueManager(line: MessageBytes): LineOutcome {
    const { bytes, start, end } = line;
    if (bytes[end - 1] !== 41) return "other"; // "status=expired, returned to sender"
    const { queueLine } = this;
    if (!queueLine.read(bytes, start, end)) return "malformed-queue-manager-line";
    const record = this.accepted(line);
    const { slab } = this.table;
    slab.recipients(record, queueLine.recipients);
    const from = start + FROM.length;
    slab.say(record, SENDER, from, lesser(queueLine.senderEnd, from + ADDRESS_BYTES_MAX));
    return "used";
  }

  private held(line: MessageBytes, isOver: boolean): LineOutcome {
    const record = this.record(line);
    if (isOver) noteReleased(this.table.slab, record, this.table.at);
    else noteHeld(this.table.slab, record);
    return "used";
  }

  private removed(line: MessageBytes): LineOutcome {
    const record = this.record(line);
    this.table.slab.removed(record, this.table.at);
    return "used";
  }

  private header(line: MessageBytes, prefixLength: number): LineOutcome {
    const header = this.headerLine;
    if (!header.read(line.bytes, line.start + prefixLength, line.end)) return "malformed-header-line";
    const record = this.accepted(line);
    const { slab } = this.table;
    if (header.recipientStart >= 0) slab.say(record, HEADER_TO, header.recipientStart, header.recipientEnd);
    slab.sayHeader(record, header.name, header.valueStart, header.valueEnd);
    return "used";
  }
}
