// What is known of a storm -> how to stop its list and clear its copies in Exchange Server (Exchange Management Shell).

import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest, CommandAddress } from "./advice-request.ts";
import { COMMAND_MESSAGE_IDS_MAX, REFUSED_ADDRESS } from "./advice-request.ts";
import { isQuotable, powershellQuote } from "./shell-quote.ts";

const MESSAGE_ID_CHARS_MAX = 998;

/** What stands for a queue id where a tracking log was read: the network message id, in 2010 and before the Message-ID. */
export const EXCHANGE_QUEUE_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^@]+@[^@]+)$/iu;

export function exchangeAdvice(request: AdviceRequest, list: CommandAddress): Advice[] {
  return [...stop(list), ...clear(request)];
}

/** Members of the list may no longer write to it. The same cmdlet serves Exchange Server and Exchange Online. */
export function rejectMembersCommand(address: string): string {
  const list = powershellQuote(address);
  return (
    `Set-DistributionGroup -Identity ${list} -RejectMessagesFromSendersOrMembers @{Add=${list}} ` +
    "-BypassSecurityGroupManagerCheck"
  );
}

function stop(list: CommandAddress): Advice[] {
  if (list.kind === "none") return [];
  if (list.kind === "refused") return [{ system: "exchange", text: `Stop the list. ${REFUSED_ADDRESS}`, command: "" }];
  const text =
    "Stop the list: its members can no longer write to it and are told so. Undo: the same with Remove in place of Add. " +
    "A dynamic group needs Set-DynamicDistributionGroup.";
  return [{ system: "exchange", text, command: rejectMembersCommand(list.address) }];
}

function clear(request: AdviceRequest): Advice[] {
  if (request.messageIds.length === 0) return [];
  const usable = request.messageIds.filter(isUsable);
  const ids = usable.slice(-COMMAND_MESSAGE_IDS_MAX);
  const leftOut = request.messageIds.length - usable.length;
  const odd = leftOut === 0 ? "" : ` ${leftOut} with characters that do not belong into a command are left out.`;
  const mails = ids.length === 1 ? "1 mail" : `${ids.length} mails`;
  const text =
    `Clear the copies still queued on all transport servers, by message id, without bounces: ${mails} of this storm.` +
    `${odd} Put -WhatIf at the end to see them first.`;
  if (ids.length === 0) return [{ system: "exchange", text, command: "" }];
  const command =
    `$ids = ${ids.map(powershellQuote).join(",")}; ` +
    "Get-TransportService | ForEach-Object { Get-Message -Server $_.Name -ResultSize Unlimited } | " +
    "Where-Object { $ids -contains ([string]$_.InternetMessageId).Trim('<>') } | " +
    "Remove-Message -WithNDR $false -Confirm:$false";
  return [{ system: "exchange", text, command }];
}

function isUsable(messageId: string): boolean {
  return messageId !== "" && messageId.length <= MESSAGE_ID_CHARS_MAX && isQuotable(messageId);
}
