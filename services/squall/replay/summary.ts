// ReplayResult -> the text at the end of a replay, useful on a quiet log too.

import { counted, shownText, spanInWords, wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import type { FormatName } from "../../ingest/formats.ts";
import type { RejectionReason } from "../../ingest/rejection.ts";
import { byteCount, clockOf } from "../words.ts";
import { headerAdvice } from "./header-advice.ts";
import { lossLines } from "./losses.ts";
import type { ReplayResult } from "./replay.ts";

const LISTS_SHOWN = 10;
const CLOCKS_SHOWN = 5;
const NAME_CHARS_MAX = 60;

export interface SummaryOptions {
  readonly timeZone: string;
  readonly elapsedMs: number;
  /** As it was asked for. */
  readonly format: FormatName | "auto";
  /** Alerts that were not shown because they are below the chosen severity. */
  readonly hidden: number;
}

const REJECTED_WORDS: Readonly<Record<RejectionReason, string>> = {
  "line-too-long": "longer than the limit",
  "nul-byte": "with NUL bytes",
  "invalid-utf8": "neither a log line nor UTF-8",
  "not-recognised": "of no known format",
  "bad-stamp": "with a date or time that does not exist",
  "too-many-hosts": "of more hosts than the limit",
  "malformed-delivery": "deliveries of an unknown shape",
  "malformed-queue-manager-line": "queue manager lines of an unknown shape",
  "malformed-header-line": "header lines of an unknown shape",
  "malformed-client-line": "client lines of an unknown shape",
  "bad-json": "no JSON",
  "bad-envelope": "of a log shipper, without a line or a host that can be shown",
  "bad-journal-record": "journal records of an unknown shape",
  "bad-mail-event": "no MailEvent as its schema has it",
  "tracking-row-before-fields": "rows of Exchange before a #Fields line that names their columns",
  "unknown-tracking-fields": "#Fields lines of another log than message tracking",
  "malformed-tracking-row": "rows of Exchange that are cut, or have not the columns that #Fields names",
};

/** The whole summary, ending in a line break. */
export function summaryText(result: ReplayResult, options: SummaryOptions): string {
  const lines = [
    ...readPart(result, options),
    ...mailPart(result),
    ...stormPart(result, options),
    ...listPart(result),
    ...nearestPart(result, options),
    ...headerAdvice(result),
    ...clockPart(result, options),
    ...lossLines(result),
  ];
  return `${lines.join("\n")}\n`;
}

function readPart(result: ReplayResult, { timeZone, elapsedMs, format }: SummaryOptions): string[] {
  const { counters, bytesRead, from, until } = result;
  const rate = elapsedMs > 0 ? counters.lines / (elapsedMs / 1000) : 0;
  const lines = [
    "",
    `read       ${counted(counters.lines, "line")} (${byteCount(bytesRead)}) in ${(elapsedMs / 1000).toFixed(1)} s, ${wholeNumber(rate)} a second`,
  ];
  if (from !== undefined && until !== undefined) {
    lines.push(
      `           log time ${clockOf(from, timeZone)} to ${clockOf(until, timeZone)} (${timeZone}), ${spanInWords(until - from)}`,
    );
  }
  lines.push(
    `           ${wholeNumber(counters.used)} recognised, ${wholeNumber(counters.other)} of other programs or of no interest, ${wholeNumber(rejectedIn(counters.rejected))} rejected`,
  );
  for (const [reason, count] of [...counters.rejected].toSorted((a, b) => b[1] - a[1])) {
    lines.push(`           rejected ${reason}: ${counted(count, "line")}, ${REJECTED_WORDS[reason]}`);
  }
  if (counters.used === 0) lines.push(...nothingRecognised(result, format));
  return lines;
}

function nothingRecognised({ counters, failures }: ReplayResult, format: SummaryOptions["format"]): string[] {
  if (counters.lines === 0)
    return [`           ${failures.length > 0 ? "Nothing could be read." : "The input is empty."}`];
  if (format !== "auto" && rejectedIn(counters.rejected) === counters.lines) {
    return [`           --format ${format} may be why: without it squall tells each input's format by itself.`];
  }
  return [
    "           No line of a mail log that squall knows was found. It reads Postfix logs (syslog files, journalctl -o short-iso",
    "           or -o json, the JSON of log shippers), message tracking logs of Exchange Server (MSGTRK*.LOG) and its own MailEvent lines (one JSON object",
    "           a message, see the schema mail-event.schema.json).",
  ];
}

function rejectedIn(rejected: ReadonlyMap<RejectionReason, number>): number {
  let sum = 0;
  for (const count of rejected.values()) sum += count;
  return sum;
}

function mailPart({ assembler, survey }: ReplayResult): string[] {
  return [
    `mail       ${counted(assembler.accepted, "mail")} accepted, ${counted(survey.messages, "message")}, ${wholeNumber(survey.fanOutMessages)} of them to 20 people or more, in ${counted(survey.threads, "thread")}`,
  ];
}

function stormPart({ survey }: ReplayResult, { timeZone, hidden }: SummaryOptions): string[] {
  const { opened, watches, stillOpen } = survey.storms;
  const lines = [
    `storms     ${opened === 0 ? "none" : wholeNumber(opened)}, ${counted(watches, "watch").replace("watchs", "watches")}`,
  ];
  for (const storm of stillOpen) {
    const what = shownText(storm.list ?? storm.threadKey, NAME_CHARS_MAX);
    lines.push(`           still open at the end of the log: ${what}, since ${clockOf(storm.startedAt, timeZone)}`);
  }
  if (hidden > 0)
    lines.push(
      `           ${counted(hidden, "alert")} below the chosen severity not shown (--min-severity watch shows all)`,
    );
  return lines;
}

function listPart({ survey }: ReplayResult): string[] {
  if (survey.lists.length === 0) {
    return ["lists      none found: no address of this log was seen to reach 20 people or more"];
  }
  const shown = survey.lists.slice(0, LISTS_SHOWN);
  const lines = shown.map((list, index) => {
    const history = list.warm ? "with history" : "without history";
    const name = shownText(list.address, NAME_CHARS_MAX);
    // A burst on a list counts mails that no thread claims too: they are no less replies for that.
    const tied = `${wholeNumber(list.replyAlls)} of them ${list.replyAlls === 1 ? "a reply-all" : "reply-alls"}`;
    return `${index === 0 ? "lists      " : "           "}${name}: audience ${wholeNumber(list.audience)}, ${counted(list.messages, "message")}, ${tied} tied to a thread, ${history}`;
  });
  if (survey.lists.length > shown.length)
    lines.push(`           and ${wholeNumber(survey.lists.length - shown.length)} more`);
  return lines;
}

function nearestPart({ survey }: ReplayResult, { timeZone }: SummaryOptions): string[] {
  if (survey.nearest.length === 0 && survey.threads > 0) {
    return [`nearest    no thread${survey.storms.opened > 0 ? " beside those of storms" : ""} was answered to all`];
  }
  return survey.nearest.flatMap((thread, index) => {
    const name = shownText(thread.subject ?? thread.threadKey, NAME_CHARS_MAX);
    const list = thread.list === undefined ? "" : ` on ${shownText(thread.list, NAME_CHARS_MAX)}`;
    return [
      `${index === 0 ? "nearest    " : "           "}${index + 1}. ${Math.floor(thread.closeness * 100)} % of the way: "${name}"${list}, ${clockOf(thread.startedAt, timeZone)}`,
      `              ${thread.why}`,
    ];
  });
}

/** Whose stamps were so far ahead that the log never came to them. */
function clockPart({ wrongClocks }: Pick<ReplayResult, "wrongClocks">, { timeZone }: SummaryOptions): string[] {
  const lines = wrongClocks.slice(0, CLOCKS_SHOWN).map(({ host, pieces, fromMs, untilMs }, index) => {
    const stamps = `stamped ${clockOf(fromMs, timeZone)} to ${clockOf(untilMs, timeZone)}`;
    return `${index === 0 ? "clocks     " : "           "}${shownText(host, NAME_CHARS_MAX)} was ahead of the log around it: ${counted(pieces, "piece")} of mails, ${stamps}, set aside`;
  });
  const more = wrongClocks.length - lines.length;
  if (more > 0) lines.push(`           and ${counted(more, "more host")}`);
  return lines;
}
