// packed mail -> OpenMail, and the event that it makes.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { fragmentOf } from "../../shared/domain/packed/packed-fragment.ts";
import type { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import type { AssemblerDeps } from "./assembler-settings.ts";
import { mailEventFromMail } from "./mail-event-from-mail.ts";
import { type OpenMail, openMail } from "./open-mail.ts";

/** All that is known of the mail; nothing has been told of it. */
export function openPacked(mails: PackedMails, mail: number, deps: AssemblerDeps): OpenMail {
  return openMail(fragmentOf(mails, mail, deps));
}

/** Makes the event of a mail that is complete, as when it was told. Throws where it is not: no such mail is ever told. */
export function unpackWith(deps: AssemblerDeps): (mails: PackedMails, mail: number) => MailEvent {
  return (mails, mail) => {
    const event = mailEventFromMail(openPacked(mails, mail, deps), Number.POSITIVE_INFINITY, deps.people);
    if (event === undefined) throw new Error("a packed mail was told before it was complete");
    return event;
  };
}
