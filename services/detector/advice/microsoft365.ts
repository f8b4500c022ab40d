// What is known of a storm -> how to stop its list in Microsoft 365 (Exchange Online PowerShell).

import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { CommandAddress } from "./advice-request.ts";
import { REFUSED_ADDRESS } from "./advice-request.ts";
import { rejectMembersCommand } from "./exchange.ts";
import { powershellQuote } from "./shell-quote.ts";

/** Exchange allows 64. */
const RULE_NAME_CHARS_MAX = 60;

export function microsoft365Advice(list: CommandAddress): Advice[] {
  return [...stop(list), protect(), clear()];
}

function stop(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  if (list.kind === "refused") {
    return [{ system: "microsoft365", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  }
  const address = powershellQuote(list.address);
  const name = powershellQuote(Array.from(`squall: closed ${list.address}`).slice(0, RULE_NAME_CHARS_MAX).join(""));
  const rule =
    `New-TransportRule -Name ${name} -AnyOfToCcHeader ${address} -RejectMessageEnhancedStatusCode '5.7.1' ` +
    "-RejectMessageReasonText 'This list is closed for the moment, please do not reply to all' -Priority 0";
  return [
    {
      system: "microsoft365",
      text:
        "Stop the list with a mail flow rule: mail with the list in To or Cc is refused, for all its recipients. The address " +
        "must be the list's primary one. It takes some minutes to reach all servers. Undo: Remove-TransportRule with the name.",
      command: rule,
    },
    {
      system: "microsoft365",
      text:
        "And at the list itself: its members can no longer write to it. Undo: the same with Remove in place of Add. A dynamic " +
        "group needs Set-DynamicDistributionGroup, a Microsoft 365 group Set-UnifiedGroup.",
      command: rejectMembersCommand(list.address),
    },
  ];
}

function protect(): Advice {
  return {
    system: "microsoft365",
    text:
      "Let Microsoft's own reply-all protection act as early as it can. It may not apply to a storm that is already running, " +
      "and it knows no single list: set it back afterwards (default 2,500 recipients, 10 replies, 6 hours).",
    command:
      "Set-TransportConfig -ReplyAllStormProtectionEnabled $true -ReplyAllStormDetectionMinimumRecipients 1000 " +
      "-ReplyAllStormDetectionMinimumReplies 2 -ReplyAllStormBlockDurationHours 12",
  };
}

function clear(): Advice {
  return {
    system: "microsoft365",
    text:
      "Clear: nothing in the service's queues can be removed by hand. Copies in mailboxes go by a Purview content search for " +
      "the storm's subject and day, then New-ComplianceSearchAction with -Purge -PurgeType HardDelete; it takes 10 items a " +
      "mailbox at a time and 50,000 mailboxes a search. No command is given: a search that is too wide deletes other mail.",
    command: "",
  };
}
