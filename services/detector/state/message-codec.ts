// MailMessage <-> fields of a stored group or of a stored message that reached many. Queue ids that are many are told in chunks of
// their own (`writeSlots`), and only their number stands here.

import { AUTOMATIC_REASONS, LIST_EVIDENCE } from "../../../shared/domain/mail-event.ts";
import {
  FEW_SLOTS,
  type HopSum,
  indexSlots,
  type MailMessage,
  type MessageList,
  type QueueSlot,
} from "../mail-message.ts";
import { readChunks } from "./chunk-reader.ts";
import type { RowReader, RowWriter } from "./entry-row.ts";

/** Queue ids are told in chunks: only a message that reached many has so many. */
export function hasSlotChunks(message: MailMessage): boolean {
  return message.fanOut !== undefined && message.slots.length > FEW_SLOTS;
}

export function writeMessage(row: RowWriter, message: MailMessage): void {
  const { hops, leading, slots } = message;
  row.list(hops, ({ hop, recipients, queueIds, firstAt }) => {
    row.text(hop);
    row.number(recipients);
    row.number(queueIds);
    row.time(firstAt);
  });
  row.text(message.id);
  row.textOrNone(message.messageId);
  row.textOrNone(message.from);
  row.textOrNone(message.login);
  row.textOrNone(message.sender);
  row.textOrNone(message.senderDomain);
  row.flag(message.authenticated);
  row.textOrNone(message.subject);
  row.flag(message.headersLogged);
  row.time(message.headersAt);
  row.textOrNone(message.automatic);
  row.textList(message.references);
  row.flag(message.tied);
  row.textOrNone(message.inReplyTo);
  row.textOrNone(message.threadIndex);
  row.textOrNone(message.subjectKey);
  row.flag(message.replySubject);
  row.list(message.lists, ({ address, via, recipients, at }) => {
    row.text(address);
    row.text(via);
    row.number(recipients);
    row.time(at);
  });
  row.number(message.largeTurn);
  row.flag(message.sealed);
  row.number(message.reach);
  row.number(leading === undefined ? -1 : hops.indexOf(leading));
  row.time(message.countedAt);
  row.flag(hasSlotChunks(message));
  if (hasSlotChunks(message)) row.number(slots.length);
  else writeSlots(row, message, slots);
}

export function writeSlots(row: RowWriter, message: MailMessage, slots: readonly QueueSlot[]): void {
  row.list(slots, (slot) => {
    row.text(slot.eventId);
    row.text(slot.host);
    row.text(slot.queueId);
    row.number(message.hops.indexOf(slot.hop));
    row.number(slot.revision);
    row.number(slot.recipients);
    row.time(slot.removedAt);
    row.number(slot.start);
    row.number(slot.delivered);
    row.flag(slot.more !== undefined);
    if (slot.more !== undefined) row.list(slot.more, (each) => row.number(each));
    row.number(slot.earlier);
  });
}

/** `chunks`: those of its queue ids. */
export function readMessage(row: RowReader, chunks: readonly RowReader[]): MailMessage {
  const hops = row.list("hops", () => readHop(row));
  const message: MailMessage = {
    id: row.text("id"),
    messageId: row.textOrNone("messageId"),
    from: row.textOrNone("from"),
    login: row.textOrNone("login"),
    sender: row.textOrNone("sender"),
    senderDomain: row.textOrNone("senderDomain"),
    authenticated: row.flag("authenticated"),
    subject: row.textOrNone("subject"),
    headersLogged: row.flag("headersLogged"),
    headersAt: row.time("headersAt", Number.POSITIVE_INFINITY),
    automatic: row.wordOrNone("automatic", AUTOMATIC_REASONS),
    references: row.textList("references"),
    tied: row.flag("tied"),
    inReplyTo: row.textOrNone("inReplyTo"),
    threadIndex: row.textOrNone("threadIndex"),
    subjectKey: row.textOrNone("subjectKey"),
    replySubject: row.flag("replySubject"),
    lists: row.list("lists", () => readMessageList(row)),
    hops,
    slots: [],
    slotsById: undefined,
    largeTurn: row.number("largeTurn"),
    sealed: row.flag("sealed"),
    reach: row.number("reach"),
    leading: hops[row.number("leading")],
    countedAt: row.time("countedAt"),
    fanOut: undefined,
  };
  message.slots = row.flag("slots apart")
    ? readChunks(row, { name: "slots", count: row.number("slots"), chunks }, (chunk, place) =>
        readSlot(chunk, hops, place),
      )
    : row.list("slots", (place) => readSlot(row, hops, place));
  if (message.slots.length > FEW_SLOTS) indexSlots(message);
  return message;
}

function readHop(row: RowReader): HopSum {
  return {
    hop: row.text("hop"),
    recipients: row.number("recipients"),
    queueIds: row.number("queueIds"),
    firstAt: row.time("firstAt"),
  };
}

function readMessageList(row: RowReader): MessageList {
  return {
    address: row.text("address"),
    via: row.word("via", LIST_EVIDENCE),
    recipients: row.number("recipients"),
    at: row.time("at"),
  };
}

function readSlot(row: RowReader, hops: readonly HopSum[], place: number): QueueSlot {
  return {
    eventId: row.text("eventId"),
    host: row.text("host"),
    queueId: row.text("queueId"),
    hop: hops[row.number("hop")] ?? row.refuse("slot", "has no hop"),
    revision: row.number("revision"),
    recipients: row.number("recipients"),
    removedAt: row.time("removedAt", Number.POSITIVE_INFINITY),
    place,
    start: row.number("start"),
    delivered: row.number("delivered"),
    more: row.flag("more minutes") ? row.list("more", () => row.number("more")) : undefined,
    earlier: row.number("earlier"),
  };
}
