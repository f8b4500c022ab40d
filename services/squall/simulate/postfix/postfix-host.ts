// The parts a simulated Postfix is made of, and the lines every part of it writes.

import type { DeliveryQueue } from "./delivery-queue.ts";
import type { EventQueue } from "../event-queue.ts";
import type { TruthBook } from "../truth-book.ts";
import type { LineBuffer } from "../line-buffer.ts";
import { recipientCount, type Mail, type Members, type Recipient } from "../mail.ts";
import { hashText, type Random } from "../random.ts";
import type { SetUp } from "../set-up.ts";

const PROCESSES = 40;

export interface PostfixInput {
  readonly events: EventQueue;
  readonly buffer: LineBuffer;
  readonly bulk: DeliveryQueue;
  readonly truth: TruthBook;
  readonly random: Random;
  /** Whether header_checks log header lines. */
  readonly headers: boolean;
  readonly setUp: SetUp;
  /** Of the list manager alone, so that it changes no other chance. */
  readonly managerRandom: Random;
  readonly deliveriesPerSecond: number;
}

export interface PostfixParts extends PostfixInput {
  /** Takes in a copy for the members of the list behind an alias, and returns its queue id. */
  readonly forward: (queued: QueuedMail, alias: Recipient, at: number) => string;
  /** Where a second Postfix delivers: takes a transaction in there, and returns its queue id. */
  readonly handDown?: (mail: Mail, members: Members, at: number) => string;
}

/** One mail server: its name in the log, its processes, its queue ids. */
export interface PostfixHost {
  readonly name: string;
  readonly managerPid: number;
  readonly queueId: (at: number) => string;
}

/** A queued mail as the delivery side sees it. */
export interface QueuedMail {
  readonly mail: Mail;
  readonly host: PostfixHost;
  readonly queueId: string;
  readonly acceptedAt: number;
  readonly log: (at: number, program: string, text: string) => void;
}

/** The queue manager takes the mail up: once at first, and again at every retry. */
export function logActive(queued: QueuedMail, at: number): void {
  const { mail, host } = queued;
  const text = `from=<${mail.sender}>, size=${mail.sizeBytes}, nrcpt=${recipientCount(mail)} (queue active)`;
  queued.log(at, `qmgr[${host.managerPid}]`, text);
}

/** Writes one line now; `text` begins with the program and its process id. */
export function writeLine(parts: PostfixParts, host: PostfixHost, at: number, text: string): void {
  parts.buffer.line(at, `${host.name} postfix/${text}`);
}

export function processId(random: Random, first: number): number {
  return first + random.int(PROCESSES) * 7;
}

/** A mail store for an address, always the same one. */
export function storeRelay(address: string): string {
  const store = 1 + (hashText(address) % 24);
  return `store${String(store).padStart(2, "0")}.nhs.example[10.40.2.${store}]`;
}
