// MessageGroup <-> `group/ID`, with its messages, except those that reached many: these are named.

import { createGroup, type MessageTable } from "../message-table.ts";
import type { MessageGroup } from "../message-group.ts";
import type { Fields } from "./entry-fields.ts";
import type { IdOf, Linked } from "./linked.ts";
import { readMessage, storedMessage } from "./message-codec.ts";

export function isKept(group: MessageGroup, { fanOuts, young, old }: MessageTable): boolean {
  const { key } = group;
  return fanOuts.get(key) === group || young.get(key) === group || old.get(key) === group;
}

export function storedGroup(group: MessageGroup, idOf: IdOf): Readonly<Record<string, unknown>> {
  const { key, lastAt, weight, generation, fanOutTurn, variants } = group;
  const messages = variants.map((message) =>
    message.fanOut === undefined ? storedMessage(message) : { fanOut: idOf(message.fanOut) },
  );
  return { key, lastAt, weight, generation, fanOutTurn, messages };
}

export function readGroup(fields: Fields, table: MessageTable, linked: Linked): MessageGroup {
  const group = createGroup(table, fields.text("key"));
  group.lastAt = fields.time("lastAt", Number.NEGATIVE_INFINITY);
  group.weight = fields.number("weight");
  group.generation = fields.number("generation");
  group.fanOutTurn = fields.number("fanOutTurn");
  for (const message of fields.objects("messages")) {
    const isFanOut = message.has("fanOut");
    group.variants.push(
      isFanOut ? linked.fanOut(message, message.number("fanOut")).message : readMessage(message, () => []),
    );
  }
  return group;
}
