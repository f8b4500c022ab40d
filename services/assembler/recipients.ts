// what is said of a mail -> how many people it goes to under its queue id.

import type { MailFragment } from "../../shared/domain/mail-fragment.ts";

const RECIPIENTS_MAX = 1_000_000_000;

/**
 * Recipients at acceptance, each group among them, or within one of them, replaced by its members, and those named twice
 * counted once. 0: not known.
 */
export function recipientsOf({ nrcpt = 0, expansions, duplicateTo }: MailFragment): number {
  if (nrcpt === 0 || expansions === undefined) return nrcpt;
  let recipients = nrcpt;
  for (const { members } of expansions) recipients += members - 1;
  return Math.min(RECIPIENTS_MAX, Math.max(1, recipients - (duplicateTo?.length ?? 0)));
}
