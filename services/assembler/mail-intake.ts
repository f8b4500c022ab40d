// a fragment -> the open mail that it speaks of.

import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import type { MailTable } from "./mail-table.ts";
import { isComplete, mergeFragment, type OpenMail } from "./open-mail.ts";
import { saysTexts } from "./state/mail-row.ts";
import type { Telling } from "./telling.ts";

/** Merges it, or opens a mail with it. Returns the mail when it is to have a turn to be told for the first time, now that more is known. */
export function takeFragment(fragment: MailFragment, table: MailTable, telling: Telling): OpenMail | undefined {
  const known = table.find(fragment);
  if (known === undefined) {
    const mail = table.open(fragment);
    return fragment.acceptedAt === undefined ? undefined : mail;
  }
  const { said } = known;
  const wasAccepted = said.acceptedAt !== undefined;
  const wasRemoved = said.removedAt !== undefined;
  telling.noteChange(known);
  mergeFragment(known, fragment);
  table.journal?.note(known, saysTexts(fragment));
  if (!wasRemoved && said.removedAt !== undefined) table.noteRemoved(known);
  if (known.waiting || known.event !== undefined || said.acceptedAt === undefined) return undefined;
  // One that was passed over and is complete only now has a turn again.
  return !wasAccepted || isComplete(known) ? known : undefined;
}
