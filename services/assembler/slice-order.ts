// Records of one slice, and mails accepted in it, in an order that does not depend on that of the lines.

import type { FragmentSlab } from "../../shared/domain/packed/fragment-slab.ts";
import { FIRST_AT, HOST, MESSAGE_ID, QUEUE_ID, RECORD_INTEGERS } from "../../shared/domain/packed/fragment-slab.ts";
import { compareIds } from "../../shared/domain/packed/compare.ts";
import * as packed from "../../shared/domain/packed/layout.ts";
import type { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import type { Places } from "./places.ts";
import type { Ticket, TurnQueue } from "./turn-queue.ts";
import type { Waiting } from "./waiting.ts";
import { byTurn, compareText } from "./waiting.ts";

/** Fills in the slab's records by first line, host, queue id and Message-ID. */
export function recordsInOrder(slab: FragmentSlab, hosts: readonly string[], records: Places): void {
  records.clear();
  for (let record = 0; record < slab.end; record += RECORD_INTEGERS) records.push(record);
  records.sort((a, b) => {
    const time = slab.number(a, FIRST_AT) - slab.number(b, FIRST_AT);
    if (time !== 0) return time;
    const hostA = slab.number(a, HOST);
    const hostB = slab.number(b, HOST);
    if (hostA !== hostB) return compareText(hosts[hostA] ?? "", hosts[hostB] ?? "");
    return compareBytes(slab, a, b, QUEUE_ID) || compareBytes(slab, a, b, MESSAGE_ID);
  });
}

/** Takes tickets into the queue by the turn of what they stand for. */
export function enqueue(tickets: Places, queue: TurnQueue, turns: PackedTurns): void {
  tickets.sort((a, b) => {
    if (a >= 0 && b >= 0) return turns.compare(a, b);
    return byTurn(turns.entryOf(a, queue), turns.entryOf(b, queue));
  });
  for (let index = 0; index < tickets.length; index += 1) {
    const ticket = tickets.at(index);
    queue.push(ticket, turns.timeOf(ticket, queue));
  }
  tickets.clear();
}

/** Turns of packed mails. */
export class PackedTurns {
  private readonly table: { readonly mails: PackedMails };
  private readonly hosts: readonly string[];

  constructor(table: { readonly mails: PackedMails }, hosts: readonly string[]) {
    this.table = table;
    this.hosts = hosts;
  }

  /** ms since the epoch. */
  timeOf(ticket: Ticket, queue: TurnQueue): number {
    return ticket < 0 ? (queue.other(ticket)?.at ?? 0) : this.table.mails.time(ticket, packed.ACCEPTED_AT);
  }

  compare(a: number, b: number): number {
    const { mails } = this.table;
    const time = mails.time(a, packed.ACCEPTED_AT) - mails.time(b, packed.ACCEPTED_AT);
    if (time !== 0) return time;
    const hostA = mails.number(a, packed.HOST);
    const hostB = mails.number(b, packed.HOST);
    if (hostA !== hostB) return compareText(this.hosts[hostA] ?? "", this.hosts[hostB] ?? "");
    return compareIds(mails, a, b);
  }

  /** What a ticket stands for, to be compared with what is not packed. */
  entryOf(ticket: Ticket, queue: TurnQueue): Waiting {
    return (ticket < 0 ? queue.other(ticket) : undefined) ?? this.waitingOf(ticket);
  }

  private waitingOf(mail: number): Waiting {
    const { mails } = this.table;
    return {
      at: mails.time(mail, packed.ACCEPTED_AT),
      host: this.hosts[mails.number(mail, packed.HOST)] ?? "",
      queueId: mails.textAt(mail, packed.QUEUE_ID) ?? "",
      last: mails.textAt(mail, packed.MESSAGE_ID) ?? "",
      mail: undefined,
      given: undefined,
    };
  }
}

function compareBytes(slab: FragmentSlab, a: number, b: number, text: number): number {
  const lengthA = slab.number(a, text + 1);
  const lengthB = slab.number(b, text + 1);
  const startA = slab.number(a, text);
  const startB = slab.number(b, text);
  for (let index = 0; index < lengthA && index < lengthB; index += 1) {
    const difference = (slab.bytes[startA + index] ?? 0) - (slab.bytes[startB + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}
