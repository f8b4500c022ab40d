// What is known of a storm -> how to stop its list and clear its copies in Exim.

import { printableText } from "../../../shared/domain/printable-text.ts";
import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest, CommandAddress, HostQueue } from "./advice-request.ts";
import { COMMAND_HOSTS_MAX, COMMAND_QUEUE_IDS_MAX, queuesByHost, REFUSED_ADDRESS } from "./advice-request.ts";
import { perlPattern, posixQuote } from "./shell-quote.ts";

/** Ids of 16 characters, and of 23 since Exim 4.97. */
export const EXIM_QUEUE_ID = /^[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}$/u;

export function eximAdvice(request: AdviceRequest, list: CommandAddress): Advice[] {
  const queues = queuesByHost(request, EXIM_QUEUE_ID).slice(0, COMMAND_HOSTS_MAX);
  return [...byAddress(list), ...queues.map(clearHost)];
}

function byAddress(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  const stop =
    "Stop the list: this shows which router and which file make it. Put `:fail: This list is closed for the moment` there " +
    "in place of the members (`:defer:` keeps new mail waiting instead). The file is read anew for every mail.";
  const clear =
    "Clear what is queued for the list, as root on every server. A copy that is being delivered at that moment stays: " +
    "run it again.";
  if (list.kind === "refused") return [{ system: "exim", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  const pattern = posixQuote(perlPattern(list.address));
  return [
    { system: "exim", text: stop, command: `exim -bt ${posixQuote(list.address)}` },
    { system: "exim", text: clear, command: `exiqgrep -i -r ${pattern} | xargs -r exim -Mrm` },
  ];
}

function clearHost(queue: HostQueue): Advice {
  const ids = queue.queueIds.slice(0, COMMAND_QUEUE_IDS_MAX);
  const more = queue.queueIds.length - ids.length;
  const rest = more === 0 ? "" : ` ${more} more are not named here.`;
  const text =
    `Clear what is still queued on ${printableText(queue.host)}, as root: ${ids.length} messages of this storm. ` +
    `No bounce is sent. -Mf in place of -Mrm only freezes them.${rest}`;
  return { system: "exim", text, command: `exim -Mrm ${ids.join(" ")}` };
}
