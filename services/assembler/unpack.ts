// packed mail -> OpenMail, the event that it makes, or only who stands behind it.

import type { MailEvent, MailOrigin } from "../../shared/domain/mail-event.ts";
import { HEADER_NAMES } from "../../shared/domain/mail-fragment.ts";
import { nameOfBytes } from "../../shared/domain/log-text.ts";
import { ACCEPTED_AT, CLIENT, HOST, LOGIN, SENDER } from "../../shared/domain/packed/layout.ts";
import { fragmentOf, headerStart } from "../../shared/domain/packed/packed-fragment.ts";
import type { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import type { AssemblerDeps } from "./assembler-settings.ts";
import { hopOf, mailEventFromMail } from "./mail-event-from-mail.ts";
import { type OpenMail, openMail } from "./open-mail.ts";
import { addressOfHeader, personOfSender } from "./person.ts";

const FROM = HEADER_NAMES.indexOf("from");

/** All that is known of the mail; nothing has been told of it. */
export function openPacked(mails: PackedMails, mail: number, deps: AssemblerDeps): OpenMail {
  return openMail(fragmentOf(mails, mail, deps));
}

/** Makes the event of a mail that is complete, as when it was told. Throws where it is not: no such mail is ever told. */
export function packedEvent(mails: PackedMails, mail: number, deps: AssemblerDeps): MailEvent {
  const event = mailEventFromMail(openPacked(mails, mail, deps), Number.POSITIVE_INFINITY, deps.people);
  if (event === undefined) throw new Error("a packed mail was told before it was complete");
  return event;
}

/** What `packedEvent` would say of the people, without the rest. The mail must not come from a list (List-Id), which may stand in From. */
export function packedOrigin(mails: PackedMails, mail: number, { hostNames, people }: AssemblerDeps): MailOrigin {
  const nameAt = (text: number): string | undefined => {
    const said = mails.textAt(mail, text);
    return said === undefined ? undefined : nameOfBytes(said);
  };
  const named = (address: string | undefined): string | undefined =>
    address === undefined ? undefined : people.name(address);
  const login = nameAt(LOGIN);
  const host = hostNames[mails.number(mail, HOST)] ?? "";
  return {
    hop: hopOf({ client: nameAt(CLIENT), login, host, goesOn: false }),
    at: mails.time(mail, ACCEPTED_AT),
    authenticated: login !== undefined,
    login: named(login?.toLowerCase()),
    from: named(addressOfHeader(fromOf(mails, mail))),
    sender: named(personOfSender(nameAt(SENDER))),
  };
}

function fromOf(mails: PackedMails, mail: number): string | undefined {
  if (!mails.hasHeader(mail, FROM)) return undefined;
  const start = headerStart(mails, mail, FROM);
  return mails.bytes.toString("latin1", start, start + mails.headerLength(start));
}
