// A fragment of one mail for tests: what is given, and nothing else said.

import type { MailFragment } from "../../shared/domain/mail-fragment.ts";

export const AT = Date.UTC(2026, 10, 24, 8, 29);

export function fragment(said: Partial<MailFragment> = {}): MailFragment {
  const firstAt = said.firstAt ?? said.acceptedAt ?? said.removedAt ?? AT;
  return {
    site: "test",
    host: "mx",
    queueId: "97CA59841E6",
    firstAt,
    lastAt: firstAt,
    acceptedAt: undefined,
    client: undefined,
    login: undefined,
    sender: undefined,
    nrcpt: undefined,
    messageId: undefined,
    headers: undefined,
    origTo: undefined,
    expandedTo: undefined,
    handedOn: undefined,
    expansions: undefined,
    duplicateTo: undefined,
    headerTo: undefined,
    minutes: undefined,
    held: undefined,
    releasedAt: undefined,
    removedAt: undefined,
    ...said,
  };
}
