// mails -> the rows of the message tracking logs of three Exchange servers, in order of time as when their files are merged.
// Groups are expanded by the server that took the mail; big ones fork, a thousand members each.

import {
  SECOND,
  type Mail,
  type MailSystem,
  type Members,
  type Posting,
  type Recipient,
  type Refusal,
} from "../mail.ts";
import { memberAddress } from "../mail-list.ts";
import { DOMAIN } from "../people.ts";
import { createDeliveries } from "./exchange-deliveries.ts";
import { log, receive, takeId, type Exchange, type ExchangeInput, type Tracked } from "./exchange-intake.ts";
import { fileHead, guid, rowText, trackingTime, type Row } from "./exchange-rows.ts";

/** Recipients that the resolver keeps in one message. */
const EXPANSION_SIZE = 1000;
const RETRY_AFTER = 300 * SECOND;

export function createExchange(input: ExchangeInput): MailSystem {
  const { events, buffer } = input;
  let rows = 0;
  const exchange: Exchange = {
    ...input,
    servers: ["EX01", "EX02", "EX03"].map((name, n) => ({
      name,
      ip: `10.40.3.${11 + n}`,
      nextId: 29_910_000_000_000 + n * 7_000_000_000,
    })),
    addressesOf: createAddresses(),
    deliveries: createDeliveries(events, input.deliveriesPerSecond),
    write(at, row) {
      const shownAt = buffer.clock.shown(at);
      if (rows === 0) for (const line of fileHead(shownAt)) buffer.stampedLine(at, line);
      rows += 1;
      buffer.stampedLine(at, rowText(shownAt, row, rows));
    },
  };
  return {
    accept: (mail) => events.schedule(mail.at, (at) => deliverToPeople(exchange, receive(exchange, mail, at), at)),
    post: (mail, posting) => events.schedule(mail.at, (at) => receivePosting(exchange, mail, posting, at)),
    refuse: (refusal) => events.schedule(refusal.at, (at) => refuse(exchange, refusal, at)),
  };
}

function receivePosting(exchange: Exchange, mail: Mail, posting: Posting, at: number): void {
  const { events, random } = exchange;
  const { lists, people, heldUntil } = posting;
  const named = [...lists, ...people].map(({ address }) => address);
  const take = (now: number): Tracked => receive(exchange, { ...mail, recipients: people }, now, named);
  const resolve = (tracked: Tracked, now: number): void => {
    deliverToPeople(exchange, tracked, now);
    for (const list of lists)
      expand(exchange, tracked, { list, first: 0, count: list.members, throughAlias: true }, now);
  };
  const tracked = take(at);
  if (heldUntil === undefined) {
    events.schedule(at + 30_000 + random.int(60_000), (now) => resolve(tracked, now));
    return;
  }
  const asked = { source: "APPROVAL", "recipient-address": named.join(";"), "recipient-count": String(named.length) };
  events.schedule(at + 40_000, (now) => log(exchange, tracked, now, { ...asked, "event-id": "INITMESSAGECREATED" }));
  // The arbitration mailbox hands the mail in again once it is approved.
  events.schedule(heldUntil, (now) => {
    log(exchange, tracked, now, { ...asked, "event-id": "MODERATORAPPROVE" });
    events.schedule(now + 20_000, (againAt) => {
      const approved = take(againAt);
      events.schedule(againAt + 30_000, (resolvedAt) => resolve(approved, resolvedAt));
    });
  });
}

/** One EXPAND row with all members; a group of more than a thousand goes on in forks, a message id of the server's each. */
function expand(exchange: Exchange, tracked: Tracked, members: Members, at: number): void {
  const { list, count } = members;
  exchange.truth.recipients += count;
  log(exchange, tracked, at, {
    source: "ROUTING",
    "event-id": "EXPAND",
    "recipient-address": exchange.addressesOf(members),
    "recipient-count": String(count),
    "recipient-status": "250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded",
    "related-recipient-address": list.address,
  });
  if (count <= EXPANSION_SIZE) return deliverToMembers(exchange, tracked, members);
  for (let first = 0; first < count; first += EXPANSION_SIZE) {
    const part = { ...members, first, count: Math.min(EXPANSION_SIZE, count - first) };
    // One row an event: a chunk of the log has room for one long line at a time.
    exchange.events.schedule(at + 20_000, (now) => {
      const fork = { ...tracked, internalId: takeId(tracked.server) };
      log(exchange, fork, now, {
        source: "ROUTING",
        "event-id": "TRANSFER",
        "source-context": "Resolver",
        "recipient-address": exchange.addressesOf(part),
        "recipient-count": String(part.count),
        reference: String(tracked.internalId),
      });
      deliverToMembers(exchange, fork, part);
    });
  }
}

function deliverToMembers(exchange: Exchange, tracked: Tracked, members: Members): void {
  exchange.deliveries.add({
    members,
    deliver(part, at) {
      deliverRow(exchange, tracked, at, { to: exchange.addressesOf(part), count: part.count });
      tracked.mail.received?.(part, at);
    },
    finished: (at) =>
      log(exchange, tracked, at, { source: "SMTP", "event-id": "HADISCARD", "source-context": "Shadow" }),
  });
}

function deliverToPeople(exchange: Exchange, tracked: Tracked, at: number): void {
  const { recipients } = tracked.mail;
  exchange.truth.recipients += recipients.length;
  for (const recipient of recipients) attempt(exchange, tracked, recipient, at + 60_000);
}

function attempt(exchange: Exchange, tracked: Tracked, recipient: Recipient, at: number): void {
  const { events, truth, random } = exchange;
  const { address, fate, route, transferMicros } = recipient;
  const to = { "recipient-address": address, "recipient-count": "1" };
  events.schedule(at + Math.round(transferMicros) + random.int(40_000), (now) => {
    if (fate === "bounced") {
      const status = "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found";
      log(exchange, tracked, now, { source: "ROUTING", "event-id": "FAIL", ...to, "recipient-status": status });
      truth.deliveries.bounced += 1;
      return notifySender(exchange, tracked, now);
    }
    if (fate === "greylisted" || fate === "deferred") {
      const status = "451 4.4.0 Temporary server error. Please try again later";
      log(exchange, tracked, now, { source: "SMTP", "event-id": "DEFER", ...to, "recipient-status": status });
      truth.deliveries.deferred += 1;
      return attempt(exchange, tracked, { ...recipient, fate: "sent" }, now + RETRY_AFTER);
    }
    if (route === "internet") {
      log(exchange, tracked, now, {
        source: "SMTP",
        "event-id": "SENDEXTERNAL",
        ...to,
        "connector-id": "To the Internet",
      });
      truth.deliveries.sent += 1;
    } else deliverRow(exchange, tracked, now, { to: address, count: 1 });
    tracked.mail.handedOn?.(recipient, now);
  });
}

function deliverRow(
  exchange: Exchange,
  tracked: Tracked,
  at: number,
  { to, count }: { to: string; count: number },
): void {
  log(exchange, tracked, at, {
    "client-hostname": `${tracked.server.name}.${DOMAIN}`,
    source: "STOREDRIVER",
    "event-id": "DELIVER",
    "recipient-address": to,
    "recipient-count": String(count),
    "message-info": `${trackingTime(exchange.buffer.clock.shown(tracked.mail.at))};SRV=${tracked.server.name}.${DOMAIN}:TOTAL-DEL=0.100`,
  });
  exchange.truth.deliveries.sent += count;
}

/** A DSN is a mail of the server's own. */
function notifySender(exchange: Exchange, failed: Tracked, at: number): void {
  const { mail, server } = failed;
  if (mail.sender === "") return;
  const { received: _received, handedOn: _handedOn, origin: _origin, ...rest } = mail;
  const notice: Mail = {
    ...rest,
    kind: "bounce",
    at,
    sender: "",
    messageId: `${guid(`dsn ${mail.messageId} ${at}`)}@${server.name}.${DOMAIN}`,
    recipients: [{ address: mail.sender, route: "store", fate: "sent", transferMicros: 60_000 }],
  };
  const common: Row = {
    ...failed.common,
    "message-id": `<${notice.messageId}>`,
    "network-message-id": guid(notice.messageId),
    "message-subject": `Undeliverable: ${mail.subject}`,
    "sender-address": `postmaster@${DOMAIN}`,
    "return-path": "<>",
  };
  exchange.truth.mails += 1;
  exchange.truth.traffic.bounce += 1;
  const dsn: Tracked = { mail: notice, server, internalId: takeId(server), common };
  const to = { "recipient-address": mail.sender, "recipient-count": "1" };
  log(exchange, dsn, at, { source: "DSN", "event-id": "DSN", ...to, reference: `<${mail.messageId}>` });
  deliverToPeople(exchange, dsn, at);
}

/** The sender may not write to the group: the mail is taken, and given up at once. */
function refuse(exchange: Exchange, refusal: Refusal, at: number): void {
  const { origin, sender, recipient, server } = refusal;
  const mail: Mail = {
    kind: "storm",
    server,
    at,
    origin,
    sender,
    from: sender,
    to: recipient,
    subject: "",
    messageId: `${guid(`refused ${sender} ${recipient} ${at}`)}@${DOMAIN}`,
    sizeBytes: 4000,
    program: "outlook",
    recipients: [],
  };
  const tracked = receive(exchange, mail, at, [recipient]);
  const status = "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized";
  const to = { "recipient-address": recipient, "recipient-count": "1", "recipient-status": status };
  exchange.events.schedule(at + 30_000, (now) =>
    log(exchange, tracked, now, { source: "ROUTING", "event-id": "FAIL", ...to }),
  );
}

/** All members of a group are written again with every mail: they are put together once. */
function createAddresses(): Exchange["addressesOf"] {
  const whole = new Map<string, string>();
  return ({ list, first, count }) => {
    const isWhole = count === list.members;
    const known = isWhole ? whole.get(list.address) : undefined;
    if (known !== undefined) return known;
    const text = Array.from({ length: count }, (_, n) => memberAddress(list, first + n)).join(";");
    if (isWhole) whole.set(list.address, text);
    return text;
  };
}
