import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../e2e/squall-process.ts";
import { schemaFaults } from "../support/json-schema.ts";
import { settingsOf } from "../../shared/runtime/config-settings.ts";
import { readYaml } from "../../shared/runtime/yaml-source.ts";
import { loadStandaloneConfig, squallSchema } from "../../services/squall/squall-config.ts";

const PUBLISHED = join(ROOT, "services/squall/squall-config.schema.json");
const EXAMPLE = join(ROOT, "examples/squall.yaml");
const CONFIGS = join(ROOT, "test/testdata/config");

/** The schema as it is published: what a file may hold, before defaults and durations are read. */
function made(): string {
  const schema = z.toJSONSchema(squallSchema(undefined), { io: "input" });
  const { $schema, ...rest } = schema;
  const head = {
    $schema,
    title: "SquallConfig",
    description:
      "Configuration of squall. Every single setting has a variable too: SQUALL_ and its path, as SQUALL_DETECTOR_ALLOWED_LATENESS.",
  };
  return `${JSON.stringify({ ...head, ...rest }, undefined, 2)}\n`;
}

test("the published schema is that of the program; UPDATE_GOLDENS=1 writes it", () => {
  const schema: unknown = JSON.parse(made());
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(PUBLISHED, made());
  expect(JSON.parse(readFileSync(PUBLISHED, "utf8"))).toEqual(schema);
});

describe("it judges as the program does, as far as a JSON Schema can", () => {
  const schema: unknown = JSON.parse(made());
  const faultsOf = (path: string): string[] => schemaFaults(schema, parse(readFileSync(path, "utf8")));

  test("the example and what is right", () => {
    expect(faultsOf(EXAMPLE)).toEqual([]);
    expect(faultsOf(join(CONFIGS, "everything-set.yaml"))).toEqual([]);
  });

  test.each([
    [
      "wrong-types.yaml",
      [".site type", ".subjects type", ".ingest.lineBytesMax type", ".detector type", ".lists type"],
    ],
    ["unknown-setting.yaml", [".detector additionalProperties", " additionalProperties"]],
    ["out-of-range.yaml", [".ingest.lineBytesMax minimum", ".detector.replyAllReach minimum"]],
    ["duration-without-unit.yaml", [".detector.allowedLateness type", ".detector.calm pattern"]],
  ])("%s", (file, want) => {
    expect(faultsOf(join(CONFIGS, file))).toEqual(expect.arrayContaining(want));
  });
});

describe("the example", () => {
  const text = readFileSync(EXAMPLE, "utf8");

  test("names its schema, for editors", () => {
    const [, named = ""] = /^# yaml-language-server: \$schema=(\S+)$/mu.exec(text) ?? [];
    expect(join(ROOT, "examples", named)).toBe(PUBLISHED);
  });

  test("speaks of every part that a file may set", () => {
    const parts = Object.keys(squallSchema(undefined).shape);
    expect(parts.filter((part) => !new RegExp(`^#? ?${part}:`, "mu").test(text))).toEqual([]);
  });

  test("what it shows switched off is right too", () => {
    const on = text.replaceAll(/^( *)# (?=( {2})*[a-zA-Z]+:|( {2})*- )/gmu, "$1");
    expect(schemaFaults(JSON.parse(made()), parse(on))).toEqual([]);
    const file = readYaml(on, "squall.yaml");
    const given = { env: {}, flags: [], fallbacks: [], emitWindows: false, readSecret: undefined };
    const { inputs, webhooks, onAlert, heartbeat, state } = loadStandaloneConfig({ file, ...given });
    expect(inputs.map(({ kind }) => kind)).toEqual(["file", "files", "files", "syslog", "stdin"]);
    expect(webhooks.map(({ name }) => name)).toEqual(["webhook", "oncall", "chat", "phone"]);
    expect([onAlert?.concurrent, heartbeat?.everyMs, state]).toEqual([4, 60_000, "/var/lib/squall"]);
  });
});

test("variables of standalone have the names that are promised", () => {
  const names = new Set(settingsOf(squallSchema(undefined), "SQUALL").map(({ env }) => env));
  const promised = [
    "SQUALL_STATE",
    "SQUALL_WEBHOOK_URL",
    "SQUALL_WEBHOOK_URL_FILE",
    "SQUALL_WEBHOOK_SECRET",
    "SQUALL_WEBHOOK_SECRET_FILE",
    "SQUALL_HEARTBEAT_URL",
    "SQUALL_HEARTBEAT_URL_FILE",
    "SQUALL_ON_ALERT_COMMAND",
    "SQUALL_METRICS_ADDRESS",
  ];
  expect(promised.filter((name) => !names.has(name))).toEqual([]);
});
