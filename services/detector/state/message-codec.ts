// MailMessage <-> a part of a stored group or of a stored message that reached many. Queue ids that are many are told in chunks of
// their own (`storedSlots`), and only their number stands here.

import { AUTOMATIC_REASONS, LIST_EVIDENCE } from "../../../shared/domain/mail-event.ts";
import { FEW_SLOTS, type HopSum, indexSlots, type MailMessage, type QueueSlot } from "../mail-message.ts";
import { type Fields, sparse } from "./entry-fields.ts";

/** Queue ids are told in chunks: only a message that reached many has so many. */
export function hasSlotChunks(message: MailMessage): boolean {
  return message.fanOut !== undefined && message.slots.length > FEW_SLOTS;
}

export function storedMessage(message: MailMessage): object {
  const { messageId, id, hops, leading, lists, slots, slotsById: _byId, fanOut: _fanOut, ...facts } = message;
  return sparse({
    ...facts,
    id,
    messageId: messageId === id ? undefined : messageId,
    hasMessageId: messageId !== undefined,
    hops: hops.map((hop) => [hop.hop, hop.recipients, hop.queueIds, hop.firstAt]),
    leading: leading === undefined ? -1 : hops.indexOf(leading),
    lists: lists.map((list) => [list.address, list.via, list.recipients, list.at]),
    slots: hasSlotChunks(message) ? slots.length : storedSlots(message, slots),
  });
}

export function storedSlots(message: MailMessage, slots: readonly QueueSlot[]): object[] {
  return slots.map((slot) => [
    slot.eventId,
    slot.host,
    slot.queueId,
    message.hops.indexOf(slot.hop),
    slot.revision,
    slot.recipients,
    slot.removedAt,
    slot.start,
    slot.delivered,
    slot.earlier,
    ...(slot.more === undefined ? [] : [slot.more]),
  ]);
}

/** `chunks`: the rows of queue ids that were told apart from it, in order. */
export function readMessage(fields: Fields, chunks: (count: number) => readonly Fields[]): MailMessage {
  const id = fields.text("id");
  const hops: HopSum[] = fields.objects("hops").map((row) => ({
    hop: row.text(0),
    recipients: row.number(1),
    queueIds: row.number(2),
    firstAt: row.number(3),
  }));
  const leading = fields.number("leading");
  const message: MailMessage = {
    id,
    messageId: fields.flag("hasMessageId") ? (fields.textOrNone("messageId") ?? id) : undefined,
    from: fields.textOrNone("from"),
    login: fields.textOrNone("login"),
    sender: fields.textOrNone("sender"),
    senderDomain: fields.textOrNone("senderDomain"),
    authenticated: fields.flag("authenticated"),
    subject: fields.textOrNone("subject"),
    headersLogged: fields.flag("headersLogged"),
    headersAt: fields.time("headersAt", Number.POSITIVE_INFINITY),
    automatic: fields.wordOrNone("automatic", AUTOMATIC_REASONS),
    references: fields.texts("references"),
    tied: fields.flag("tied"),
    inReplyTo: fields.textOrNone("inReplyTo"),
    threadIndex: fields.textOrNone("threadIndex"),
    subjectKey: fields.textOrNone("subjectKey"),
    replySubject: fields.flag("replySubject"),
    lists: fields.objects("lists").map((row) => ({
      address: row.text(0),
      via: row.word(1, LIST_EVIDENCE),
      recipients: row.number(2),
      at: row.number(3),
    })),
    hops,
    slots: [],
    slotsById: undefined,
    largeTurn: fields.number("largeTurn"),
    sealed: fields.flag("sealed"),
    reach: fields.number("reach"),
    leading: leading < 0 ? undefined : hops[leading],
    countedAt: fields.number("countedAt"),
    fanOut: undefined,
  };
  const rows = fields.isNumber("slots") ? chunks(fields.number("slots")) : fields.objects("slots");
  message.slots = rows.map((row, place) => readSlot(row, hops, place));
  if (message.slots.length > FEW_SLOTS) indexSlots(message);
  return message;
}

function readSlot(row: Fields, hops: readonly HopSum[], place: number): QueueSlot {
  const hop = hops[row.number(3)];
  if (hop === undefined) throw row.refusal("has no hop");
  return {
    eventId: row.text(0),
    host: row.text(1),
    queueId: row.text(2),
    hop,
    revision: row.number(4),
    recipients: row.number(5),
    removedAt: row.time(6, Number.POSITIVE_INFINITY),
    start: row.number(7),
    delivered: row.number(8),
    earlier: row.number(9),
    more: row.has(10) ? row.numbers(10) : undefined,
    place,
  };
}
