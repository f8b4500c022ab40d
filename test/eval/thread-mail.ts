// the messages of real lists -> mail as squall is given it: MailEvents as NDJSON. Addresses and message ids are made of ordinals.

import { encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { mailEventId } from "../../shared/domain/mail-event-id.ts";
import type { MailEvent, ThreadHints } from "../../shared/domain/mail-event.ts";
import type { ListMessage } from "./real-threads.ts";

/** How a reply is tied to its thread: as mail programs write it, the thread's first id in References; or by In-Reply-To alone. */
export const TIES = ["references", "in-reply-to"] as const;
export type Tie = (typeof TIES)[number];

export interface MailOptions {
  /** People on every list; the archives do not say how many there were. */
  readonly audience: number;
  readonly tie: Tie;
}

const SITE = "site";
const HOST = "lists.example.org";
const CHUNK_LINES = 500;

/** NDJSON in chunks of whole lines, in the order of the messages. */
export function* mailOf(messages: readonly ListMessage[], options: MailOptions): Generator<Buffer> {
  const firstOf = firstMessages(messages);
  for (let start = 0; start < messages.length; start += CHUNK_LINES) {
    const lines = messages.slice(start, start + CHUNK_LINES).map((message) => {
      const first = firstOf.get(threadName(message)) ?? message;
      return encodeMailEvent(mailEvent(message, first, options));
    });
    yield Buffer.from(`${lines.join("\n")}\n`);
  }
}

function listAddress(list: number): string {
  return `everybody@list${list}.example`;
}

export function messageIdOf({ list, ordinal }: Pick<ListMessage, "list" | "ordinal">): string {
  return `m${ordinal}@list${list}.example`;
}

/** One name a thread over all lists. */
export function threadName({ list, thread }: Pick<ListMessage, "list" | "thread">): string {
  return `${list}/${thread}`;
}

/** One accepted mail to the list by somebody of its own domain who logged in. Mails of one second keep their order. */
function mailEvent(message: ListMessage, first: ListMessage, { audience, tie }: MailOptions): MailEvent {
  const { list, ordinal, at, person } = message;
  const queueId = `${list}-${String(ordinal).padStart(6, "0")}`;
  const messageId = messageIdOf(message);
  const address = `p${person}@list${list}.example`;
  return {
    eventId: mailEventId({ site: SITE, host: HOST, queueId, messageId, at }),
    revision: 1,
    site: SITE,
    host: HOST,
    queueId,
    hop: HOST,
    at,
    messageId,
    login: address,
    from: address,
    senderDomain: `list${list}.example`,
    authenticated: true,
    recipients: audience,
    lists: [{ address: listAddress(list), via: "orig_to" }],
    hints: hintsOf(message, first, tie),
    headersLogged: true,
    minutes: [],
  };
}

function hintsOf({ list, parent, isFirst }: ListMessage, first: ListMessage, tie: Tie): ThreadHints {
  const references = isFirst || tie === "in-reply-to" ? [] : [messageIdOf(first)];
  return parent === undefined ? { references } : { references, inReplyTo: messageIdOf({ list, ordinal: parent }) };
}

function firstMessages(messages: readonly ListMessage[]): ReadonlyMap<string, ListMessage> {
  return new Map(messages.filter(({ isFirst }) => isFirst).map((message) => [threadName(message), message]));
}
