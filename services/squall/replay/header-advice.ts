// What share of the mail has thread headers in the log -> a line of the summary, and the exact settings to add when there are none.

import { wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import type { ReplayResult } from "./replay.ts";

const LOGGED_HEADERS =
  "From|Reply-To|Subject|In-Reply-To|References|Thread-Index|Auto-Submitted|List-Id|Precedence|X-Autoreply|X-Autorespond";

/** The lines to add to Postfix so that it logs the headers that tie mails to threads (Postfix 2.8 and later). */
const POSTFIX_HEADER_SETTINGS: readonly string[] = [
  "           main.cf:",
  "header_checks = pcre:/etc/postfix/squall_header_checks",
  "mime_header_checks =",
  "nested_header_checks =",
  "           /etc/postfix/squall_header_checks:",
  `/^(${LOGGED_HEADERS}):/ INFO`,
  "           then: postfix reload   (Debian needs the package postfix-pcre)",
];

export function headerAdvice({ survey, counters }: Pick<ReplayResult, "survey" | "counters">): string[] {
  const { total, headersLogged, withThreadHeaders } = survey.headerShare;
  if (counters.used === 0) return [];
  if (total === 0) return ["headers    not judged: no message reached 20 people"];
  const share = (count: number): string => `${Math.round((100 * count) / total)} %`;
  const lines = [
    `headers    ${share(headersLogged)} of ${wholeNumber(total)} messages to 20 people or more have header lines in the log, ${share(withThreadHeaders)} name their thread`,
  ];
  if (headersLogged > 0) return lines;
  return [
    ...lines,
    "           Without them threads are known only by their list, and people only by login or envelope sender. To log them, add to",
    ...POSTFIX_HEADER_SETTINGS,
  ];
}
