// What is known of a storm -> what to do now, one mail system after the other: first stop the list, then clear the copies.

import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest } from "./advice-request.ts";
import { commandAddress } from "./advice-request.ts";
import { EXCHANGE_QUEUE_ID, exchangeAdvice } from "./exchange.ts";
import { EXIM_QUEUE_ID, eximAdvice } from "./exim.ts";
import { mailmanAdvice } from "./mailman.ts";
import { microsoft365Advice } from "./microsoft365.ts";
import { postfixAdvice } from "./postfix.ts";

/**
 * Advice with commands that can be pasted into a shell of the system. List, ids and hosts come from logs and so from
 * attackers: they are validated, then quoted; where that is not possible the command is empty and the text says so.
 * Systems whose queue ids were seen come first.
 */
export function stormAdvice(request: AdviceRequest): Advice[] {
  const list = commandAddress(request.list);
  const postfix = postfixAdvice(request, list);
  const exim = eximAdvice(request, list);
  const isExim = request.queueIds.some(({ queueId }) => EXIM_QUEUE_ID.test(queueId));
  const servers = isExim ? [...exim, ...postfix] : [...postfix, ...exim];
  const exchange = exchangeAdvice(request, list);
  const isExchange = request.queueIds.some(({ queueId }) => EXCHANGE_QUEUE_ID.test(queueId));
  const others = [...servers, ...mailmanAdvice(list)];
  return [...(isExchange ? [...exchange, ...others] : [...others, ...exchange]), ...microsoft365Advice(list)];
}
