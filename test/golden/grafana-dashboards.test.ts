// Dashboards of Grafana: the files are those that their source makes, Grafana's own types take them, nothing is asked for that no code writes,
// and whoever looks finds panels in order, explained, in units, and with a word where there is nothing.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { dashboardFiles } from "../../deploy/grafana/mixin/dashboards.ts";
import { refIdOf } from "../../deploy/grafana/mixin/ref-id.ts";
import { minuteGraph } from "../../deploy/grafana/mixin/storms/minute-graph.ts";
import { ALERT_NAMES } from "../../deploy/prometheus/mixin/mixin-config.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { DASHBOARDS, panelsOf, readDashboard } from "../support/grafana/dashboard-file.ts";
import { labelValuesOf, queriesOf } from "../support/grafana/dashboard-queries.ts";
import { faultsOf } from "../support/grafana/influxql-names.ts";
import { typedDashboards } from "../support/grafana/typed-dashboard.ts";
import { knownSeries, servedSeries } from "../support/known-series.ts";
import { askedFor, type LabelsByName } from "../support/promql-labels.ts";

const names = Object.keys(dashboardFiles);
const WIDTH = 24;
const TOLD_MAX = 4000;

test.each(names)("%s is as its source makes it; UPDATE_GOLDENS=1 writes it", (name) => {
  const text = `${JSON.stringify(dashboardFiles[name]?.(), undefined, 2)}\n`;
  const path = join(DASHBOARDS, name);
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, text);
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("there is no file beside them", () => {
  expect(readdirSync(DASHBOARDS).toSorted()).toEqual(names.toSorted());
});

test("the kit's types take the files, to the last member", () => {
  // Within the project, where the kit is found.
  const folder = mkdtempSync(join(ROOT, "test/testdata/.dashboards-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "dashboards.ts");
  const compiled = (text: string): string => {
    writeFileSync(file, text);
    const settings = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2024", "--types", "node"];
    const args = ["tsc", "--noEmit", "--ignoreConfig", ...settings, file];
    return spawnSync("npx", args, { cwd: ROOT, encoding: "utf8" }).stdout.slice(0, TOLD_MAX);
  };
  const text = typedDashboards(names);
  expect(compiled(text)).toBe("");
  expect(compiled(text.replace('"graphTooltip":1', '"graphTooltip":7'))).toContain("Type '7' is not assignable");
  expect(compiled(text.replaceAll('"colorMode":"value"', '"colourMode":"value"'))).toContain("colourMode");
});

describe.each(names)("%s", (name) => {
  const dashboard = readDashboard(name);
  const panels = panelsOf(dashboard);

  test("is found by the same address for ever, looks every 10 s, and is not to be edited", () => {
    const { uid, refresh, timezone, editable, tags, schemaVersion } = dashboard;
    expect({ uid: `${uid}.json`, refresh, timezone, editable, tags, schemaVersion }).toEqual({
      uid: name,
      refresh: "10s",
      timezone: "browser",
      editable: false,
      tags: ["squall"],
      schemaVersion: 42,
    });
    expect(dashboard.links).toEqual([expect.objectContaining({ type: "dashboards", tags: ["squall"] })]);
    expect(JSON.stringify(dashboard)).not.toContain("inControlsMenu");
  });

  test("asks the data source that is chosen, of one type", () => {
    const [choice] = dashboard.templating.list;
    expect(choice).toMatchObject({ type: "datasource", name: "datasource" });
    const sources = panels.flatMap(({ datasource, targets }) => [datasource, ...targets.map((one) => one.datasource)]);
    sources.push(...dashboard.annotations.list.flatMap(({ datasource, target }) => [datasource, target.datasource]));
    for (const { datasource } of dashboard.templating.list.slice(1))
      if (datasource !== undefined) sources.push(datasource);
    const chosen = { type: choice?.query, uid: "${datasource}" };
    expect(sources.filter(({ type, uid }) => type !== chosen.type || uid !== chosen.uid)).toEqual([]);
    expect(sources.length).toBeGreaterThan(panels.length);
  });

  test("panels stand within the width, none upon another, each row filled", () => {
    const places = dashboard.panels.flatMap((one) =>
      one.type === "row" ? [one, ...one.panels].map(({ gridPos }) => gridPos) : [one.gridPos],
    );
    const taken = new Map<string, number>();
    for (const { x, y, w, h } of places) {
      expect(x + w).toBeLessThanOrEqual(WIDTH);
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          const cell = `${column}/${line}`;
          taken.set(cell, (taken.get(cell) ?? 0) + 1);
        }
      }
    }
    expect([...taken].filter(([, count]) => count > 1)).toEqual([]);
    const bottom = Math.max(...places.map(({ y, h }) => y + h));
    expect(taken.size).toBe(WIDTH * bottom);
  });

  test("each panel has a number and a title of its own, a description, a unit, and a word for nothing", () => {
    const all = dashboard.panels.flatMap((one) => (one.type === "row" ? [one, ...one.panels] : [one]));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const bare = panels.filter(
      ({ type, description, fieldConfig: { defaults } }) =>
        !/^.{20,}[.)]$/su.test(description) ||
        defaults.noValue === "" ||
        (type === "timeseries" && defaults.unit === undefined),
    );
    expect(bare.map(({ title }) => title)).toEqual([]);
  });

  test("queries of a panel have letters of their own, from A on", () => {
    for (const { title, targets } of panels) {
      const letters = targets.map(({ refId }) => refId).join("");
      expect({ title, letters }).toEqual({ title, letters: "ABCDEFGHIJ".slice(0, targets.length) });
    }
  });

  test("what a tile or a column is told of is in its query", () => {
    for (const { title, targets, options, fieldConfig, type } of panels) {
      const text = targets.map(({ query = "", expr = "" }) => query + expr).join("\n");
      const field = /^\/\^(.*)\$\/$/u.exec(options.reduceOptions?.fields ?? "")?.[1];
      const columns = type === "table" ? fieldConfig.overrides.map(({ matcher }) => matcher.options) : [];
      const named = [...columns, ...(field === undefined ? [] : [field])];
      const own = new Set(["Time", "Value", "alertname", "alertstate"]);
      const missing = named.filter((one) => !own.has(one) && !new RegExp(`\\b${one}\\b`, "u").test(text));
      expect({ title, missing }).toEqual({ title, missing: [] });
    }
  });
});

test("queries beyond the third have letters too, and beyond the last letter there are none", () => {
  const series = ["a", "b", "c", "d"].map((field) => ({ select: `max("${field}")`, alias: field }));
  const plan = { title: "", description: "", from: "squall_lists", where: [], width: 12 };
  const { targets = [] } = minuteGraph({ ...plan, series }).build();
  expect(targets).toMatchObject(["A", "B", "C", "D"].map((refId) => ({ refId })));
  expect(() => refIdOf(26)).toThrow("a panel has 26 queries at most, no 27th");
});

describe("InfluxQL", () => {
  test.each(queriesOf(readDashboard("squall-storms.json")))(
    "$name asks for what the recorder writes",
    ({ text, legend }) => {
      expect(faultsOf(text)).toEqual([]);
      const tags = Array.from((legend ?? "").matchAll(/\$tag_(\w+)/gu), ([, tag = ""]) => tag);
      for (const tag of tags) expect(text).toMatch(new RegExp(`GROUP BY .*"${tag}"`, "u"));
    },
  );

  test.each([
    ['SELECT sum("x") FROM "squall_traffic" WHERE $timeFilter', "squall_traffic has no tag or field x"],
    ['SELECT sum("messages") FROM "squall_mail" WHERE $timeFilter', "nobody writes a measurement squall_mail"],
    ['SELECT sum("messages") FROM "squall_lists" WHERE $timeFilter GROUP BY "score"', "score is no tag"],
    ['SELECT sum("messages") FROM "squall_lists" WHERE $timeFilter AND "score" =~ /^1$/', "score is no tag"],
    ['SELECT sum("messages") FROM "squall_lists"', "it does not look at the time that is chosen, once"],
    [
      'SELECT "a" FROM (SELECT sum("messages") AS "a", max("score") AS "b" FROM "squall_lists" WHERE $timeFilter GROUP BY "list")',
      "a subquery with more than one function",
    ],
    [
      'SELECT max("a") FROM (SELECT sum("messages") AS "a" FROM "squall_lists" WHERE $timeFilter GROUP BY time(1m))',
      "a subquery that groups by time",
    ],
  ])("%s is refused", (query, fault) => {
    expect(faultsOf(query)).toEqual([fault]);
  });
});

describe("PromQL", () => {
  let known: LabelsByName = new Map();

  beforeAll(async () => {
    known = knownSeries(await servedSeries());
  });

  test.each(queriesOf(readDashboard("squall-itself.json")))(
    "$name asks for what is served or recorded, by labels that it has",
    ({ text, legend }) => {
      const { metric, label } = labelValuesOf(text) ?? {};
      const asked = askedFor(metric === undefined ? text : `sum by (${label}) (${metric})`, known);
      expect(asked.faults).toEqual([]);
      expect(asked.names).not.toEqual([]);
      const legends = Array.from((legend ?? "").matchAll(/\{\{(\w+)\}\}/gu), ([, shown = ""]) => shown);
      expect(legends.filter((shown) => !asked.labels.has(shown))).toEqual([]);
      const overWhat = Array.from(text.matchAll(/\[([^\]]+)\]/gu), ([, span]) => span);
      expect(overWhat.filter((span) => span !== "$__rate_interval")).toEqual([]);
    },
  );

  test("alerts that it names are those of the rules", () => {
    const named = queriesOf(readDashboard("squall-itself.json")).flatMap(({ text }) =>
      Array.from(text.matchAll(/alertname!?="([^"]+)"/gu), ([, alert = ""]) => alert),
    );
    expect(named.filter((alert) => !ALERT_NAMES.some((one) => one === alert))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });
});
