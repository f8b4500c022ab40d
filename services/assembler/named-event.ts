// a MailEvent that another system made -> the same with its people named as ours are.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { People } from "./mail-event-from-mail.ts";

export function namedEvent(event: MailEvent, people: People): MailEvent {
  const name = (address: string | undefined): string | undefined =>
    address === undefined ? undefined : people.name(address);
  return {
    ...event,
    login: name(event.login),
    from: name(event.from),
    sender: name(event.sender),
    subject: people.allowSubject ? event.subject : undefined,
  };
}
