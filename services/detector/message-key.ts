// a MailEvent -> the key its message stands under, and the hash of a key for the small mails.

import type { MailEvent } from "../../shared/domain/mail-event.ts";

/** Identity of a message: its Message-ID; a mail without one is a message of its own. */
export function messageKeyOf(event: MailEvent): string {
  return event.messageId ?? event.eventId;
}

/** Hash of a key for the small mails. */
export function keyHash(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
