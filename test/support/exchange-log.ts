// Message tracking logs as Exchange writes them: rows from named values, files with their head, and what the servers of an
// organisation say of one mail to a group. Names and addresses are of reserved ranges.

export const FIELDS_2016 =
  "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data,transport-traffic-type,log-id,schema-version";
export const FIELDS_2010 =
  "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data";

/** A row by the names of its columns; `at`: ms since the epoch. */
export interface TrackedRow {
  readonly at: number;
  readonly values: Readonly<Record<string, string>>;
}

export interface LogFileOptions {
  readonly fields?: string;
  readonly version?: string;
  readonly byteOrderMark?: boolean;
  /** Line ends with CR LF, as Exchange has it. */
  readonly eol?: string;
}

function quoted(value: string): string {
  return /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

export function rowText({ at, values }: TrackedRow, fields = FIELDS_2016): string {
  const all: Readonly<Record<string, string>> = { "date-time": new Date(at).toISOString(), ...values };
  return fields
    .split(",")
    .map((name) => quoted(all[name] ?? ""))
    .join(",");
}

/** A file whole, its rows in order of time. */
export function logFile(rows: readonly TrackedRow[], options: LogFileOptions = {}): string {
  const { fields = FIELDS_2016, version = "15.01.2375.007", byteOrderMark = true, eol = "\r\n" } = options;
  const inOrder = rows.toSorted((a, b) => a.at - b.at);
  const lines = [
    `${byteOrderMark ? "\u{FEFF}" : ""}#Software: Microsoft Exchange Server`,
    `#Version: ${version}`,
    "#Log-type: Message Tracking Log",
    `#Date: ${new Date(inOrder[0]?.at ?? 0).toISOString()}`,
    `#Fields: ${fields}`,
    ...inOrder.map((row) => rowText(row, fields)),
  ];
  return lines.map((line) => `${line}${eol}`).join("");
}

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
  /** Recipients of one fork, of one hand-over and of one mailbox database. */
  readonly forkSize: number;
  readonly databaseSize: number;
}

/** Mailboxes of every other member are on the second server. */
function homeOf({ hubs, members }: Organisation, address: string): Server {
  return members.indexOf(address) % 2 === 1 ? hubs[1] : hubs[0];
}

function otherThan({ hubs }: Organisation, hub: Server): Server {
  return hub === hubs[0] ? hubs[1] : hubs[0];
}

function common(mail: Mail): Record<string, string> {
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

function listed(addresses: readonly string[]): Record<string, string> {
  return { "recipient-address": addresses.join(";"), "recipient-count": String(addresses.length) };
}

function* chunked(addresses: readonly string[], size: number): Generator<readonly string[]> {
  for (let at = 0; at < addresses.length; at += size) yield addresses.slice(at, at + size);
}

/** What both servers write of a mail from a mailbox, from its submission to the last delivery. */
export function trackMail(org: Organisation, mail: Mail): void {
  const hub = homeOf(org, mail.from);
  const other = otherThan(org, hub);
  const told = common(mail);
  const id = (hub.lastId += 1);
  const context = `MDB:61914740-3f1b-4ddb-94e0-557196870cfa, Mailbox:279f077c-216f-4323-a9ee-48e50ffd3cad, Event:${id}, MessageClass:${mail.messageClass}, CreationTime:${new Date(mail.at - 90).toISOString()}, ClientType:MOMT`;
  const own = { "server-hostname": hub.name, "server-ip": hub.ip };
  hub.submission.push(
    {
      at: mail.at - 40,
      values: {
        "client-ip": "192.0.2.200",
        "client-hostname": hub.name,
        "source-context": context,
        source: "STOREDRIVER",
        "event-id": "NOTIFYMAPI",
        "sender-address": mail.from,
      },
    },
    {
      at: mail.at - 30,
      values: {
        ...told,
        ...own,
        "client-hostname": `${hub.name}.${org.domain}`,
        "client-ip": hub.ip,
        "source-context": context,
        source: "STOREDRIVER",
        "event-id": "SUBMIT",
      },
    },
  );
  other.transport.push({
    at: mail.at - 5,
    values: {
      ...told,
      ...listed(mail.to),
      "client-hostname": `${hub.name}.${org.domain}`,
      "server-hostname": other.name,
      "source-context": "08D40C41A2B3C4D5",
      source: "SMTP",
      "event-id": "HARECEIVE",
      "internal-message-id": String((other.lastId += 1)),
    },
  });
  hub.transport.push({
    at: mail.at,
    values: {
      ...told,
      ...own,
      ...listed(mail.to),
      "client-ip": hub.ip,
      "client-hostname": `${hub.name}.${org.domain}`,
      "source-context": context,
      source: "STOREDRIVER",
      "event-id": "RECEIVE",
      "internal-message-id": String(id),
      "recipient-status": mail.to.map(() => "To").join(";"),
      "message-info": "04I: ",
      "original-client-ip": "192.0.2.200",
      "custom-data": "S:DeliveryPriority=Normal;S:AccountForest=example.org",
    },
  });
  hub.transport.push({
    at: mail.at + 60,
    values: { ...told, ...listed(mail.to), "client-hostname": hub.name, source: "AGENT", "event-id": "AGENTINFO" },
  });
  if (!mail.to.includes(org.group)) {
    const away = mail.to.filter((address) => homeOf(org, address) === other);
    handOver(org, mail, { at: mail.at + 300, id, hub, addresses: away });
    deliver(org, mail, { at: mail.at + 400, id, hub, addresses: mail.to.filter((address) => !away.includes(address)) });
    return;
  }
  hub.transport.push({
    at: mail.at + 80,
    values: {
      ...told,
      ...own,
      ...listed(org.members),
      source: "ROUTING",
      "event-id": "EXPAND",
      "internal-message-id": String(id),
      "related-recipient-address": org.group,
      "recipient-status": "250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded",
    },
  });
  const direct = mail.to.filter((address) => address !== org.group);
  let at = mail.at + 120;
  for (const fork of chunked(org.members, org.forkSize)) {
    const forkId = (hub.lastId += 1);
    hub.transport.push({
      at,
      values: {
        ...told,
        ...own,
        ...listed(fork),
        "source-context": "Resolver",
        source: "ROUTING",
        "event-id": "TRANSFER",
        "internal-message-id": String(forkId),
        "recipient-status": fork.map(() => "").join(";"),
        reference: String(id),
      },
    });
    const away = fork.filter((address) => homeOf(org, address) === other);
    handOver(org, mail, { at: at + 350, id: forkId, hub, addresses: away });
    const home = fork.filter((address) => homeOf(org, address) === hub);
    deliver(org, mail, { at: at + 500, id: forkId, hub, addresses: home });
    at += 40;
  }
  const [first] = direct;
  if (first === undefined) return;
  deliver(org, mail, { at: mail.at + 300, id, hub, addresses: direct });
  // Who is a member, too, gets one copy.
  const twice = direct.filter((address) => org.members.includes(address));
  if (twice.length === 0) return;
  hub.delivery.push({
    at: at + 900,
    values: {
      ...told,
      ...listed(twice),
      "client-hostname": hub.name,
      "server-hostname": `${hub.name}.${org.domain}`,
      source: "STOREDRIVER",
      "event-id": "DUPLICATEDELIVER",
      "internal-message-id": String(id),
    },
  });
}

function handOver(
  org: Organisation,
  mail: Mail,
  part: { readonly at: number; readonly id: number; readonly hub: Server; readonly addresses: readonly string[] },
): void {
  const { hub } = part;
  const other = otherThan(org, hub);
  const told = common(mail);
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
  deliver(org, mail, { at: part.at + 200, id, hub: other, addresses: part.addresses });
}

function deliver(
  org: Organisation,
  mail: Mail,
  part: { readonly at: number; readonly id: number; readonly hub: Server; readonly addresses: readonly string[] },
): void {
  let { at } = part;
  for (const batch of chunked(part.addresses, org.databaseSize)) {
    part.hub.delivery.push({
      at,
      values: {
        ...common(mail),
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
