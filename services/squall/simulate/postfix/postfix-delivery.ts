// a queued mail to a few people -> its delivery lines, attempt by attempt, until everybody has it or is given up.

import { SECOND, type Recipient } from "../mail.ts";
import { deliveryText, type Delays } from "./postfix-lines.ts";
import { logActive, processId, storeRelay, type PostfixParts, type QueuedMail } from "./postfix-host.ts";
import { hashText } from "../random.ts";

const RETRY_AFTER = 300 * SECOND;
/** Under load every mail waits for a part of the backlog, but no longer than this. */
const LOAD_DELAY_MAX = 240;
/** From the forwarded copy in the queue to the line that says so. */
const FORWARD_MICROS = 30_000;

type Outcome = "sent" | "deferred" | "bounced";

export interface Attempt {
  readonly recipients: readonly Recipient[];
  readonly at: number;
  /** Recipients given up in earlier attempts. */
  readonly bounced: number;
  /** Told the time of the last line and the number of bounces. */
  readonly finished: (at: number, bounced: number) => void;
}

/** Schedules the delivery lines of one attempt, and the next attempt or the end. */
export function attemptDelivery(parts: PostfixParts, queued: QueuedMail, attempt: Attempt): void {
  const { recipients, at, finished } = attempt;
  const waiting: Recipient[] = [];
  let { bounced } = attempt;
  let lastAt = at;
  for (const recipient of recipients) {
    const outcome = outcomeOf(recipient);
    const doneAt = scheduleDelivery(parts, queued, recipient, at);
    lastAt = Math.max(lastAt, doneAt);
    if (outcome === "deferred") waiting.push({ ...recipient, fate: "sent" });
    if (outcome === "bounced") bounced += 1;
  }
  if (waiting.length === 0) {
    parts.events.schedule(lastAt, () => finished(lastAt, bounced));
    return;
  }
  const retryAt = lastAt + RETRY_AFTER + parts.random.int(RETRY_AFTER);
  parts.events.schedule(retryAt, () => {
    logActive(queued, retryAt);
    attemptDelivery(parts, queued, { recipients: waiting, at: retryAt + 1000, bounced, finished });
  });
}

function outcomeOf(recipient: Recipient): Outcome {
  if (recipient.fate === "greylisted" || recipient.fate === "deferred") return "deferred";
  return recipient.fate;
}

/** Returns the time of the delivery line. */
function scheduleDelivery(parts: PostfixParts, queued: QueuedMail, recipient: Recipient, at: number): number {
  const outcome = outcomeOf(recipient);
  const { random, bulk, truth, events } = parts;
  const load = random.next() * Math.min(bulk.backlogSeconds, LOAD_DELAY_MAX) * SECOND;
  const delays: Delays = {
    before: at - queued.acceptedAt,
    queue: Math.floor(load) + random.int(4000),
    connect: recipient.route === "internet" ? 20_000 + random.int(300_000) : random.int(6000),
    send: recipient.transferMicros,
  };
  const doneAt = at + delays.queue + delays.connect + Math.round(delays.send);
  if (recipient.route === "local-alias") {
    scheduleForward(parts, queued, recipient, { doneAt, delays });
    return doneAt;
  }
  const { program, ...told } = describe(parts, queued, recipient, outcome);
  events.schedule(doneAt, () => {
    truth.deliveries[outcome] += 1;
    if (outcome === "sent") queued.mail.handedOn?.(recipient, doneAt);
  });
  queued.log(doneAt, program, deliveryText(recipient, { ...told, delays }));
  return doneAt;
}

/** local(8) has the copy queued before it says so: the lines of the copy come first. */
function scheduleForward(
  parts: PostfixParts,
  queued: QueuedMail,
  recipient: Recipient,
  { doneAt, delays }: { doneAt: number; delays: Delays },
): void {
  parts.events.schedule(doneAt - FORWARD_MICROS, (forwardAt) => {
    const copyId = parts.forward(queued, recipient, forwardAt);
    const told = { relay: "local", delays, dsn: "2.0.0", status: `sent (forwarded as ${copyId})` };
    queued.log(doneAt, `local[${processId(parts.random, 21_400)}]`, deliveryText(recipient, told));
    parts.truth.deliveries.sent += 1;
  });
}

function describe(
  parts: PostfixParts,
  queued: QueuedMail,
  recipient: Recipient,
  outcome: Outcome,
): Record<"program" | "relay" | "dsn" | "status", string> {
  const { address, route } = recipient;
  if (route === "list-manager") {
    const program = `lmtp[${processId(parts.random, 21_400)}]`;
    return { program, relay: "127.0.0.1[127.0.0.1]:8024", dsn: "2.0.0", status: "sent (250 Ok)" };
  }
  const host = route === "store" ? storeRelay(address) : internetRelay(address);
  const program = `${route === "store" ? "lmtp" : "smtp"}[${processId(parts.random, 21_400)}]`;
  const relay = `${host}:${route === "store" ? 24 : 25}`;
  if (outcome === "bounced") {
    const said = `550 5.1.1 <${address}>: Recipient address rejected: User unknown (in reply to RCPT TO command)`;
    return { program, relay, dsn: "5.1.1", status: `bounced (host ${host} said: ${said})` };
  }
  if (recipient.fate === "greylisted") {
    const said = `450 4.2.0 <${address}>: Recipient address rejected: Greylisted, please try again later (in reply to RCPT TO command)`;
    return { program, relay, dsn: "4.2.0", status: `deferred (host ${host} said: ${said})` };
  }
  if (outcome === "deferred") {
    const status = `deferred (connect to ${host}:25: Connection timed out)`;
    return { program, relay: "none", dsn: "4.4.1", status };
  }
  const token = hashText(queued.queueId + address)
    .toString(36)
    .toUpperCase();
  const answer = route === "store" ? `250 2.0.0 <${address}> ${token}K3jXAQ Saved` : `250 2.0.0 Ok: queued as ${token}`;
  return { program, relay, dsn: "2.0.0", status: `sent (${answer})` };
}

function internetRelay(address: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  return `mx1.${domain}[198.51.100.${1 + (hashText(domain) % 250)}]`;
}
