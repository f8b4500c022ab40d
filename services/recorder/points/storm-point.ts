// StormAlert -> a point that Grafana can show as an annotation. A watch has none: it makes a thread worth recording, no more.
//
// Tagged by storm and revision, since two alerts may fall into one millisecond: a series an alert. A list has one storm at a
// time, which is told anew only when it has doubled, so these are few; the recorder admits so many a day and no more.

import { stormAlertStory } from "../../../shared/domain/storm-alert-text.ts";
import { alertTitle } from "../../../shared/domain/storm-alert-title.ts";
import type { StormAlert, StormAlertType } from "../../../shared/domain/storm-alert.ts";
import type { Point } from "./point.ts";
import { pointOf } from "./point.ts";
import { threadId } from "./thread-id.ts";

const WORDS: Readonly<Record<Exclude<StormAlertType, "storm.watch">, string>> = {
  "storm.opened": "opened",
  "storm.updated": "updated",
  "storm.resolved": "resolved",
};

export function stormPoint(alert: StormAlert): Point | undefined {
  if (alert.type === "storm.watch") return undefined;
  const { site, scope, severity, evidence } = alert;
  const type = WORDS[alert.type];
  return pointOf(
    "squall_storms",
    { site, scope, type, severity, storm: alert.stormId, revision: `${alert.revision}` },
    {
      title: alertTitle(alert),
      text: stormAlertStory(alert),
      tags: `${type},${severity},${scope}`,
      thread: threadId(site, alert.threadKey),
      thread_key: alert.threadKey,
      list: alert.list,
      subject: alert.subject,
      reply_alls: evidence.replyAlls,
      distinct_repliers: evidence.distinctRepliers,
      automatic: evidence.autoReplies,
      audience: evidence.audience,
      replies_per_minute: evidence.repliesPerMinute,
      deliveries_per_minute: evidence.deliveriesPerMinute,
      deliveries: evidence.deliveriesSoFar,
      undelivered: alert.forecast.atLeast,
      score: evidence.score,
      started_ms: alert.startedAt,
    },
    alert.resolvedAt ?? alert.detectedAt,
  );
}
