// mail on its way, clock -> its next run: the recipients of one transaction with a mail store, and the text their lines share.

import type { Mail, Members } from "../mail.ts";
import { delaysText } from "./postfix-lines.ts";
import { mixBits } from "../random.ts";

const DEFERRED_RUNS_PER_MILLE = 3;
const BOUNCING_RUNS_PER_MILLE = 5;
const STORES = 24;
const PIDS = 90;
const FIRST_PID = 21_400;
const CONNECT_MICROS = 10_000;
const NEXT_SERVER = "hub01.nhs.example[10.40.1.20]";

/** One mail on its way to members of a list. */
export interface BulkMail {
  readonly mail: Mail;
  readonly members: Members;
  readonly queueId: string;
  readonly host: string;
  readonly acceptedAt: number;
  /** When the queue manager took it up, for the first time or again. */
  activeAt: number;
  /** Told when it becomes active again for those deferred. */
  readonly retried: (at: number) => void;
  /** Told when nobody is left to deliver to. */
  readonly finished: (at: number, bounced: number) => void;
  /** Set where another Postfix takes the mail for the readers: takes in one transaction and returns its queue id there. */
  readonly handDown?: (members: Members, at: number) => string;
}

export interface Job extends BulkMail {
  readonly salt: number;
  readonly runLines: number;
  /** Member (counted from the first) the next run begins with. */
  next: number;
  retrying: boolean;
  deferred: number;
  bounced: number;
}

export interface Run {
  readonly job: Job;
  readonly head: string;
  /** Between the address and its second mention in the server's answer. */
  readonly middle: string;
  /** The server's answer names the address again, between middle and tail. */
  readonly namesAgain: boolean;
  readonly tail: string;
  readonly bounce: { readonly middle: string; readonly tail: string };
  readonly fate: "sent" | "deferred";
  /** The first of the run is refused for good. */
  readonly firstBounces: boolean;
  /** Counted from the mail's first member. */
  readonly first: number;
  readonly end: number;
  next: number;
  /** The first of whom it was not told yet that they have it. */
  untold: number;
}

function runIsDeferred(job: Job, first: number): boolean {
  return mixBits(job.salt + first) % 1000 < DEFERRED_RUNS_PER_MILLE;
}

/** Moves a mail that is being retried to its next run that was deferred. */
export function skipDelivered(job: Job): void {
  while (job.next < job.members.count && !runIsDeferred(job, job.next)) job.next += job.runLines;
}

/** The next run of a mail: who it delivers to and every part of its lines but the addresses. */
export function startRun(job: Job, clock: number): Run {
  const first = job.next;
  const end = Math.min(first + job.runLines, job.members.count);
  job.next = end;
  const bits = mixBits(job.salt ^ (first + 0x5bd1));
  const fate = !job.retrying && runIsDeferred(job, first) ? "deferred" : "sent";
  const written = job.members.throughAlias ? `, orig_to=<${job.members.list.address}>` : "";
  const outgoing: Outgoing = { job, first, end, at: Math.floor(clock), bits, fate };
  const transfer = { written, delays: runDelays(job, clock, bits) };
  const { program, ...texts } =
    job.handDown === undefined ? toStore(outgoing, transfer) : toNextServer(outgoing, transfer);
  const head = `${job.host} postfix/${program}[${FIRST_PID + ((bits >>> 8) % PIDS)}]: ${job.queueId}: to=<`;
  return { job, head, ...texts, fate, first, end, next: first, untold: first };
}

interface Outgoing extends Pick<Run, "job" | "fate" | "first" | "end"> {
  readonly at: number;
  readonly bits: number;
}

type Texts = Pick<Run, "middle" | "namesAgain" | "tail" | "bounce" | "firstBounces"> & { readonly program: string };

function toStore({ bits, fate, first }: Outgoing, { written, delays }: { written: string; delays: string }): Texts {
  const store = 1 + (bits % STORES);
  const relay = `store${String(store).padStart(2, "0")}.nhs.example[10.40.2.${store}]`;
  const shared = `>${written}, relay=${relay}:24, ${delays}, dsn=`;
  const said = (code: string): string => `(host ${relay} said: ${code} <`;
  const outcome =
    fate === "sent"
      ? { middle: `${shared}2.0.0, status=sent (250 2.0.0 <`, tail: `> ${sessionId(bits, first)} Saved)` }
      : {
          middle: `${shared}4.3.0, status=deferred ${said("451 4.3.0")}`,
          tail: "> Temporary internal error (in reply to end of DATA command))",
        };
  const bounce = {
    middle: `${shared}5.2.2, status=bounced ${said("552 5.2.2")}`,
    tail: "> Quota exceeded (mailbox for user is full) (in reply to end of DATA command))",
  };
  const firstBounces = fate === "sent" && mixBits(bits) % 1000 < BOUNCING_RUNS_PER_MILLE;
  return { program: "lmtp", ...outcome, namesAgain: true, bounce, firstBounces };
}

/** The next server takes everybody it is told of; what cannot be delivered is its own business. */
function toNextServer(outgoing: Outgoing, { written, delays }: { written: string; delays: string }): Texts {
  const { job, first, end, at, fate } = outgoing;
  const text = { program: "smtp", namesAgain: false, bounce: { middle: "", tail: "" }, firstBounces: false, tail: "" };
  if (fate === "deferred") {
    const said = `connect to ${NEXT_SERVER}:25: Connection timed out`;
    return { ...text, middle: `>${written}, relay=none, ${delays}, dsn=4.4.1, status=deferred (${said})` };
  }
  const taken = { ...job.members, first: job.members.first + first, count: end - first, throughAlias: false };
  const queueId = job.handDown?.(taken, at) ?? "";
  const answer = `250 2.0.0 Ok: queued as ${queueId}`;
  return { ...text, middle: `>${written}, relay=${NEXT_SERVER}:25, ${delays}, dsn=2.0.0, status=sent (${answer})` };
}

function runDelays(job: Job, clock: number, bits: number): string {
  const before = job.activeAt - job.acceptedAt;
  const passed = Math.max(0, Math.floor(clock) - job.activeAt);
  const connect = Math.min(passed, bits % CONNECT_MICROS);
  const send = Math.min(passed - connect, 40_000 + ((bits >>> 4) % 200_000));
  const queue = passed - connect - send;
  return delaysText({ before, queue, connect, send });
}

/** As Dovecot names a transaction. */
function sessionId(bits: number, first: number): string {
  return Buffer.from(Uint32Array.of(bits, mixBits(first ^ bits), mixBits(bits + first), 0x1a2b).buffer)
    .toString("base64")
    .slice(0, 22);
}
