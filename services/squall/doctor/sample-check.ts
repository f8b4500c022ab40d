// What squall made of a log's last lines -> findings: recognised or not, with header lines or without.

import { wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import type { FormatName } from "../../ingest/formats.ts";
import { postfixHeaderSettings } from "../replay/header-advice.ts";
import type { Finding } from "./finding.ts";
import type { LogSample } from "./log-sample.ts";

/** Of the lines; more that are rejected are no accident. */
const REJECTED_SHARE_MAX = 0.05;
/** Of the mails; the header checks of a server log all of them, or none. */
const HEADER_SHARE_MIN = 0.2;
/** Fewer mails say nothing. */
const MAILS_MIN = 5;

export function formatFinding(subject: string, sample: LogSample, asked: FormatName | "auto"): Finding {
  const { lines, used, other, rejected } = sample.counters;
  const lost = lines - used - other;
  const share = `${percent(used + other, lines)} of the last ${wholeNumber(lines)} lines understood, ${percent(used, lines)} tell of mail`;
  if (sample.format === undefined) return nothingFinding(subject, sample, asked);
  if (lost / lines <= REJECTED_SHARE_MAX) return { level: "ok", subject, text: `${sample.format}: ${share}` };
  const reasons = [...rejected]
    .toSorted((a, b) => b[1] - a[1])
    .map(([reason, count]) => `${reason} ${wholeNumber(count)}`);
  const mend = [`Rejected: ${reasons.join(", ")}. See them: squall replay --dead-letter rejected.ndjson FILE`];
  return { level: "warn", subject, text: `${sample.format}: ${share}`, mend };
}

function nothingFinding(subject: string, { counters }: LogSample, asked: FormatName | "auto"): Finding {
  const lines = wholeNumber(counters.lines);
  if (asked !== "auto") {
    const mend = [`format: ${asked} may be why: with auto squall tells it by itself.`];
    return { level: "fail", subject, text: `none of the last ${lines} lines is of the format ${asked}`, mend };
  }
  const isOther = counters.other > 0;
  const text = `none of the last ${lines} lines tells of mail${isOther ? "; they are of other programs" : ""}`;
  const mend = [
    "It reads Postfix logs, journalctl -o short-iso or -o json, message tracking logs of Exchange, MailEvents.",
  ];
  // A server that logs all into one file may have had no mail for a while.
  return { level: isOther ? "warn" : "fail", subject, text, mend };
}

export function headerFinding(subject: string, { format, mails, mailsWithHeaders }: LogSample): Finding[] {
  if (format === undefined || format === "exchange") return [];
  if (mails < MAILS_MIN) {
    return [{ level: "ok", subject, text: `header lines: not judged, ${mails} whole mails among the last lines` }];
  }
  const text = `header lines: ${percent(mailsWithHeaders, mails)} of ${wholeNumber(mails)} mails have them`;
  if (mailsWithHeaders / mails >= HEADER_SHARE_MIN) return [{ level: "ok", subject, text }];
  const hints = [
    "Without them threads are known only by their list. Give each MailEvent its hints (references, inReplyTo) or its",
    "subject: see the schema mail-event.schema.json.",
  ];
  return [{ level: "warn", subject, text, mend: format === "mail-events" ? hints : postfixHeaderSettings() }];
}

function percent(count: number, total: number): string {
  return total === 0 ? "0 %" : `${Math.floor((100 * count) / total)} %`;
}
