// How it went on: reply-alls and deliveries minute by minute, and which lists the evidence speaks of. Annotations mark what squall said.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode } from "@grafana/grafana-foundation-sdk/common";
import { ScaleDistribution, ScaleDistributionConfigBuilder } from "@grafana/grafana-foundation-sdk/common";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { OF_LISTS, OF_SITES, perMinute } from "../influxql.ts";
import { minuteGraph } from "./minute-graph.ts";

/** Ordinary talk on a list seldom comes so far: with it a picture has a few lines, without it one for each of ten thousand lists. */
const SCORE_SHOWN = 3;
const WATCH_SCORE = 7;
const OPENING_SCORE = 10;
const HAS_EVIDENCE = `"score" >= ${SCORE_SHOWN}`;

export function stormTimeline(): readonly Builder<Panel>[] {
  return [
    ofSites("Reply-alls", "reply_alls", "Mails to all by others than who began the thread, of all lists of a site."),
    ofSites(
      "Deliveries",
      "deliveries",
      "Mails put into mailboxes, of all mail of a site: what a storm costs the servers.",
    ),
    listsAnswered(),
    evidence(),
  ];
}

function ofSites(what: string, field: string, description: string): Builder<Panel> {
  return minuteGraph({
    title: `${what} a minute, by site`,
    description: `${description} A gap is a time without any mail, or without squall.`,
    from: "squall_traffic",
    where: [OF_SITES],
    by: ["site"],
    series: [{ select: perMinute(field, field), alias: "$tag_site" }],
    width: 12,
    style: "bars",
    isStacked: true,
    noValue: "no mail in this time",
  });
}

/** What both pictures of lists have in common. */
const LISTS_WITH_EVIDENCE = {
  from: "squall_lists",
  where: [OF_SITES, OF_LISTS, HAS_EVIDENCE],
  by: ["list"],
  width: 12,
  noValue: "no list is being answered fast",
} as const;

function listsAnswered(): Builder<Panel> {
  return minuteGraph({
    title: "Reply-alls a minute, by list",
    description: `In minutes in which a list's evidence is ${SCORE_SHOWN} or more; ordinary talk stays below. All lists stand in the table further down.`,
    ...LISTS_WITH_EVIDENCE,
    series: [{ select: perMinute("reply_alls", "reply_alls"), alias: "$tag_list" }],
    style: "bars",
    isStacked: true,
  });
}

function evidence(): Builder<Panel> {
  return minuteGraph({
    title: "Evidence of a storm, by list",
    description: `The score by which squall judges, on a logarithmic scale. From ${WATCH_SCORE} on it watches; a storm opens at ${OPENING_SCORE} on a list with history, at 11 or 12 otherwise, where enough deliveries are at stake. Below ${SCORE_SHOWN} nothing is shown.`,
    ...LISTS_WITH_EVIDENCE,
    series: [{ select: 'max("score") AS "score"', alias: "$tag_list" }],
    min: 1,
    steps: [
      { value: null, color: "transparent" },
      { value: WATCH_SCORE, color: "orange" },
      { value: OPENING_SCORE, color: "red" },
    ],
  })
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line))
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10));
}
