import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../e2e/squall-process.ts";
import { schemaFaults } from "../support/json-schema.ts";
import { settingsOf } from "../../shared/runtime/config-settings.ts";
import { STAGES } from "../../shared/domain/topics.ts";
import { readYaml } from "../../shared/runtime/yaml-source.ts";
import { loadServiceConfig } from "../../services/squall/service-config.ts";
import { loadStandaloneConfig, squallSchema } from "../../services/squall/squall-config.ts";

const PUBLISHED = join(ROOT, "services/squall/squall-config.schema.json");
const EXAMPLE = join(ROOT, "examples/squall.yaml");
const SERVICES_EXAMPLE = join(ROOT, "examples/squall-services.yaml");
const PARTS_OF_SERVICES = new Set(["kafka", "influx", "pseudonym", "services"]);
const CONFIGS = join(ROOT, "test/testdata/config");

/** The schema as it is published: what a file may hold, before defaults and durations are read. */
function made(): string {
  const schema = z.toJSONSchema(squallSchema({}), { io: "input" });
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
    expect(faultsOf(SERVICES_EXAMPLE)).toEqual([]);
    expect(faultsOf(join(CONFIGS, "everything-set.yaml"))).toEqual([]);
    expect(faultsOf(join(CONFIGS, "services-set.yaml"))).toEqual([]);
  });

  test.each([
    [
      "wrong-types.yaml",
      [".site type", ".subjects type", ".ingest.lineBytesMax type", ".detector type", ".lists type"],
    ],
    ["unknown-setting.yaml", [".detector additionalProperties", " additionalProperties"]],
    ["out-of-range.yaml", [".ingest.lineBytesMax minimum", ".detector.replyAllReach minimum"]],
    ["wrong-kafka.yaml", [".kafka.securityProtocol enum", ".kafka.sasl.mechanism enum", ".kafka additionalProperties"]],
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
    const parts = Object.keys(squallSchema({}).shape).filter((part) => !PARTS_OF_SERVICES.has(part));
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

describe("the example of the services", () => {
  const text = readFileSync(SERVICES_EXAMPLE, "utf8");

  test("speaks of every setting that they have beside standalone's", () => {
    const settings = settingsOf(squallSchema({}), "")
      .map(({ path }) => path)
      .filter(([part = ""]) => PARTS_OF_SERVICES.has(part));
    const unsaid = settings
      .map((path) => path.at(-1) ?? "")
      .filter((name) => !new RegExp(`^[# ]*${name}:`, "mu").test(text));
    // The ways to write a secret into the file itself.
    expect([...new Set(unsaid)]).toEqual(["password", "keyPassphrase", "token"]);
    expect(settings.length).toBeGreaterThan(30);
  });

  test.each(STAGES)("%s can run by it, with what it shows switched off too", (role) => {
    const on = text.replaceAll(/^( *)# (?=[a-zA-Z]+: \S+$)/gmu, "$1");
    expect(on).toContain("\n    key: ");
    expect(schemaFaults(JSON.parse(made()), parse(on))).toEqual([]);
    for (const given of [text, on]) {
      const file = readYaml(given, "squall-services.yaml");
      const sources = { file, env: {}, flags: [], fallbacks: [], readSecret: undefined };
      expect(loadServiceConfig({ ...sources, role })).toMatchObject({ role, site: "example" });
    }
  });
});

test("variables of the services have the names that are promised", () => {
  const names = new Set(settingsOf(squallSchema({}), "SQUALL").map(({ env }) => env));
  const promised = [
    "SQUALL_KAFKA_BROKERS",
    "SQUALL_KAFKA_TOPIC_PREFIX",
    "SQUALL_KAFKA_MAIL_LOGS_TOPIC",
    "SQUALL_KAFKA_CLIENT_ID",
    "SQUALL_KAFKA_SECURITY_PROTOCOL",
    "SQUALL_KAFKA_SASL_MECHANISM",
    "SQUALL_KAFKA_SASL_USERNAME",
    "SQUALL_KAFKA_SASL_PASSWORD",
    "SQUALL_KAFKA_SASL_PASSWORD_FILE",
    "SQUALL_KAFKA_SSL_CA",
    "SQUALL_KAFKA_SSL_CERTIFICATE",
    "SQUALL_KAFKA_SSL_KEY",
    "SQUALL_KAFKA_SSL_KEY_PASSPHRASE",
    "SQUALL_KAFKA_SSL_KEY_PASSPHRASE_FILE",
    "SQUALL_KAFKA_SESSION_TIMEOUT",
    "SQUALL_KAFKA_PARTITIONS_MAIL_LOGS",
    "SQUALL_KAFKA_REPLICATION",
    "SQUALL_INFLUX_URL",
    "SQUALL_INFLUX_TOKEN",
    "SQUALL_INFLUX_TOKEN_FILE",
    "SQUALL_INFLUX_ORG",
    "SQUALL_INFLUX_BUCKET",
    "SQUALL_INFLUX_CA",
    "SQUALL_PSEUDONYM_KEY",
    "SQUALL_PSEUDONYM_KEY_FILE",
    "SQUALL_SERVICES_FLUSH_EVERY",
    "SQUALL_SUBJECTS",
  ];
  expect(promised.filter((name) => !names.has(name))).toEqual([]);
});

test("variables of standalone have the names that are promised", () => {
  const names = new Set(settingsOf(squallSchema({}), "SQUALL").map(({ env }) => env));
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
