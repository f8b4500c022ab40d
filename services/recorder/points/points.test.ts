// Windows and alerts as lines of line protocol, and the table that documents them.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { pointLine } from "../../../shared/adapters/influx/point-line.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { stormAlert } from "../../../test/support/storm-alert.ts";
import { MINUTE, threadWindow } from "../testing/windows.ts";
import { lagPoint } from "./lag-point.ts";
import { type MeasurementDescription, MEASUREMENTS } from "./measurements.ts";
import type { Point } from "./point.ts";
import { stormPoint } from "./storm-point.ts";
import { threadId } from "./thread-id.ts";
import { windowPoint } from "./window-point.ts";

const COUNTS = "automatic=1i,deliveries=12000i";
const REST = "messages=5i,recipients=3360000i,reply_alls=3i";

function lineOf(point: Point | undefined): string | undefined {
  return point === undefined ? undefined : pointLine(point).line;
}

describe("a window is a point at its minute's start", () => {
  test("of a site", () => {
    expect(lineOf(windowPoint(threadWindow()))).toBe(
      `squall_traffic,site=nhs ${COUNTS},distinct_repliers=2i,final=T,${REST} ${MINUTE}`,
    );
  });

  test("of a list, not final yet", () => {
    const window = threadWindow({ scope: "list", key: "all staff@nhs.example", final: false });
    expect(lineOf(windowPoint(window))).toBe(
      String.raw`squall_lists,list=all\ staff@nhs.example,site=nhs audience=840000i,${COUNTS},distinct_repliers=2i,final=F,` +
        `${REST},score=2.5 ${MINUTE}`,
    );
  });

  test("of a thread: its key and its list, which is learnt late, are no tags", () => {
    const window = threadWindow({ scope: "thread", key: "1@nhs.example" });
    const listed = threadWindow({ scope: "thread", key: "1@nhs.example", list: "all@nhs.example" });
    const thread = threadId("nhs", "1@nhs.example");
    expect(thread).toMatch(/^[0-9a-f]{16}$/u);
    expect(lineOf(windowPoint(window))).toBe(
      `squall_threads,site=nhs,thread=${thread} audience=840000i,${COUNTS},distinct_repliers=2i,final=T,` +
        `${REST},score=2.5,thread_key="1@nhs.example" ${MINUTE}`,
    );
    expect(lineOf(windowPoint(listed))).toContain(`,list="all@nhs.example",`);
    expect(pointLine(windowPoint(listed)).identity).toBe(pointLine(windowPoint(window)).identity);
  });
});

describe("an alert is a point that can be shown as an annotation", () => {
  test("opened", () => {
    const alert = stormAlert({ list: "all@nhs.example" });
    expect(lineOf(stormPoint(alert))).toBe(
      "squall_storms,revision=1,scope=thread,severity=warning,site=site,storm=a23d9e6284d71437,type=opened " +
        "audience=2500i,automatic=0i,deliveries=7500i,deliveries_per_minute=2500,distinct_repliers=3i," +
        'list="all@nhs.example",replies_per_minute=1,reply_alls=3i,score=11,started_ms=1479112140000i,' +
        'tags="opened,warning,thread",text="3 reply-alls in 60 s, 2,500 recipients each",' +
        `thread="${threadId("site", "1@example.org")}",thread_key="1@example.org",` +
        'title="WARNING: reply-all storm on all@nhs.example",undelivered=100i 1479112200000',
    );
  });

  test("an end is where it was calm, and a watch is none", () => {
    expect(stormPoint(stormAlert({ type: "storm.resolved" }))?.timeMs).toBe(1_479_116_000_000);
    expect(stormPoint(stormAlert({ type: "storm.watch" }))).toBeUndefined();
  });

  test.each<[string, Partial<StormAlert>, boolean]>([
    ["the same", {}, true],
    ["the next of the same storm in the same millisecond", { revision: 2 }, false],
    ["another storm in the same millisecond", { stormId: "b23d9e6284d71437" }, false],
    ["the same, of another site", { site: "other" }, false],
  ])("%s", (_name, change, isSame) => {
    const identity = (alert: StormAlert): string => {
      const point = stormPoint(alert);
      return point === undefined ? "" : pointLine(point).identity;
    };
    const updated = stormAlert({ type: "storm.updated" });
    expect(identity({ ...updated, ...change }) === identity(updated)).toBe(isSame);
  });
});

test("lag is one point in 10 s", () => {
  const lag = { topic: "squall.thread-windows", partition: 3, lagRecords: 7, oldestMs: MINUTE };
  const line = "squall_lag,partition=3,topic=squall.thread-windows lag_records=7i,lag_seconds=12.5 1479112150000";
  expect(lineOf(lagPoint(lag, MINUTE + 12_500))).toBe(line);
  expect(lineOf(lagPoint({ ...lag, oldestMs: undefined }, MINUTE + 9_999))).toContain("lag_seconds=0 1479112140000");
});

test("docs/influx.md has the table as it is", () => {
  expect(readFileSync("docs/influx.md", "utf8")).toContain(measurementsTable());
});

test("no name is tag and field at once, and all are names that every version takes", () => {
  for (const [measurement, { tags, fields }] of Object.entries(MEASUREMENTS)) {
    const names = [measurement, ...Object.keys(tags), ...Object.keys(fields)];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z_]*$/u);
    expect(names).not.toContain("time");
  }
});

/** The table of docs/influx.md. */
function measurementsTable(): string {
  const rows = Object.entries<MeasurementDescription>(MEASUREMENTS).flatMap(([name, { about, time, tags, fields }]) => [
    `| **${name}** | | ${about}; time: ${time} |`,
    ...Object.entries(tags).map(([tag, what]) => `| \`${tag}\` | tag | ${what} |`),
    ...Object.entries(fields).map(
      ([field, { type, about: what, optional }]) =>
        `| \`${field}\` | ${type} | ${what}${optional === true ? "; absent where not known" : ""} |`,
    ),
  ]);
  return ["| name | type | holds |", "| --- | --- | --- |", ...rows, ""].join("\n");
}
