// messages with many queue ids -> these one by one as long as there is room for them, and only their sums after that.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import {
  addEvent,
  FEW_SLOTS,
  type MailMessage,
  type QueueSlot,
  sealMessage,
  type SlotOutcome,
} from "./mail-message.ts";
import type { MessageGroup } from "./message-group.ts";
import type { MessageTable } from "./message-table.ts";
import { noteChange, noteChunk } from "./tracked.ts";

interface Deps {
  readonly settings: DetectorSettings;
  readonly counters: DetectorCounters;
}

const SLOTS_PER_CHUNK = 32;

/** The chunk of a large message's queue ids in which one is stored. */
export function chunkOfSlot(place: number): number {
  return Math.floor(place / SLOTS_PER_CHUNK);
}

/** The queue ids of a chunk. */
export function slotsOfChunk(message: MailMessage, chunk: number): QueueSlot[] {
  return message.slots.slice(chunk * SLOTS_PER_CHUNK, (chunk + 1) * SLOTS_PER_CHUNK);
}

/** Adds an event to its message and keeps account of queue ids kept one by one; the oldest large messages are sealed for room. */
export function addToMessage(
  table: MessageTable,
  place: { readonly group: MessageGroup; readonly message: MailMessage },
  event: MailEvent,
  deps: Deps,
): SlotOutcome {
  const { group, message } = place;
  const outcome = addEvent(message, event, deps.settings.bounds);
  if (message.fanOut !== undefined && "slot" in outcome) noteChunk(message.fanOut, chunkOfSlot(outcome.slot.place));
  if (outcome.kind === "summed") deps.counters.queueIdsSummed += 1;
  if (outcome.kind === "hop-dropped") deps.counters.hopsDropped += 1;
  if (outcome.kind !== "new" || message.slots.length <= FEW_SLOTS) return outcome;
  if (!table.large.has(message)) {
    table.turns += 1;
    message.largeTurn = table.turns;
    table.large.set(message, group);
  }
  table.largeSlots += 1;
  for (const [oldest, itsGroup] of table.large) {
    if (table.largeSlots <= deps.settings.bounds.queueIdsMax) break;
    noteChange(itsGroup);
    if (oldest.fanOut !== undefined) noteChange(oldest.fanOut);
    seal(table, oldest);
    deps.counters.messagesSealed += 1;
  }
  return outcome;
}

/** Gives up the queue ids of a message; its sums stay. */
export function seal(table: MessageTable, message: MailMessage): void {
  if (table.large.delete(message)) table.largeSlots -= message.slots.length - FEW_SLOTS;
  sealMessage(message);
}
