// the messages under one Message-ID, one a sender: which of them an event belongs to, and what stays of them at the end.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { createMessage, type MailMessage, NONE, sameSender, slotOf } from "./mail-message.ts";
import { noteChange, type Tracked } from "./tracked.ts";

export interface MessageGroup extends Tracked {
  readonly kind: "group";
  readonly key: string;
  variants: MailMessage[];
  lastAt: number;
  /** Room it takes: queue ids kept one by one, but for those that count among the large messages, and lists. */
  weight: number;
  /** Number of the generation it was young in last; its turn among those that reached many, 0 before. */
  generation: number;
  fanOutTurn: number;
}

/** The message an event belongs to; undefined when a further sender has no room. */
export function messageOf(
  group: MessageGroup,
  event: MailEvent,
  variantsMax: number,
): { readonly message: MailMessage; readonly isNew: boolean } | undefined {
  const { variants } = group;
  for (const message of variants) if (slotOf(message, event.eventId) !== undefined) return { message, isNew: false };
  let found: MailMessage | undefined;
  for (const message of variants) {
    if (event.from !== undefined && message.from === event.from) return { message, isNew: false };
    if (sameSender(message, event)) found = message;
  }
  if (found !== undefined) return { message: found, isNew: false };
  if (variants.length >= variantsMax) return undefined;
  const name = variants.length === 0 ? group.key : `${group.key} ${event.from ?? event.login ?? ""}`;
  const message = createMessage(event, name);
  variants.push(message);
  return { message, isNew: true };
}

export function isInStorm(group: MessageGroup): boolean {
  return group.variants.some((message) => message.fanOut?.storm?.ended === false);
}

/** No more will be heard of a message that reached many: only what its thread, lists and storm ask for stays. */
export function closeMessage(message: MailMessage): void {
  message.hops = [];
  message.leading = undefined;
  message.lists.length = 0;
  message.references = NONE;
  message.threadIndex = undefined;
  const { fanOut } = message;
  if (fanOut === undefined) return;
  noteChange(fanOut);
  fanOut.byHop = [];
  // Forgotten lists would live on in every message they had.
  for (const { list } of fanOut.lists) {
    if (!list.forgotten) continue;
    list.posters.touched = true;
    noteChange(list);
  }
  fanOut.lists = fanOut.lists.filter(({ list }) => !list.forgotten);
}
