// MessageGroup <-> `group/ID`, with its messages, except those that reached many: these are named. A group that is one message which
// reached many, as nearly all of those are, stands with that: a takeover reads every entry there is.

import type { FanOut } from "../fan-out.ts";
import { createGroup, type MessageTable } from "../message-table.ts";
import type { MessageGroup } from "../message-group.ts";
import type { RowReader, RowWriter } from "./entry-row.ts";
import type { IdOf, Linked } from "./linked.ts";
import { readMessage, writeMessage } from "./message-codec.ts";

export function isKept(group: MessageGroup, { fanOuts, young, old }: MessageTable): boolean {
  const { key } = group;
  return fanOuts.get(key) === group || young.get(key) === group || old.get(key) === group;
}

/** The message with which a group stands, being all of it. */
export function soleFanOut(group: MessageGroup, table: MessageTable): FanOut | undefined {
  const { variants, key } = group;
  return variants.length === 1 && table.fanOuts.get(key) === group ? variants[0]?.fanOut : undefined;
}

/** The group that stands with a message. */
export function groupWith(fanOut: FanOut, table: MessageTable): MessageGroup | undefined {
  const group = table.fanOuts.get(fanOut.message.id);
  return group !== undefined && soleFanOut(group, table) === fanOut ? group : undefined;
}

export function writeGroup(row: RowWriter, group: MessageGroup, idOf: IdOf): void {
  row.text(group.key);
  writeGroupAlone(row, group);
  row.list(group.variants, (message) => {
    row.number(message.fanOut === undefined ? 0 : idOf(message.fanOut));
    if (message.fanOut === undefined) writeMessage(row, message);
  });
}

export function readGroup(row: RowReader, table: MessageTable, linked: Linked): MessageGroup {
  const group = createGroup(table, row.text("key"));
  readGroupAlone(row, group);
  group.variants = row.list("messages", () => {
    const fanOut = row.number("fanOut");
    return fanOut === 0 ? readMessage(row, []) : linked.fanOut(row, fanOut).message;
  });
  return group;
}

/** Of a group that stands with its only message: what the message does not know. */
export function writeGroupAlone(row: RowWriter, { lastAt, weight, generation, fanOutTurn }: MessageGroup): void {
  row.time(lastAt);
  row.number(weight);
  row.number(generation);
  row.number(fanOutTurn);
}

export function readGroupAlone(row: RowReader, group: MessageGroup): void {
  group.lastAt = row.time("lastAt", Number.NEGATIVE_INFINITY);
  group.weight = row.number("weight");
  group.generation = row.number("generation");
  group.fanOutTurn = row.number("fanOutTurn");
}
