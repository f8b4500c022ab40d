// ThreadWindow -> its point: of a site, a list or a thread.

import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import type { Point } from "./point.ts";
import { pointOf } from "./point.ts";
import { threadId } from "./thread-id.ts";

export function windowPoint(window: ThreadWindow): Point {
  const { site, scope, key, list, windowStart } = window;
  if (scope === "site") return pointOf("squall_traffic", { site }, counts(window), windowStart);
  const fields = { ...counts(window), audience: window.audience, score: window.score };
  if (scope === "list") return pointOf("squall_lists", { site, list: key }, fields, windowStart);
  const tags = { site, thread: threadId(site, key) };
  return pointOf("squall_threads", tags, { ...fields, thread_key: key, list }, windowStart);
}

function counts(window: ThreadWindow) {
  return {
    messages: window.messages,
    reply_alls: window.replyAlls,
    distinct_repliers: window.distinctRepliers,
    automatic: window.automatic,
    recipients: window.recipients,
    deliveries: window.deliveries,
    final: window.final,
  };
}
