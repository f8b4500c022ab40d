// a MailEvent -> the key its message stands under.

import type { MailEvent } from "../../shared/domain/mail-event.ts";

/** Identity of a message: its Message-ID; a mail without one is a message of its own. */
export function messageKeyOf(event: MailEvent): string {
  return event.messageId ?? event.eventId;
}
