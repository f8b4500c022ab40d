// mails -> the lines a Postfix system logs over their life, each scheduled at its own time. The set-up decides how a mail to a list
// reaches its members.

import { HANDOVER_LEAD } from "../mail.ts";
import type { LogClock } from "../log-clock.ts";
import type { Mail, MailSystem, Members, Origin, Posting, Recipient, Refusal, Route, Server } from "../mail.ts";
import { memberAddress, type MailList } from "../mail-list.ts";
import { DOMAIN } from "../people.ts";
import { hashText, itemAt, mixBits } from "../random.ts";
import type { SetUp } from "../set-up.ts";
import { copyOf, forwardedCopy, managedCopy, verpSender } from "./list-copy.ts";
import { createListRunner, type ListRunner } from "./list-runner.ts";
import { client } from "./postfix-lines.ts";
import { processId, writeLine, type PostfixHost, type PostfixInput, type PostfixParts } from "./postfix-host.ts";
import { scheduleIntake, smtpdName, takeInCopy, type Intake } from "./postfix-intake.ts";
import { createQueueIds, type QueueIdKind } from "./queue-id.ts";

/** Recipients a list manager puts into one mail; Mailman's own default. */
const MANAGER_CHUNK = 500;
/** What brings mail to a list to its members, by set-up, unless the list has a manager of its own. */
const LIST_ROUTES: Readonly<Record<SetUp, Route | "alias">> = {
  "virtual-alias": "alias",
  "include-alias": "local-alias",
  "list-manager": "list-manager",
  "verp-pool": "list-manager",
  downstream: "alias",
};
const LOOPBACK: Origin = { name: "localhost", address: "127.0.0.1", helo: `lists.${DOMAIN}` };
const LIST_SERVER: Origin = { name: `lists01.${DOMAIN}`, address: "10.40.1.9", helo: `lists01.${DOMAIN}` };
const MAIN_SERVER: Origin = { name: `mta01.${DOMAIN}`, address: "10.40.1.10", helo: `mta01.${DOMAIN}` };
/** Of 10,000 copies of a pool, so many are refused for good or come at a second attempt. */
const COPIES_BOUNCED = 1;
const COPIES_DEFERRED = 30;

/** Deliveries logged for one reader's mail: where a second server takes them over, there are two. */
export function linesPerDelivery(setUp: SetUp): number {
  return setUp === "downstream" ? 2 : 1;
}

export function createPostfix(input: PostfixInput): MailSystem {
  const { setUp } = input;
  const hosts = createHosts(input.buffer.clock);
  const parts: PostfixParts = {
    ...input,
    forward({ mail, host }, { list }, at) {
      if (list === undefined) throw new TypeError("an alias without a list");
      const members = [{ list, first: 0, count: list.members, throughAlias: false }];
      return takeInCopy(parts, host, { ...forwardedCopy(mail, list), at, members });
    },
    ...(setUp === "downstream"
      ? { handDown: (mail, members, at) => takeInNext(parts, hosts.hub, { mail, members, at }) }
      : {}),
  };
  const accept = (mail: Mail): void => scheduleIntake(parts, hosts[mail.server], { mail });
  const pool = [hosts.poolA, hosts.poolB];
  const runner = createListRunner({
    events: parts.events,
    random: parts.managerRandom,
    chunk: setUp === "verp-pool" ? 1 : MANAGER_CHUNK,
    deliveriesPerSecond: parts.deliveriesPerSecond,
    handOver(mail, members, now) {
      const at = now + HANDOVER_LEAD;
      if (setUp !== "verp-pool")
        return accept({ ...managedCopy(mail, members.list, LOOPBACK), at, members: [members] });
      scheduleIntake(parts, itemAt(pool, members.first % pool.length), { mail: { ...readerCopy(mail, members), at } });
    },
  });
  return {
    accept,
    post(mail, posting) {
      if (posting.byManager !== true)
        return scheduleIntake(parts, hosts[mail.server], firstHop(setUp, mail, posting, runner));
      for (const list of posting.lists) runner.add(mail, list, mail.at);
    },
    refuse(refusal) {
      parts.events.schedule(refusal.at, (at) => writeRefusal(parts, hosts[refusal.server], refusal, at));
    },
  };
}

function createHosts(clock: LogClock): Record<Server | "hub" | "poolA" | "poolB", PostfixHost> {
  return {
    main: createHost("mta01", 1843, "long", clock),
    edge: createHost("edge01", 977, "short", clock),
    hub: createHost("hub01", 1190, "long", clock),
    poolA: createHost("out01", 1306, "long", clock),
    poolB: createHost("out02", 1312, "long", clock),
  };
}

function createHost(name: string, managerPid: number, kind: QueueIdKind, clock: LogClock): PostfixHost {
  const nextId = createQueueIds(kind);
  return { name, managerPid, queueId: (at) => nextId(clock.shown(at)) };
}

/** The mail as the first server takes it in. */
function firstHop(
  setUp: SetUp,
  mail: Mail,
  { lists, people, heldUntil }: Posting,
  runner: ListRunner,
): Pick<Intake, "mail" | "heldUntil"> {
  const routeOf = (list: MailList): Route | "alias" => (list.managed ? "list-manager" : LIST_ROUTES[setUp]);
  const members: Members[] = [];
  const copied: Recipient[] = [];
  for (const list of lists) {
    const route = routeOf(list);
    if (route === "alias") members.push({ list, first: 0, count: list.members, throughAlias: true });
    else copied.push({ address: list.address, route, fate: "sent", transferMicros: 60_000, list });
  }
  const handedOn = ({ list, route }: Recipient, at: number): void => {
    if (list !== undefined && route === "list-manager") runner.add(mail, list, Math.max(at, heldUntil ?? at));
  };
  // A list manager keeps what waits for the moderator; without one the server's hold queue does.
  const isHeldHere = heldUntil !== undefined && !copied.some(({ route }) => route === "list-manager");
  const taken = { ...mail, members, recipients: [...copied, ...people], handedOn };
  return { mail: taken, ...(isHeldHere ? { heldUntil } : {}) };
}

/** One reader's copy, under a return path of its own. */
function readerCopy(mail: Mail, members: Members): Mail {
  const { list, first } = members;
  const address = memberAddress(list, first);
  const chance = mixBits(hashText(mail.messageId) ^ first) % 10_000;
  const fate = chance < COPIES_BOUNCED ? "bounced" : chance < COPIES_BOUNCED + COPIES_DEFERRED ? "deferred" : "sent";
  return {
    ...managedCopy(mail, list, LIST_SERVER),
    sender: verpSender(list, address),
    recipients: [{ address, route: "store", fate, transferMicros: 60_000 }],
    handedOn: (_reader, at) => mail.received?.(members, at),
    sharesConnection: true,
  };
}

/** The next server takes in a transaction of the first; it may log a moment later than the first has the answer. */
function takeInNext(
  parts: PostfixParts,
  host: PostfixHost,
  { mail, members, at }: { mail: Mail; members: Members; at: number },
): string {
  const queueId = host.queueId(at);
  const copy: Mail = { ...copyOf(mail), at, origin: MAIN_SERVER, members: [members], sharesConnection: true };
  scheduleIntake(parts, host, { mail: copy, queueId });
  return queueId;
}

function writeRefusal(parts: PostfixParts, host: PostfixHost, refusal: Refusal, at: number): void {
  const { origin, sender, recipient, reason } = refusal;
  const program = `${smtpdName(origin.login)}[${processId(parts.random, 11_000)}]`;
  const text = `NOQUEUE: reject: RCPT from ${client(origin)}: ${reason}; from=<${sender}> to=<${recipient}> proto=ESMTP helo=<${origin.helo}>`;
  writeLine(parts, host, at, `${program}: connect from ${client(origin)}`);
  parts.events.schedule(at + 20_000, (now) => writeLine(parts, host, now, `${program}: ${text}`));
  const end = `disconnect from ${client(origin)} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`;
  parts.events.schedule(at + 60_000, (now) => writeLine(parts, host, now, `${program}: ${end}`));
}
