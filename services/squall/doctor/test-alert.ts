// The alert that `squall doctor --send-test` sends: made up, and saying so; and its end, so that no pager keeps it open.

import type { StormAlert } from "../../../shared/domain/storm-alert.ts";

/** opened and resolved, of a storm that was none. */
export function testAlerts(site: string, nowMs: number): readonly [opened: StormAlert, resolved: StormAlert] {
  const messageId = "squall-doctor-test@example.invalid";
  const opened: StormAlert = {
    v: 1,
    type: "storm.opened",
    stormId: `squall-doctor-test-${nowMs}`,
    revision: 1,
    site,
    scope: "list",
    scopes: ["list"],
    threadKey: messageId,
    list: messageId,
    subject: "Test by squall doctor: there is no storm",
    starter: messageId,
    severity: "warning",
    startedAt: nowMs,
    detectedAt: nowMs,
    reasons: ["list-burst"],
    evidence: {
      replyAlls: 3,
      distinctRepliers: 3,
      autoReplies: 0,
      audience: 20,
      repliesPerMinute: 0,
      deliveriesPerMinute: 0,
      deliveriesSoFar: 0,
      growthFactor: 1,
      score: 0,
      steps: [],
      firstMessageId: messageId,
      messageIds: [messageId],
    },
    forecast: { minutes: 15, atLeast: 0 },
    advice: [],
  };
  return [opened, { ...opened, type: "storm.resolved", revision: 2, resolvedAt: nowMs }];
}
