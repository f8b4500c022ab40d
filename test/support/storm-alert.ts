// A StormAlert with what a test wants to say of it.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";

export function stormAlert(change: Partial<StormAlert> = {}): StormAlert {
  const type = change.type ?? "storm.opened";
  return {
    v: 1,
    stormId: "a23d9e6284d71437",
    revision: 1,
    site: "site",
    scope: "thread",
    scopes: ["thread"],
    threadKey: "1@example.org",
    severity: type === "storm.watch" ? "watch" : "warning",
    startedAt: 1_479_112_140_000,
    detectedAt: 1_479_112_200_000,
    ...(type === "storm.resolved" ? { resolvedAt: 1_479_116_000_000 } : {}),
    reasons: ["cascade"],
    evidence: {
      replyAlls: 3,
      distinctRepliers: 3,
      autoReplies: 0,
      audience: 2500,
      repliesPerMinute: 1,
      deliveriesPerMinute: 2500,
      deliveriesSoFar: 7500,
      growthFactor: 3,
      score: 11,
      steps: [],
      firstMessageId: "1@example.org",
      messageIds: ["2@example.org", "3@example.org", "4@example.org"],
    },
    forecast: { minutes: 15, atLeast: 100 },
    advice: [],
    ...change,
    type,
  };
}
