// What is known of a storm -> how to stop its list and clear its copies in Postfix.

import { printableText } from "../../../shared/domain/printable-text.ts";
import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest, CommandAddress, HostQueue } from "./advice-request.ts";
import { COMMAND_HOSTS_MAX, COMMAND_QUEUE_IDS_MAX, queuesByHost, REFUSED_ADDRESS } from "./advice-request.ts";
import { posixQuote } from "./shell-quote.ts";

/** Short (hex) and long queue ids; both are safe in a shell as they are, and none is the word ALL. */
const POSTFIX_QUEUE_ID = /^[0-9A-Za-z]{6,20}$/u;

const TABLE = "/etc/postfix/squall-stopped-lists";

export function postfixAdvice(request: AdviceRequest, list: CommandAddress): Advice[] {
  const queues = queuesByHost(request, POSTFIX_QUEUE_ID);
  const shown = queues.slice(0, COMMAND_HOSTS_MAX);
  const isCut = queues.length > shown.length || shown.some((queue) => queue.queueIds.length > COMMAND_QUEUE_IDS_MAX);
  return [...stop(list), ...shown.map(clearHost), ...clearByList(list, isCut || queues.length === 0)];
}

function stop(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  if (list.kind !== "plain") return [{ system: "postfix", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  const line = `${list.address} REJECT This list is closed for the moment, please do not reply to all`;
  const check = `check_recipient_access texthash:${TABLE}`;
  const text =
    "Stop the list, as root on every server that takes mail in: mail to it is refused from now on, with a reason. " +
    "A submission service with recipient restrictions of its own in master.cf needs the same check there. " +
    `Undo: take the line out of ${TABLE}, then postfix reload.`;
  const command =
    `printf '%s\\n' ${posixQuote(line)} >> ${TABLE} && ` +
    `{ postconf -h smtpd_recipient_restrictions | grep -qF ${TABLE} || ` +
    `postconf -e "smtpd_recipient_restrictions = ${check}, $(postconf -h smtpd_recipient_restrictions)"; } && ` +
    "postfix reload";
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

/** Finds copies by address: what a list server sends on goes out from the list's owner or bounce address. */
function clearByList(list: CommandAddress, isNeeded: boolean): Advice[] {
  if (!isNeeded || list.kind === "none") return [];
  const text =
    "Clear copies that no queue id is known of, as root on every server: all mail in the queue to the list itself or from " +
    "its owner and bounce addresses. Copies that an alias has already turned into members' addresses are not found.";
  if (list.kind === "refused") return [{ system: "postfix", text: `${text} ${REFUSED_ADDRESS}`, command: "" }];
  const at = list.address.lastIndexOf("@");
  const [name, domain] = [list.address.slice(0, at), list.address.slice(at)];
  const senders = {
    owner: `owner-${name}${domain}`,
    admin: `${name}-owner${domain}`,
    bounces: `${name}-bounces${domain}`,
  };
  const options = Object.entries({ list: list.address, ...senders })
    .map(([variable, value]) => `--arg ${variable} ${posixQuote(value)}`)
    .join(" ");
  const program =
    "select(any(.recipients[]; (.address | ascii_downcase) == $list) or " +
    "((.sender | ascii_downcase) as $from | $from == $owner or $from == $admin or $from == $bounces)) | .queue_id";
  return [{ system: "postfix", text, command: `postqueue -j | jq -r ${options} '${program}' | postsuper -d -` }];
}
