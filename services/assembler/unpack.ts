// packed mail -> OpenMail, and the event that it makes.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { PackedMails } from "../../shared/domain/packed-mails.ts";
import type { AssemblerDeps } from "./assembler-settings.ts";
import { mailEventFromMail } from "./mail-event-from-mail.ts";
import { openMail } from "./open-mail.ts";

/** Makes the event of a mail that is complete, as when it was told. Throws where it is not: no such mail is ever told. */
export function unpackWith({
  site,
  hostNames,
  people,
}: AssemblerDeps): (mails: PackedMails, mail: number) => MailEvent {
  return (mails, mail) => {
    const event = mailEventFromMail(
      openMail(mails.fragmentAt(mail, site, hostNames)),
      Number.POSITIVE_INFINITY,
      people,
    );
    if (event === undefined) throw new Error("a packed mail was told before it was complete");
    return event;
  };
}
