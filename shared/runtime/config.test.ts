import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError, nearestName } from "./config-fault.ts";
import type { ConfigSources } from "./config-layers.ts";
import { loadConfig } from "./config.ts";
import { settingsOf } from "./config-settings.ts";
import { readYaml } from "./yaml-source.ts";

const schema = z.strictObject({
  site: z.string().min(1).default("site"),
  workers: z.number().int().min(1).default(2),
  isFast: z.boolean().default(false),
  level: z.enum(["low", "high"]).default("low"),
  needed: z.string(),
  tags: z.array(z.string()).default([]),
  inner: z
    .strictObject({
      deepName: z.string().default("deep"),
      halved: z
        .number()
        .transform((value) => value / 2)
        .prefault(8),
    })
    .prefault({}),
  rules: z.array(z.strictObject({ name: z.string() })).default([]),
  byName: z.record(z.string(), z.strictObject({ size: z.number() })).default({}),
});

type Change = Partial<Pick<ConfigSources<typeof schema>, "env" | "flags">> & { readonly yamlText?: string };

function load({ yamlText = "needed: x\n", ...change }: Change): z.output<typeof schema> {
  return loadConfig({ schema, file: readYaml(yamlText, "squall.yaml"), env: {}, flags: [], ...change });
}

function faults(change: Change): string[] {
  try {
    load(change);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("precedence", () => {
  const yamlText = "needed: x\nsite: file\nworkers: 3\ninner: {deepName: file}\n";
  const env = { SQUALL_SITE: "env", SQUALL_INNER_DEEP_NAME: "env" };
  const flag = { flag: "--site", path: ["site"], value: "flag" };

  test("defaults", () => {
    expect(load({})).toEqual({
      site: "site",
      workers: 2,
      isFast: false,
      level: "low",
      needed: "x",
      tags: [],
      inner: { deepName: "deep", halved: 4 },
      rules: [],
      byName: {},
    });
  });

  test("file over defaults", () => {
    expect(load({ yamlText })).toMatchObject({ site: "file", workers: 3, inner: { deepName: "file", halved: 4 } });
  });

  test("environment over file", () => {
    expect(load({ yamlText, env })).toMatchObject({ site: "env", workers: 3, inner: { deepName: "env" } });
  });

  test("flags over environment; one that is not given changes nothing", () => {
    expect(load({ yamlText, env, flags: [flag] }).site).toBe("flag");
    expect(load({ yamlText, env, flags: [{ ...flag, value: undefined }] }).site).toBe("env");
  });

  test("no file at all", () => {
    const sources = { schema, env: { SQUALL_NEEDED: "y" }, flags: [] };
    expect(loadConfig(sources)).toMatchObject({ needed: "y", site: "site" });
  });
});

describe("the environment", () => {
  test("texts become what the setting is", () => {
    const env = {
      SQUALL_WORKERS: "7",
      SQUALL_IS_FAST: "true",
      SQUALL_LEVEL: "high",
      SQUALL_TAGS: "a, b",
      SQUALL_INNER_HALVED: "5.5",
      SQUALL_SITE: "",
      HOME: "/root",
    };
    expect(load({ env })).toMatchObject({
      workers: 7,
      isFast: true,
      level: "high",
      tags: ["a", "b"],
      site: "site",
      inner: { halved: 2.75 },
    });
    expect(load({ env: { SQUALL_IS_FAST: "false" } }).isFast).toBe(false);
  });

  test("every single setting has a variable, maps and lists of maps have none", () => {
    expect(settingsOf(schema, "SQUALL").map((setting) => setting.env)).toEqual([
      "SQUALL_SITE",
      "SQUALL_WORKERS",
      "SQUALL_IS_FAST",
      "SQUALL_LEVEL",
      "SQUALL_NEEDED",
      "SQUALL_TAGS",
      "SQUALL_INNER_DEEP_NAME",
      "SQUALL_INNER_HALVED",
    ]);
  });

  test("faults bear the variable's or the flag's name", () => {
    const env = { SQUALL_WORKERS: "many", SQUALL_IS_FAST: "yes", SQUALL_LEVEL: "mid" };
    const flags = [{ flag: "--site", path: ["site"], value: 3 }];
    expect(faults({ env, flags })).toEqual([
      "--site: expected string, received number",
      "SQUALL_WORKERS: expected number, received string",
      "SQUALL_IS_FAST: expected boolean, received string",
      'SQUALL_LEVEL: expected one of "low"|"high"',
    ]);
  });

  test("a variable that looks like one of ours is a fault, another service's is not", () => {
    const env = { SQUALL_WROKERS: "3", SQUALL_KAFKA_BROKERS: "k:9092", SQUALL_PORT: "tcp://10.0.0.1:80" };
    expect(faults({ env })).toEqual(['SQUALL_WROKERS: unknown variable; did you mean "SQUALL_WORKERS"?']);
    const links = { SQUALL_SERVICE_HOST: "x", SQUALL_SERVICE_PORT_HTTP: "x", SQUALL_PORT_80_TCP_ADDR: "x" };
    expect(faults({ env: { ...links, SQUALL_SITE: "x", HOME: "x" } })).toEqual([]);
  });

  test("a variable inside something that the file has as a plain value leaves the file's fault", () => {
    expect(faults({ yamlText: "needed: x\ninner: 3\n", env: { SQUALL_INNER_DEEP_NAME: "x" } })).toEqual([
      "squall.yaml:2:8: inner: expected object, received number",
    ]);
  });
});

describe("the file", () => {
  test("all faults at once, each with line and column", () => {
    const yamlText = "workers: 0\nlevel: mid\ninner:\n  deepname: 3\nrules:\n  - nam: x\nbyName:\n  a: {size: big}\n";
    expect(faults({ yamlText })).toEqual([
      "squall.yaml:1:1: needed: is needed",
      "squall.yaml:1:10: workers: must be at least 1",
      'squall.yaml:2:8: level: expected one of "low"|"high"',
      'squall.yaml:4:3: unknown setting inner.deepname; did you mean "deepName"?',
      "squall.yaml:6:5: rules[0].name: is needed",
      'squall.yaml:6:5: unknown setting rules[0].nam; did you mean "name"?',
      "squall.yaml:8:13: byName.a.size: expected number, received string",
    ]);
  });

  test("through an alias the position is the anchor's", () => {
    const yamlText = "needed: x\nbyName:\n  a: &big {size: 1, weight: 2}\n  b: *big\n";
    expect(faults({ yamlText })).toEqual([
      "squall.yaml:3:21: unknown setting byName.a.weight",
      "squall.yaml:4:6: unknown setting byName.b.weight",
    ]);
  });

  test("aliases that would unfold without end are refused", () => {
    const rows = Array.from(
      { length: 9 },
      (_, row) => `  a${row + 1}: &a${row + 1} [${"*a0,".replaceAll("0", `${row}`).repeat(9)}]`,
    );
    const yamlText = `needed: x\nbyName:\n  a0: &a0 [1]\n${rows.join("\n")}\n`;
    expect(faults({ yamlText })).toEqual([
      "squall.yaml:1:1: excessive alias count indicates a resource exhaustion attack",
    ]);
  });

  test("an empty file is no fault of its own", () => {
    expect(faults({ yamlText: "" })).toEqual(["squall.yaml:1:1: needed: is needed"]);
    expect(faults({ yamlText: "# nothing\n" })).toEqual(["squall.yaml:1:1: needed: is needed"]);
  });
});

test("the configuration is frozen through and through", () => {
  const config = load({});
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.inner)).toBe(true);
  expect(Object.isFrozen(config.tags)).toBe(true);
});

describe("nearestName", () => {
  const known = ["priceGateDeliveries", "allowedLateness", "site"];
  test.each([
    ["price_gate_deliveries", "priceGateDeliveries"],
    ["PriceGateDelivery", "priceGateDeliveries"],
    ["alowedLatenes", "allowedLateness"],
    ["stie", "site"],
    ["allowedLatenessSeconds", "allowedLateness"],
    ["colour", undefined],
    ["", undefined],
    ["x".repeat(10_000), undefined],
  ])("%s", (name, want) => {
    expect(nearestName(name, known)).toBe(want);
  });
});
