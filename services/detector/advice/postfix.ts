// What is known of a storm -> how to stop its list and clear its copies in Postfix.

import { printableText } from "../../../shared/domain/printable-text.ts";
import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest, CommandAddress, HostQueue } from "./advice-request.ts";
import { COMMAND_HOSTS_MAX, COMMAND_QUEUE_IDS_MAX, queuesByHost, REFUSED_ADDRESS } from "./advice-request.ts";
import { isQuotable, posixQuote } from "./shell-quote.ts";

/** Short (hex) and long queue ids; both are safe in a shell as they are, and none is the word ALL. */
const POSTFIX_QUEUE_ID = /^[0-9A-Za-z]{6,20}$/u;

/** Answers name the mails they answer, so the first few find the later ones. */
const SEARCHED_MESSAGE_IDS_MAX = 5;

const TABLE = "/etc/postfix/squall-stopped-lists";

export function postfixAdvice(request: AdviceRequest, list: CommandAddress): Advice[] {
  const queues = queuesByHost(request, POSTFIX_QUEUE_ID);
  const hostsLeftOut = Math.max(0, queues.length - COMMAND_HOSTS_MAX);
  return [
    ...stop(list),
    ...queues.slice(0, COMMAND_HOSTS_MAX).map(clearHost),
    ...clearBySearch(request, list, hostsLeftOut),
  ];
}

/** Can be pasted again: neither the line nor the check is added twice. */
function stop(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  if (list.kind !== "plain") return [{ system: "postfix", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  const line = `${list.address} REJECT This list is closed for the moment, please do not reply to all`;
  const text =
    "Stop the list, as root on every server that takes mail in: new mail to it is refused, with a reason. Where submission " +
    `has recipient restrictions of its own in master.cf, add the check there. Undo: take the line out of ${TABLE}, postfix reload.`;
  const command =
    `(l=${posixQuote(line)}; t=${TABLE}; { grep -qsxF -- "$l" $t || printf '%s\\n' "$l" >> $t; } && ` +
    "r=$(postconf -h smtpd_recipient_restrictions) && case $r in *$t*) ;; *) postconf -e " +
    '"smtpd_recipient_restrictions = check_recipient_access texthash:$t, $r" ;; esac && postfix reload)';
  return [{ system: "postfix", text, command }];
}

function clearHost(queue: HostQueue): Advice {
  const ids = queue.queueIds.slice(0, COMMAND_QUEUE_IDS_MAX);
  const more = queue.queueIds.length - ids.length;
  const rest = more === 0 ? "" : ` ${more} more are not named here: see the last command for Postfix.`;
  const text =
    `Clear what is still queued on ${printableText(queue.host)}, as root: ${counted(ids.length)} of this storm. ` +
    `-h in place of -d only holds them. Queue ids are used again, so run it now or not at all.${rest}`;
  return { system: "postfix", text, command: `printf '%s\\n' ${ids.join(" ")} | postsuper -d -` };
}

function counted(ids: number): string {
  return ids === 1 ? "1 queue id" : `${ids} queue ids`;
}

/**
 * Finds mail by what its queue file says. The queue's listing would not do: it shows the members that an alias was turned
 * into, while the file keeps the address that the mail was sent to.
 */
function clearBySearch(request: AdviceRequest, list: CommandAddress, hostsLeftOut: number): Advice[] {
  const address = "address" in list ? list.address : undefined;
  const words = address === undefined ? messageIdsOf(request) : [address];
  if (words.length === 0) return [];
  const others = hostsLeftOut === 0 ? "" : ` ${hostsLeftOut} more servers had queue ids of it.`;
  const what =
    address === undefined ? "this storm's mails and answers to them" : "everything that was sent to the list";
  const text =
    `Clear what has come since, as root on every server, once the list is stopped: ${what}, whatever alias it went through.` +
    `${others} It reads the head of every queued mail; put \`cat\` in place of \`postsuper -d -\` to see the ids first.`;
  const patterns = words.map((word) => `-e ${posixQuote(word)}`).join(" ");
  const command =
    `postqueue -p | awk '$2 ~ /^[0-9]+$/ { sub(/[*!#]$/, "", $1); print $1 }' | while read -r id; do ` +
    `postcat -qeh "$id" 2>/dev/null | grep -qiF ${patterns} && echo "$id"; done | postsuper -d -`;
  return [{ system: "postfix", text, command }];
}

/** As answers name them in References too. */
function messageIdsOf({ messageIds }: AdviceRequest): string[] {
  const usable = messageIds.filter((id) => id !== "" && isQuotable(id));
  return usable.slice(0, SEARCHED_MESSAGE_IDS_MAX).map((id) => `<${id}>`);
}
