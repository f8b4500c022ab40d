// The Helm chart without helm: what is made of other files is as they are, every value has its comment, its type and its row, and nothing
// secret has a place.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { CHART, chartFiles } from "../../deploy/helm/schema/chart-files.ts";
import { configSchema } from "../../deploy/helm/schema/config-schema.ts";
import { valueComments } from "../../deploy/helm/schema/value-comments.ts";
import { squallSchema } from "../../services/squall/squall-config.ts";
import { settingsOf } from "../../shared/runtime/config-settings.ts";
import { ROOT } from "../e2e/squall-process.ts";

const VALUES = readFileSync(join(CHART, "values.yaml"), "utf8");
const chart = z
  .object({ version: z.string(), appVersion: z.string() })
  .parse(parse(readFileSync(join(CHART, "Chart.yaml"), "utf8")));

test.each(Object.entries(chartFiles()))("%s is as its source makes it; UPDATE_GOLDENS=1 writes it", (name, text) => {
  const path = join(CHART, name);
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, text);
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("the chart is of this squall", () => {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  expect(chart.appVersion).toBe(version);
});

const schema = z.record(z.string(), z.unknown());
type Schema = z.infer<typeof schema>;

/** Every part of a schema, with its path. */
function partsOf(part: unknown, path = ""): [string, Schema][] {
  const object = schema.safeParse(part);
  if (!object.success) return [];
  const properties = schema.safeParse(object.data["properties"]).data ?? {};
  const inner = Object.entries(properties).flatMap(([name, one]) => partsOf(one, `${path}.${name}`));
  const items = partsOf(object.data["items"], `${path}[]`);
  const others = z.array(z.unknown()).safeParse(object.data["anyOf"]).data ?? [];
  return [[path, object.data], ...inner, ...items, ...others.flatMap((one) => partsOf(one, path))];
}

const parts = partsOf(JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8")));

describe("values.schema.json", () => {
  test("is closed: other names are refused everywhere but in maps and in Kubernetes' own objects", () => {
    const objects = parts.filter(([, { type }]) => type === "object");
    const open = objects.filter(([, { additionalProperties: others, $comment: note }]) => {
      const isMap = schema.safeParse(others).success;
      return others !== false && !isMap && !/^(?:Kubernetes|Helm)' ?s? own/u.test(String(note));
    });
    expect(open.map(([path]) => path)).toEqual([]);
    expect(objects.length).toBeGreaterThan(60);
  });

  test("has a place for every value, and no value without one", () => {
    const valued = valueComments(VALUES).map(({ path }) => path.join("."));
    const leaves = parts.filter(([path]) => valued.some((one) => `.${one}` === path));
    expect(new Set(leaves.map(([path]) => path)).size).toBe(valued.length);
    const beyond = parts.filter(([path, { properties, type }]) => {
      const isWithin = valued.some(
        (one) => `.${one}` === path || path.startsWith(`.${one}.`) || path.startsWith(`.${one}[`),
      );
      return path !== "" && !isWithin && !path.startsWith(".config") && properties === undefined && type !== undefined;
    });
    expect(beyond.map(([path]) => path)).toEqual([".global"]);
  });
});

describe("config", () => {
  const kept = new Set(partsOf(configSchema()).map(([path]) => path.slice(1)));
  const settings = settingsOf(squallSchema({}), "SQUALL").map(({ path }) => path.join("."));

  test("is squall's own, but for what the chart sets, what is of standalone, and what is secret", () => {
    expect(settings.filter((path) => !kept.has(path))).toEqual(
      [
        "state",
        "webhook.url",
        "webhook.secret",
        "webhook.secrets",
        "metrics.address",
        "console.address",
        "console.token",
        "console.tokenFile",
        "kafka.sasl.password",
        "kafka.sasl.passwordFile",
        "kafka.ssl.ca",
        "kafka.ssl.certificate",
        "kafka.ssl.key",
        "kafka.ssl.keyPassphrase",
        "kafka.ssl.keyPassphraseFile",
        "influx.token",
        "influx.tokenFile",
        "influx.ca",
        "pseudonym.key",
        "pseudonym.keyFile",
        "heartbeat.url",
      ].toSorted((one, other) => settings.indexOf(one) - settings.indexOf(other)),
    );
  });

  test("whatever it leaves out of a part that it has, it says what stands for it", () => {
    const told = partsOf(configSchema()).flatMap(([path, { dependencies = {} }]) =>
      Object.keys(schema.parse(dependencies)).map((name) => `${path}.${name}`.slice(1)),
    );
    const leftOut = settings.filter((path) => !kept.has(path) && path !== "state");
    const isTold = (path: string): boolean => told.some((one) => path === one || path.startsWith(`${one}.`));
    expect(leftOut.filter((path) => !isTold(path))).toEqual([]);
    expect(told.filter((path) => kept.has(path))).toEqual([]);
    expect(told).toContain("webhooks[].headers");
  });

  test("nothing in it is secret", () => {
    const all = partsOf(configSchema());
    expect(all.filter(([, part]) => JSON.stringify(part).includes("writeOnly")).map(([path]) => path)).toEqual([]);
    expect(kept).toContain("webhooks[].headerFiles");
    expect(kept).not.toContain("webhooks[].headers");
  });
});

describe("comments of values.yaml", () => {
  test("a value without one is refused, and a comment may have several lines", () => {
    expect(valueComments("# About.\n\n# -- One\n# two.\na: 1\nb:\n  # -- Three.\n  c: []\n")).toEqual([
      { path: ["a"], comment: "One two.", value: 1 },
      { path: ["b", "c"], comment: "Three.", value: [] },
    ]);
    expect(() => valueComments("# -- One.\na: 1\nb: 2\n")).toThrow("b has no comment");
  });
});
