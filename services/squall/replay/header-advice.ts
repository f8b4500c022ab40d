// What share of the mail has thread headers -> a line of the summary, and what to add when there are none: Postfix' exact
// settings, or the fields of a MailEvent.

import { wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import type { ReplayResult } from "./replay.ts";

const LOGGED_HEADERS =
  "From|Reply-To|Subject|In-Reply-To|References|Thread-Index|Auto-Submitted|List-Id|Precedence|X-Autoreply|X-Autorespond";

/** The lines to add to Postfix so that it logs the headers that tie mails to threads (Postfix 2.8 and later). */
const POSTFIX_HEADER_SETTINGS: readonly string[] = [
  "           Without them threads are known only by their list, and people only by login or envelope sender. To log them, add to",
  "           main.cf:",
  "header_checks = pcre:/etc/postfix/squall_header_checks",
  "mime_header_checks =",
  "nested_header_checks =",
  "           /etc/postfix/squall_header_checks:",
  `/^(${LOGGED_HEADERS}):/ INFO`,
  "           then: postfix reload   (Debian needs the package postfix-pcre)",
];

const MAIL_EVENT_HINTS: readonly string[] = [
  "           Without them threads are known only by their list. Give each MailEvent its hints (references, inReplyTo) or its",
  "           subject: see the schema mail-event.schema.json.",
];

/** What to add to Postfix, without the summary's margin: text, and lines as they are to be written. */
export function postfixHeaderSettings(): string[] {
  return POSTFIX_HEADER_SETTINGS.map((line) => line.trimStart());
}

export function headerAdvice(result: Pick<ReplayResult, "survey" | "counters" | "assembler">): string[] {
  const { survey, counters, assembler } = result;
  const { total, headersLogged, withThreadHeaders } = survey.headerShare;
  if (counters.used === 0) return [];
  if (total === 0) return ["headers    not judged: no message reached 20 people"];
  const share = (count: number): string => `${Math.round((100 * count) / total)} %`;
  const ofAll = `${share(headersLogged)} of ${wholeNumber(total)} messages to 20 people or more`;
  const named = `${share(withThreadHeaders)} name their thread`;
  // What no mail server's log told of came as MailEvents.
  const advice = assembler.accepted === 0 ? MAIL_EVENT_HINTS : POSTFIX_HEADER_SETTINGS;
  // A log may have subjects and nothing else, as that of Exchange.
  const inLog = headersLogged > 0 && withThreadHeaders === 0 ? "header lines or a subject" : "header lines";
  const where = assembler.accepted === 0 ? "have hints or a subject" : `have ${inLog} in the log`;
  return [`headers    ${ofAll} ${where}, ${named}`, ...(headersLogged > 0 ? [] : advice)];
}
