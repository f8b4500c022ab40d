// What is known of a storm -> how to stop its list and freeze its copies in Exim. What is pasted deletes nothing: a search may find
// more than was meant, and what is frozen can be looked at first.

import { printableText } from "../../../shared/domain/printable-text.ts";
import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest, CommandAddress, HostQueue } from "./advice-request.ts";
import { COMMAND_HOSTS_MAX, COMMAND_QUEUE_IDS_MAX, queuesByHost, REFUSED_ADDRESS } from "./advice-request.ts";
import { perlPattern, posixQuote } from "./shell-quote.ts";

/** Ids of 16 characters, and of 23 since Exim 4.97. */
export const EXIM_QUEUE_ID = /^[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}$/u;

const LOOK_FIRST = "Look before you delete: a mail to the list and others is deleted for all. No bounce is sent.";

export function eximAdvice(request: AdviceRequest, list: CommandAddress): Advice[] {
  const queues = queuesByHost(request, EXIM_QUEUE_ID).slice(0, COMMAND_HOSTS_MAX);
  return [...byAddress(list), ...queues.map(freezeOnHost)];
}

function byAddress(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  const stop =
    "Stop the list: this shows which router and which file make it. Put `:fail: This list is closed for the moment` there " +
    "in place of the members (`:defer:` keeps new mail waiting instead), and keep what stood there. The file is read anew " +
    "for every mail.";
  const freeze =
    "Hold (freeze) what is queued for the list, as root on every server. A copy that is being delivered at that moment " +
    "stays: run it again. `exiqgrep -z -r` with the same pattern shows what is frozen; then the same command with `-z -i` " +
    `and \`-Mrm\` deletes it, with \`-Mt\` lets it go on. ${LOOK_FIRST}`;
  if (list.kind === "refused") return [{ system: "exim", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  const pattern = posixQuote(perlPattern(list.address));
  return [
    { system: "exim", text: stop, command: `exim -bt ${posixQuote(list.address)}` },
    { system: "exim", text: freeze, command: `exiqgrep -i -r ${pattern} | xargs -r exim -Mf` },
  ];
}

function freezeOnHost(queue: HostQueue): Advice {
  const ids = queue.queueIds.slice(0, COMMAND_QUEUE_IDS_MAX);
  const more = queue.queueIds.length - ids.length;
  const rest = more === 0 ? "" : ` ${more} more are not named here.`;
  const text =
    `Hold (freeze) what is still queued on ${printableText(queue.host)}, as root: ${counted(ids.length)} of this storm. ` +
    `Then the same with \`-Mrm\` in place of \`-Mf\` deletes it, with \`-Mt\` lets it go on. ${LOOK_FIRST}${rest}`;
  return { system: "exim", text, command: `exim -Mf ${ids.join(" ")}` };
}

function counted(ids: number): string {
  return ids === 1 ? "1 message" : `${ids} messages`;
}
