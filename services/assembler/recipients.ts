// what is said of a mail -> how many people it goes to under its queue id.

import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import type { OpenMail } from "./open-mail.ts";

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

/** More recipients than this are an alias' members; fewer say nothing that matters. */
const EXPANDED_MIN = 20;
/** A log that was sent twice says everything twice: only beyond so many times the recipients are there more than were queued. */
const SAID_TIMES_MAX = 4;

/**
 * The same by what was told of the mail until `untilMs`. Postfix's queue manager counts an alias that local(8) expands (a file of
 * addresses, :include:) as one; its members then show as deliveries under the same queue id.
 */
export function recipientsUntil(mail: OpenMail, untilMs: number): number {
  const recipients = recipientsOf(mail.said);
  if (mail.said.origTo === undefined) return recipients;
  const settled = settledUntil(mail, untilMs);
  return settled >= EXPANDED_MIN && settled > recipients * SAID_TIMES_MAX ? settled : recipients;
}

/** Deliveries and bounces of minutes that began before `untilMs`. */
export function settledUntil({ said, earlier }: OpenMail, untilMs: number): number {
  let settled = (earlier?.delivered ?? 0) + (earlier?.bounced ?? 0);
  for (const { start, delivered, bounced } of said.minutes ?? []) if (start < untilMs) settled += delivered + bounced;
  return settled;
}
