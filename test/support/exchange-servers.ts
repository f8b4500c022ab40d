// What the two Exchange servers of an organisation write of one mail, to a person or to a group: submission, shadow copy, expansion,
// forks, hand-over, deliveries. Names and addresses are of reserved ranges.

import type { Mail, Organisation, Server } from "./exchange-organisation.ts";
import { chunked, common, homeOf, listed, otherThan } from "./exchange-organisation.ts";

/** What a row may say of a mail on its way. */
interface OnItsWay {
  readonly org: Organisation;
  readonly mail: Mail;
  /** Where the mailbox of its sender is, and the other one. */
  readonly hub: Server;
  readonly other: Server;
  /** What all rows say of it. */
  readonly told: Readonly<Record<string, string>>;
  /** Internal message id on `hub`. */
  readonly id: number;
  readonly context: string;
}

/** Writes all that both servers say of a mail from a mailbox, from its submission to the last delivery. */
export function trackMail(org: Organisation, mail: Mail): void {
  const hub = homeOf(org, mail.from);
  const id = (hub.lastId += 1);
  const context = `MDB:61914740-3f1b-4ddb-94e0-557196870cfa, Mailbox:279f077c-216f-4323-a9ee-48e50ffd3cad, Event:${id}, MessageClass:${mail.messageClass}, CreationTime:${new Date(mail.at - 90).toISOString()}, ClientType:MOMT`;
  const way: OnItsWay = { org, mail, hub, other: otherThan(org, hub), told: common(mail), id, context };
  submit(way);
  accept(way);
  if (mail.to.includes(org.group)) {
    expand(way);
    return;
  }
  const away = mail.to.filter((address) => homeOf(org, address) !== hub);
  handOver(way, { at: mail.at + 300, id, addresses: away });
  const home = mail.to.filter((address) => homeOf(org, address) === hub);
  deliver(way, { at: mail.at + 400, id, hub, addresses: home });
}

function submit({ org, mail, hub, told, context }: OnItsWay): void {
  const client = { "client-ip": hub.ip, "client-hostname": `${hub.name}.${org.domain}` };
  const submitted = { ...client, "server-hostname": hub.name, "server-ip": hub.ip, "source-context": context };
  const person = { "client-hostname": hub.name, "source-context": context, "sender-address": mail.from };
  hub.submission.push(
    { at: mail.at - 40, values: { ...person, source: "STOREDRIVER", "event-id": "NOTIFYMAPI" } },
    { at: mail.at - 30, values: { ...told, ...submitted, source: "STOREDRIVER", "event-id": "SUBMIT" } },
  );
}

function accept({ org, mail, hub, other, told, id, context }: OnItsWay): void {
  const client = { "client-ip": hub.ip, "client-hostname": `${hub.name}.${org.domain}` };
  other.transport.push({
    at: mail.at - 5,
    values: {
      ...told,
      ...listed(mail.to),
      ...client,
      "server-hostname": other.name,
      "source-context": "08D40C41A2B3C4D5",
      source: "SMTP",
      "event-id": "HARECEIVE",
      "internal-message-id": String((other.lastId += 1)),
    },
  });
  hub.transport.push(
    {
      at: mail.at,
      values: {
        ...told,
        ...listed(mail.to),
        ...client,
        "server-hostname": hub.name,
        "server-ip": hub.ip,
        "source-context": context,
        source: "STOREDRIVER",
        "event-id": "RECEIVE",
        "internal-message-id": String(id),
        "recipient-status": mail.to.map(() => "To").join(";"),
        "message-info": "04I: ",
        "original-client-ip": "192.0.2.200",
        "custom-data": "S:DeliveryPriority=Normal;S:AccountForest=example.org",
      },
    },
    {
      at: mail.at + 60,
      values: { ...told, ...listed(mail.to), "client-hostname": hub.name, source: "AGENT", "event-id": "AGENTINFO" },
    },
  );
}

function expand(way: OnItsWay): void {
  const { org, mail, hub, told, id } = way;
  const routed = { ...told, "server-hostname": hub.name, "server-ip": hub.ip, source: "ROUTING" };
  hub.transport.push({
    at: mail.at + 80,
    values: {
      ...routed,
      ...listed(org.members),
      "event-id": "EXPAND",
      "internal-message-id": String(id),
      "related-recipient-address": org.group,
      "recipient-status": "250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded",
    },
  });
  let at = mail.at + 120;
  for (const fork of chunked(org.members, org.forkSize)) {
    const forkId = (hub.lastId += 1);
    hub.transport.push({
      at,
      values: {
        ...routed,
        ...listed(fork),
        "source-context": "Resolver",
        "event-id": "TRANSFER",
        "internal-message-id": String(forkId),
        "recipient-status": fork.map(() => "").join(";"),
        reference: String(id),
      },
    });
    const away = fork.filter((address) => homeOf(org, address) !== hub);
    handOver(way, { at: at + 350, id: forkId, addresses: away });
    const home = fork.filter((address) => homeOf(org, address) === hub);
    deliver(way, { at: at + 500, id: forkId, hub, addresses: home });
    at += 40;
  }
  deliverDirect(way, at + 900);
}

/** Who is named beside the group, and gets one copy when a member, too. */
function deliverDirect(way: OnItsWay, atLast: number): void {
  const { org, mail, hub, told, id } = way;
  const direct = mail.to.filter((address) => address !== org.group);
  deliver(way, { at: mail.at + 300, id, hub, addresses: direct });
  const twice = direct.filter((address) => org.members.includes(address));
  if (twice.length === 0) return;
  const client = { "client-hostname": hub.name, "server-hostname": `${hub.name}.${org.domain}` };
  const row = { ...told, ...listed(twice), ...client, source: "STOREDRIVER", "internal-message-id": String(id) };
  hub.delivery.push({ at: atLast, values: { ...row, "event-id": "DUPLICATEDELIVER" } });
}

function handOver(
  way: OnItsWay,
  part: { readonly at: number; readonly id: number; readonly addresses: readonly string[] },
): void {
  const { org, hub, other, told } = way;
  if (part.addresses.length === 0) return;
  const connector = "Intra-Organization SMTP Send Connector";
  hub.transport.push({
    at: part.at,
    values: {
      ...told,
      ...listed(part.addresses),
      "client-ip": hub.ip,
      "client-hostname": hub.name,
      "server-ip": other.ip,
      "server-hostname": `${other.name}.${org.domain}`,
      "source-context": "08D40C41A2B3C4D6;250 2.0.0 OK",
      "connector-id": connector,
      source: "SMTP",
      "event-id": "SEND",
      "internal-message-id": String(part.id),
      "recipient-status": part.addresses.map(() => "250 2.1.5 Recipient OK").join(";"),
    },
  });
  const id = (other.lastId += 1);
  other.transport.push({
    at: part.at - 10,
    values: {
      ...told,
      ...listed(part.addresses),
      "client-ip": hub.ip,
      "client-hostname": `${hub.name}.${org.domain}`,
      "server-ip": other.ip,
      "server-hostname": other.name,
      "source-context": "08D40C41A2B3C4D7",
      "connector-id": `${other.name}\\Default ${other.name}`,
      source: "SMTP",
      "event-id": "RECEIVE",
      "internal-message-id": String(id),
      "original-client-ip": "192.0.2.200",
      "custom-data": `S:FirstForestHop=${hub.name}.${org.domain};S:DeliveryPriority=Normal`,
    },
  });
  deliver(way, { at: part.at + 200, id, hub: other, addresses: part.addresses });
}

function deliver(
  { org, told }: OnItsWay,
  part: { readonly at: number; readonly id: number; readonly hub: Server; readonly addresses: readonly string[] },
): void {
  let { at } = part;
  for (const batch of chunked(part.addresses, org.databaseSize)) {
    part.hub.delivery.push({
      at,
      values: {
        ...told,
        ...listed(batch),
        "client-ip": part.hub.ip,
        "client-hostname": part.hub.name,
        "server-ip": part.hub.ip,
        "server-hostname": `${part.hub.name}.${org.domain}`,
        "source-context": "08D40C41A2B3C4D8;2016-11-14T08:29:00.000Z;ClientSubmitTime:",
        source: "STOREDRIVER",
        "event-id": "DELIVER",
        "internal-message-id": String(part.id),
        "message-info": "2016-11-14T08:29:00.123Z;SRV=EX01:TOTAL=0.4",
      },
    });
    at += 25;
  }
}
