// What is known of a storm -> how to stop its list and hold its copies in Postfix. What is pasted deletes nothing: a search may
// find more than was meant, and what is held can be looked at first.

import { printableText } from "../../../shared/domain/printable-text.ts";
import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest, CommandAddress, HostQueue } from "./advice-request.ts";
import { COMMAND_HOSTS_MAX, COMMAND_QUEUE_IDS_MAX, queuesByHost, REFUSED_ADDRESS } from "./advice-request.ts";
import { isQuotable, posixQuote } from "./shell-quote.ts";

/** Short (hex) and long queue ids; both are safe in a shell as they are, and none is the word ALL. */
const POSTFIX_QUEUE_ID = /^[0-9A-Za-z]{6,20}$/u;

/** Made of an inode, which another mail has soon; a long one (`enable_long_queue_ids`) is made of the time, and never comes again. */
const SHORT_QUEUE_ID = /^[0-9A-F]{6,14}$/u;

/** Answers name the mails they answer, so the first few find the later ones. */
const SEARCHED_MESSAGE_IDS_MAX = 5;

const TABLE = "/etc/postfix/squall-stopped-lists";

const HOLD = "postsuper -h -";
const AFTER_HOLD =
  "Held mail has a `!` in postqueue -p, and `postcat -qeh` shows one. Then the same with `postsuper -d - hold` at the end deletes it, " +
  "with `-H -` lets it go on. A mail to the list and others is deleted for all.";

export function postfixAdvice(request: AdviceRequest, list: CommandAddress): Advice[] {
  const queues = queuesByHost(request, POSTFIX_QUEUE_ID);
  const hostsLeftOut = Math.max(0, queues.length - COMMAND_HOSTS_MAX);
  return [
    ...stop(list),
    ...queues.slice(0, COMMAND_HOSTS_MAX).map(holdOnHost),
    ...holdBySearch(request, list, hostsLeftOut),
  ];
}

/** Can be pasted again: neither the line nor the check is added twice. */
function stop(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  if (list.kind !== "plain") return [{ system: "postfix", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  const line = `${list.address} REJECT This list is closed for the moment, please do not reply to all`;
  const text =
    "Stop the list, as root on every server that takes mail in: new mail by SMTP is refused, with a reason; what is " +
    "submitted on the server itself (sendmail, webmail) still goes out. Where submission has restrictions of its own in " +
    "master.cf, add the check there. Undo: take the line out of the table, postfix reload; leave the table, even empty.";
  const command =
    `(l=${posixQuote(line)}; t=${TABLE}; { grep -qsxF -- "$l" $t || printf '%s\\n' "$l" >> $t; } && ` +
    "r=$(postconf -h smtpd_recipient_restrictions) && case $r in *$t*) ;; *) postconf -e " +
    '"smtpd_recipient_restrictions = check_recipient_access texthash:$t, $r" ;; esac && postfix reload)';
  return [{ system: "postfix", text, command }];
}

function holdOnHost(queue: HostQueue): Advice {
  const ids = queue.queueIds.slice(0, COMMAND_QUEUE_IDS_MAX);
  const more = queue.queueIds.length - ids.length;
  const rest = more === 0 ? "" : ` ${more} more are not named here: see the last command for Postfix.`;
  const isPerishable = ids.some((id) => SHORT_QUEUE_ID.test(id));
  const text =
    `Hold what is still queued on ${printableText(queue.host)}, as root: ${counted(ids.length)} of this storm. ` +
    `${isPerishable ? "Queue ids are used again, so run it now or not at all. " : ""}${AFTER_HOLD}${rest}`;
  const command = `printf '%s\\n' ${ids.join(" ")} | ${HOLD}`;
  return { system: "postfix", text, command, ...(isPerishable ? { isPerishable } : {}) };
}

function counted(ids: number): string {
  return ids === 1 ? "1 queue id" : `${ids} queue ids`;
}

/**
 * Finds mail by what its queue file says. The queue's listing would not do: it shows the members that an alias was turned
 * into, while the file keeps the address that the mail was sent to.
 */
function holdBySearch(request: AdviceRequest, list: CommandAddress, hostsLeftOut: number): Advice[] {
  const search = "address" in list ? searchOfList(list.address) : searchOfAnswers(request);
  if (search === undefined) return [];
  const others = hostsLeftOut === 0 ? "" : ` ${hostsLeftOut} more servers had queue ids of it.`;
  const text =
    `Hold what has come since, as root on every server, once the list is stopped: ${search.what}.${others} ` +
    `It reads a part of every queued mail. ${AFTER_HOLD}`;
  const command =
    `postqueue -p | awk '$2 ~ /^[0-9]+$/ { sub(/[*!#]$/, "", $1); print $1 }' | while read -r id; do ` +
    `${search.command} && echo "$id"; done | ${HOLD}`;
  return [{ system: "postfix", text, command }];
}

interface Search {
  /** Which mail it finds. */
  readonly what: string;
  /** Succeeds when the mail "$id" is one of them. */
  readonly command: string;
}

/** Whole lines of the envelope: a part of one would find randall@ for all@, and headers name whatever a sender likes. */
function searchOfList(address: string): Search {
  const lines = [`original_recipient: ${address}`, `recipient: ${address}`].map((line) => `-e ${posixQuote(line)}`);
  return {
    what: "everything that was sent to the list, whatever alias it went through",
    command: `postcat -qe "$id" 2>/dev/null | grep -qixF ${lines.join(" ")}`,
  };
}

/** Message ids in their angle brackets, so whole, as answers name them in References too. */
function searchOfAnswers({ messageIds }: AdviceRequest): Search | undefined {
  const usable = messageIds.filter((id) => id !== "" && isQuotable(id)).slice(0, SEARCHED_MESSAGE_IDS_MAX);
  if (usable.length === 0) return undefined;
  return {
    what: "this storm's mails and answers to them",
    command: `postcat -qh "$id" 2>/dev/null | grep -qiF ${usable.map((id) => `-e ${posixQuote(`<${id}>`)}`).join(" ")}`,
  };
}
