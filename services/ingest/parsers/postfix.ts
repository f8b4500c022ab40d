// one Postfix log message (host, event time, bytes from the program name on) -> its fragment of the table. Shapes of 3.x.
// What follows "QUEUEID: " decides, by fixed positions: a sender's text (subject, HELO, address, status) never stands there.

import { CLIENT, HEADER_TO, LOGIN, MESSAGE_ID, SENDER } from "../../../shared/domain/packed/fragment-slab.ts";
import { noteHeld, noteReleased } from "../../../shared/domain/packed/slab-hold.ts";
import { ascii, find, findLast, lesser, needle, spells } from "../bytes.ts";
import type { FragmentTable, Host } from "../combine.ts";
import type { Stamped } from "../envelopes/syslog.ts";
import type { LineOutcome } from "../rejection.ts";
import type { MessageAtHand, MessageBytes } from "./message-bytes.ts";
import { countDelivery } from "./postfix-delivery.ts";
import { ForwardedIds } from "./postfix-forwarded.ts";
import { HeaderLineReader } from "./postfix-header-line.ts";
import { isHeld, isReleased } from "./postfix-hold.ts";
import { isCleanup, isQueueManager } from "./postfix-program.ts";
import { QueueIdReader } from "./postfix-queue-id.ts";

const SLASH = 47;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COLON = 58;
const SPACE = 32;
const COMMA = 44;

const USUAL_NAME = ascii("postfix/");
const TO = ascii("to=<");
const CLIENT_FIELD = ascii("client=");
const UID = ascii("uid=");
const MESSAGE_ID_FIELD = ascii("message-id=");
const FROM = ascii("from=<");
const REMOVED = ascii("removed");
const HEADER = ascii("info: header ");
const WARNED = ascii("warning: header ");
const SASL_USERNAME = needle(", sasl_username=");
const FIELD_END = needle(", ");
const NRCPT = needle(", nrcpt=");
const SIZE = needle(">, size=");

/** Longest Message-ID, address or login, and client kept, bytes; a longer one is cut. */
const MESSAGE_ID_BYTES_MAX = 998;
const ADDRESS_BYTES_MAX = 320;
const CLIENT_BYTES_MAX = 255;

/** What stands for the client of a mail submitted on the host itself. */
const LOCAL = Buffer.from("local");

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
      while (at < end && bytes[at] !== CLOSE_BRACKET) at += 1;
      at += 1;
    }
    if (bytes[at] !== COLON || bytes[at + 1] !== SPACE) return "other";
    const { id, line } = this;
    if (!id.read(host, bytes, at + 2, end)) return "other";
    // The engine notes every pointer that is stored: those that stay the same are not.
    if (line.host !== host) line.host = host;
    if (line.bytes !== bytes) line.bytes = bytes;
    line.eventTimeMs = stamped.eventTimeMs;
    line.start = id.next;
    line.end = end;
    line.component = component;
    line.componentEnd = componentEnd;
    return this.message(line);
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
    const { bytes, end } = line;
    let open = line.start + CLIENT_FIELD.length;
    while (open < end && bytes[open] !== OPEN_BRACKET && bytes[open] !== COMMA) open += 1;
    let close = open;
    while (close < end && bytes[close] !== CLOSE_BRACKET) close += 1;
    if (bytes[open] !== OPEN_BRACKET || bytes[close] !== CLOSE_BRACKET || close === open + 1)
      return "malformed-client-line";
    const record = this.accepted(line);
    const { slab } = this.table;
    slab.say(record, CLIENT, open + 1, lesser(close, open + 1 + CLIENT_BYTES_MAX));
    // The usual line ends here.
    const login = close + 1 < end ? find(bytes, close, end, SASL_USERNAME) : -1;
    if (login >= 0) {
      const from = login + SASL_USERNAME.literal.length;
      const next = find(bytes, from, end, FIELD_END);
      const to = lesser(next < 0 ? end : next, from + ADDRESS_BYTES_MAX);
      if (to > from) slab.say(record, LOGIN, from, to);
    }
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

  /** "from=<S>, size=N, nrcpt=M (queue active)", read from its end: the sender is an outsider's text. */
  private queueManager(line: MessageBytes): LineOutcome {
    const { bytes, start, end } = line;
    if (bytes[end - 1] !== 41) return "other"; // "status=expired, returned to sender"
    const nrcpt = findLast(bytes, start, end, NRCPT);
    const size = nrcpt < 0 ? -1 : findLast(bytes, start, nrcpt, SIZE);
    if (size < 0) return "malformed-queue-manager-line";
    let count = 0;
    let at = nrcpt + NRCPT.literal.length;
    for (; at < end && (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57; at += 1) {
      count = lesser(count * 10 + (bytes[at] ?? 0) - 48, 1_000_000_000);
    }
    if (bytes[at] !== SPACE || count === 0) return "malformed-queue-manager-line";
    const record = this.accepted(line);
    const { slab } = this.table;
    slab.recipients(record, count);
    const from = start + FROM.length;
    slab.say(record, SENDER, from, lesser(size, from + ADDRESS_BYTES_MAX));
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
