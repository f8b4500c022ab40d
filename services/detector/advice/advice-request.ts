// What is known of a storm -> what of it may stand in a command.

import { isQuotable } from "./shell-quote.ts";

/** What a detector knows when it asks for advice; every text comes from a log. */
export interface AdviceRequest {
  readonly list?: string;
  /** The queue ids that carry the storm's mails, the ones to clear first ahead. */
  readonly queueIds: readonly { readonly host: string; readonly queueId: string }[];
  /** Message ids without angle brackets. */
  readonly messageIds: readonly string[];
}

/** The list's address as commands may use it. `plain`: nothing in it needs quoting in a table or a list name either. */
export type CommandAddress =
  | { readonly kind: "none" }
  | { readonly kind: "refused" }
  | { readonly kind: "quotable"; readonly address: string }
  | { readonly kind: "plain"; readonly address: string };

/** Most queue ids one command names, most hosts and most message ids that get one. */
export const COMMAND_QUEUE_IDS_MAX = 100;
export const COMMAND_HOSTS_MAX = 16;
export const COMMAND_MESSAGE_IDS_MAX = 50;

const ADDRESS_CHARS_MAX = 320;
const PLAIN_ADDRESS = /^[\w.+=]([\w.+=-]*[\w.+=])?@[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$/u;

export const REFUSED_ADDRESS =
  "No command is given: the list's address, as it was logged, holds characters that do not belong into a command. " +
  "Look the list up and stop it by hand.";

export function commandAddress(list: string | undefined): CommandAddress {
  if (list === undefined) return { kind: "none" };
  const address = list.toLowerCase();
  const at = address.lastIndexOf("@");
  // A leading dash would be read as an option, whatever the quoting.
  const isAddress = at > 0 && at < address.length - 1 && !address.startsWith("-");
  if (!isAddress || address.length > ADDRESS_CHARS_MAX || !isQuotable(address)) return { kind: "refused" };
  return PLAIN_ADDRESS.test(address) ? { kind: "plain", address } : { kind: "quotable", address };
}

/** Queue ids of one host that look like `pattern`, each once, in the order given. */
export interface HostQueue {
  readonly host: string;
  readonly queueIds: readonly string[];
}

/** The queue ids that look like `pattern`, by host in the order of their names. */
export function queuesByHost(request: AdviceRequest, pattern: RegExp): HostQueue[] {
  const hosts = new Map<string, Set<string>>();
  for (const { host, queueId } of request.queueIds) {
    if (!pattern.test(queueId)) continue;
    const ids = hosts.get(host);
    if (ids === undefined) hosts.set(host, new Set([queueId]));
    else ids.add(queueId);
  }
  return Array.from(hosts, ([host, ids]) => ({ host, queueIds: Array.from(ids) })).toSorted((a, b) =>
    a.host < b.host ? -1 : 1,
  );
}
