// Is there a storm now? Which list, since when, how fast, how many.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { IN_TIME, INFLUXDB, MINUTE, OF_SITES, overTime, perMinute, lines, rows } from "../influxql.ts";
import { ifAtLeast, ifNothing, inUnit, shownAs, table, tile, type TilePlan, wide } from "../panels.ts";
import { toList, toThread } from "./storm-links.ts";
import { GOES_ON, lastWords, ofOpenStorms } from "./storm-words.ts";

/** A storm says a word whenever it has doubled, so the last may be hours old. */
const LOOKS_BACK = "48h";
const NONE = ifNothing("–", "text");
const AS_OF = "As of squall's last word on the storm: it speaks again when the storm has doubled.";

type NowPlan = Pick<TilePlan, "title" | "description" | "width"> & Partial<TilePlan>;

/** A tile about the storms that go on; several storms stand one below the other. */
function aboutStorms(column: string, plan: NowPlan): Builder<Panel> {
  return tile({
    datasource: INFLUXDB,
    targets: [rows(ofOpenStorms(column))],
    timeFrom: LOOKS_BACK,
    eachRow: true,
    fields: `/^${column}$/`,
    mappings: [NONE],
    noValue: "–",
    ...plan,
  });
}

export function stormNow(): readonly Builder<Panel>[] {
  return [isThereAStorm(), ...whichAndSince(), answersAMinute(), recorder(), ...howLarge(), underWay()];
}

function isThereAStorm(): Builder<Panel> {
  const open = `SELECT count("last_score") AS "open" ${lastWords(["type"], GOES_ON)}`;
  return tile({
    title: "Is there a storm?",
    description:
      "Storms that were opened and have not ended, within two days, or within the time that is looked at where that has an end. What squall says of an end comes half an hour after the last new person wrote. It is only as fresh as the tile “Recorder” says.",
    datasource: INFLUXDB,
    targets: [rows(open)],
    width: 6,
    height: 5,
    timeFrom: LOOKS_BACK,
    fields: "/^open$/",
    isFilled: true,
    noValue: "no storm",
    mappings: [
      ifAtLeast(2, "SEVERAL STORMS", "dark-red"),
      ifAtLeast(1, "STORM", "dark-red"),
      ifNothing("no storm", "dark-green"),
    ],
  });
}

function whichAndSince(): readonly Builder<Panel>[] {
  return [
    aboutStorms("list", {
      title: "List",
      description: "The list that is being answered.",
      width: 7,
      height: 5,
    }),
    aboutStorms("started_ms", {
      title: "Since",
      description: "When its first mail came.",
      width: 4,
      height: 5,
      unit: "dateTimeFromNow",
    }),
  ];
}

function answersAMinute(): Builder<Panel> {
  return tile({
    title: "Reply-alls a minute",
    description:
      "Of all lists of the sites chosen, over the last five minutes; of an older time, over all of it. Outside a storm a few an hour are usual.",
    datasource: INFLUXDB,
    targets: [
      lines(
        overTime({ select: perMinute("reply_alls", "reply-alls a minute"), from: "squall_traffic", where: [OF_SITES] }),
      ),
    ],
    width: 4,
    height: 5,
    decimals: 1,
    interval: MINUTE,
    timeFrom: "5m",
    calculation: "mean",
    hasLine: true,
    mappings: [ifNothing("no mail", "text")],
    noValue: "no mail",
  });
}

function recorder(): Builder<Panel> {
  return tile({
    title: "Recorder",
    description:
      "How far what stands here is behind: the age of the oldest record that squall's recorder has read and not stored. “silent”: it has stored nothing for two minutes, and nothing on this page is of now.",
    datasource: INFLUXDB,
    targets: [rows(`SELECT max("lag_seconds") AS "behind" FROM "squall_lag" WHERE ${IN_TIME}`)],
    width: 3,
    height: 5,
    unit: "s",
    decimals: 0,
    timeFrom: "2m",
    fields: "/^behind$/",
    steps: [
      { value: null, color: "green" },
      { value: 60, color: "orange" },
      { value: 300, color: "red" },
    ],
    mappings: [ifNothing("silent", "red")],
    noValue: "silent",
  });
}

function howLarge(): readonly Builder<Panel>[] {
  return [
    aboutStorms("audience", {
      title: "Reach",
      description: "People whom each mail to the list reaches.",
      width: 4,
      unit: "locale",
    }),
    aboutStorms("reply_alls", {
      title: "Reply-alls so far",
      description: `Mails to all by others than who began it. ${AS_OF}`,
      width: 4,
      unit: "locale",
    }),
    aboutStorms("distinct_repliers", {
      title: "People who wrote",
      description: `In the hour before. ${AS_OF}`,
      width: 4,
      unit: "locale",
    }),
    aboutStorms("deliveries", {
      title: "Deliveries so far",
      description: `Mails that were put into mailboxes. ${AS_OF} Minute by minute they stand below.`,
      width: 4,
      unit: "locale",
    }),
    tile({
      title: "Deliveries at least",
      description: `What they will come to if nobody writes any more: those so far, and what was accepted and waits in the queues. What people will still write nobody knows. ${AS_OF}`,
      datasource: INFLUXDB,
      targets: [
        rows(
          `SELECT "deliveries" + "undelivered" AS "at_least" ${lastWords(["deliveries", "undelivered", "type"], GOES_ON)} ORDER BY time DESC`,
        ),
      ],
      width: 4,
      unit: "locale",
      timeFrom: LOOKS_BACK,
      eachRow: true,
      fields: "/^at_least$/",
      mappings: [NONE],
      noValue: "–",
    }),
    aboutStorms("deliveries_per_minute", {
      title: "Deliveries a minute",
      description: `In the five minutes before. ${AS_OF}`,
      width: 4,
      unit: "locale",
      decimals: 0,
    }),
  ];
}

function underWay(): Builder<Panel> {
  const columns = ["title", "text", "list", "thread", "started_ms", "severity"] as const;
  return table({
    title: "Storms under way",
    description: "What squall said of each last, and when. Click a list or a thread to see it alone, further down.",
    datasource: INFLUXDB,
    targets: [rows(ofOpenStorms(...columns))],
    width: 24,
    height: 5,
    noValue: "no storm",
    columns: {
      Time: [shownAs("said"), wide(180)],
      title: [wide(480)],
      text: [shownAs("what happened")],
      list: [toList, wide(280)],
      thread: [toThread, wide(160)],
      started_ms: [shownAs("began"), inUnit("dateTimeAsIso"), wide(180)],
      severity: [wide(90)],
    },
  }).timeFrom(LOOKS_BACK);
}
