import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { STAGES } from "../../shared/domain/topics.ts";
import { topicPlan } from "../../shared/domain/topic-plan.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import { createPseudonyms, defaultPseudonymSettings } from "../assembler/pseudonyms.ts";
import { loadServiceConfiguration } from "./configuration.ts";
import { serviceDigest, serviceWarnings } from "./service-notes.ts";
import type { ServiceFlags } from "./service-flags.ts";
import { heartbeatMsOf, type ServiceConfig, type ServiceRole } from "./service-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-services-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = "hunter2-hunter2-hunter2-hunter2-hunter2";
const BROKERS = { SQUALL_KAFKA_BROKERS: "kafka1:9092, kafka2:9092" };
const INFLUX = { SQUALL_INFLUX_URL: "http://127.0.0.1:8086/", SQUALL_INFLUX_BUCKET: "squall" };
const NOTHING_MISSING = { ...BROKERS, ...INFLUX, SQUALL_PSEUDONYM_KEY: KEY };

interface Given {
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: ServiceFlags;
}

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function load(role: ServiceRole, { yaml, env = NOTHING_MISSING, flags = {} }: Given = {}): Promise<ServiceConfig> {
  const config = yaml === undefined ? {} : { config: fileOf("squall.yaml", yaml) };
  return loadServiceConfiguration({ ...config, ...flags }, env, role);
}

async function faults(role: ServiceRole, given: Given): Promise<string[]> {
  try {
    await load(role, given);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${folder}/`, "").split("\n");
    throw error;
  }
  return [];
}

test.each(STAGES.filter((role) => role !== "alerter"))(
  "%s judges no receiver's address that it does not read",
  async (role) => {
    const yaml =
      "webhooks:\n  - {name: oncall, urlFile: /nowhere/url, secretFile: /nowhere/key, forbidPrivate: true}\n";
    expect(await faults(role, { yaml })).toEqual([]);
  },
);

test.each(STAGES)("%s with nothing set but what it needs", async (role) => {
  const config = await load(role);
  expect(Object.isFrozen(config)).toBe(true);
  expect(config).toMatchObject({ role, flushEveryMs: 100, metrics: { address: { host: "127.0.0.1", port: 9464 } } });
  expect(config.kafka).toEqual({
    brokers: ["kafka1:9092", "kafka2:9092"],
    clientId: `squall-${role}`,
    securityProtocol: "plaintext",
    tls: undefined,
    sasl: undefined,
    sessionTimeoutMs: 10_000,
    heartbeatMs: 250,
    topicPrefix: "squall",
    topics: {
      "mail-logs": "squall.mail-logs",
      "mail-fragments": "squall.mail-fragments",
      "mail-events": "squall.mail-events",
      "thread-windows": "squall.thread-windows",
      "storm-alerts": "squall.storm-alerts",
    },
    partitions: { "mail-logs": 6, "mail-fragments": 6, "mail-events": 6, "thread-windows": 6, "storm-alerts": 1 },
    replication: 3,
    retentions: {
      "mail-logs": 86_400_000,
      "mail-fragments": 86_400_000,
      "mail-events": 604_800_000,
      "thread-windows": 604_800_000,
      "storm-alerts": 2_592_000_000,
      "dead-letters": 1_209_600_000,
    },
  });
});

test("each role has its own, and nothing of the others", async () => {
  const env = { ...NOTHING_MISSING, SQUALL_WEBHOOK_URL: "https://hooks.example.org/hunter2", SQUALL_INFLUX_TOKEN: KEY };
  const configs = await Promise.all(STAGES.map((role) => load(role, { env })));
  const has = (config: ServiceConfig): string[] => [
    ...(config.people === undefined ? [] : ["people"]),
    ...(config.influx === undefined ? [] : ["influx"]),
    ...(config.webhooks.length === 0 ? [] : ["webhooks"]),
  ];
  expect(configs.map((config) => [config.role, ...has(config)])).toEqual([
    ["ingest"],
    ["assembler", "people"],
    ["detector"],
    ["recorder", "influx"],
    ["alerter", "webhooks"],
  ]);
  const [, assembler, , recorder] = configs;
  expect(assembler?.people?.pseudonymKey?.reveal()).toBe(KEY);
  expect(recorder?.influx).toMatchObject({
    url: "http://127.0.0.1:8086",
    org: "",
    bucket: "squall",
    ca: undefined,
    timeoutMs: 10_000,
  });
  expect(recorder?.influx?.token?.reveal()).toBe(KEY);
  const printed = `${JSON.stringify(configs)}${inspect(configs, { depth: 9, showHidden: true })}`;
  expect(printed).not.toContain("hunter2");
});

test("everything set", async () => {
  const yaml = `
site: nhs
kafka:
  brokers: [kafka1.nhs.example:9092]
  topicPrefix: storm
  mailLogsTopic: mail.raw
  clientId: watcher
  securityProtocol: sasl_Plaintext
  sasl: {mechanism: scram-sha-512, username: squall, passwordFile: ${fileOf("kafka", "hunter2\n")}}
  sessionTimeout: 30s
  partitions: {mailLogs: 12, mailFragments: 8, mailEvents: 2, threadWindows: 4}
  replication: 1
  retention: {mailLogs: 6h, mailFragments: 12h, mailEvents: 1d, threadWindows: 2d, stormAlerts: 60d, deadLetters: 7d}
influx: {url: "https://influx/db", tokenFile: ${fileOf("influx", "hunter3\n")}, org: nhs, bucket: b, timeout: 20s}
services: {flushEvery: 50ms}
metrics: {address: "off"}
`;
  const { kafka, influx, flushEveryMs, metrics } = await load("recorder", { yaml, env: {} });
  expect(kafka).toMatchObject({
    clientId: "watcher",
    securityProtocol: "sasl_plaintext",
    sasl: { mechanism: "SCRAM-SHA-512", username: "squall" },
    tls: undefined,
    sessionTimeoutMs: 30_000,
    heartbeatMs: 750,
    replication: 1,
  });
  expect([kafka.sasl?.password.reveal(), influx?.token?.reveal()]).toEqual(["hunter2", "hunter3"]);
  expect(influx).toMatchObject({ url: "https://influx/db", org: "nhs", bucket: "b", timeoutMs: 20_000 });
  expect([flushEveryMs, metrics.address]).toEqual([50, undefined]);
  const { topicPrefix: prefix, topics, replication, partitions, retentions } = kafka;
  const plan = topicPlan({ prefix, mailLogs: topics["mail-logs"], replication, partitions, retentions });
  expect(plan.map(({ topic, partitions: count }) => `${topic} ${count}`)).toEqual(
    expect.arrayContaining(["mail.raw 12", "mail.raw.ingest-state 12", "storm.mail-events 2", "storm.storm-alerts 1"]),
  );
});

test("variables and options", async () => {
  const env = {
    ...NOTHING_MISSING,
    SQUALL_KAFKA_TOPIC_PREFIX: "env",
    SQUALL_KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
    SQUALL_KAFKA_SASL_MECHANISM: "PLAIN",
    SQUALL_KAFKA_SASL_USERNAME: "squall",
    SQUALL_KAFKA_SASL_PASSWORD_FILE: fileOf("password", "hunter2"),
    SQUALL_SERVICES_FLUSH_EVERY: "1s",
  };
  const flags = {
    brokers: "flag1:1, flag2:2",
    topicPrefix: "flag",
    site: "s",
    metrics: "9000",
    timezone: "Asia/Tokyo",
  };
  const config = await load("ingest", { env, flags });
  expect(config).toMatchObject({
    site: "s",
    timezone: "Asia/Tokyo",
    flushEveryMs: 1000,
    metrics: { address: { port: 9000 } },
  });
  expect(config.kafka).toMatchObject({
    brokers: ["flag1:1", "flag2:2"],
    topicPrefix: "flag",
    sasl: { mechanism: "PLAIN" },
    tls: { ca: undefined, certificate: undefined, key: undefined, keyPassphrase: undefined },
  });
  expect(await faults("ingest", { flags: { brokers: "nowhere" } })).toEqual([
    "--brokers: is no broker: write host:port, such as kafka1.example.org:9092; an IPv6 address needs a name",
  ]);
});

describe("subjects are left out unless they are wanted", () => {
  test.each<[Given, boolean]>([
    [{}, false],
    [{ yaml: "subjects: true\n" }, true],
    [{ env: { ...NOTHING_MISSING, SQUALL_SUBJECTS: "true" } }, true],
    [{ yaml: "subjects: false\n" }, false],
  ])("%j", async (given, want) => {
    const [assembler, detector] = await Promise.all([load("assembler", given), load("detector", given)]);
    expect([assembler.people?.allowSubject, detector.detector.allowSubject]).toEqual([want, want]);
  });
});

describe("what a role cannot do without", () => {
  const noBrokers = "is needed by squall %: set SQUALL_KAFKA_BROKERS=host:9092,host:9092";
  test.each<[ServiceRole, string[]]>([
    ["ingest", []],
    [
      "assembler",
      [
        "configuration: pseudonym.key: is needed by squall assembler: set SQUALL_PSEUDONYM_KEY or SQUALL_PSEUDONYM_KEY_FILE (make one with: openssl rand -base64 32), the same for all of them; or people: false",
      ],
    ],
    ["detector", []],
    [
      "recorder",
      [
        "configuration: influx.url: is needed by squall recorder: set SQUALL_INFLUX_URL, SQUALL_INFLUX_BUCKET and SQUALL_INFLUX_TOKEN",
      ],
    ],
    ["alerter", []],
  ])("%s", async (role, want) => {
    expect(await faults(role, { env: {} })).toEqual([
      `configuration: kafka.brokers: ${noBrokers.replace("%", role)}`,
      ...want,
    ]);
  });

  test("is said with all other faults", async () => {
    const yaml = "kafka: {sessionTimeout: 1s}\ninflux: {url: nowhere}\nsite: 7\n";
    expect(await faults("recorder", { yaml, env: {} })).toEqual([
      "squall.yaml:1:8: kafka.brokers: is needed by squall recorder: set SQUALL_KAFKA_BROKERS=host:9092,host:9092",
      'squall.yaml:1:25: kafka.sessionTimeout: "1s" is out of range: 6s to 5m',
      "squall.yaml:2:9: influx.bucket: is needed: where points are to go",
      "squall.yaml:2:15: influx.url: is no URL of an InfluxDB: write http://host:8086 or https://…",
      "squall.yaml:3:7: site: expected string, received number",
    ]);
  });

  test("people in clear need no key", async () => {
    const { people } = await load("assembler", { env: BROKERS, yaml: "pseudonym: {people: false}\n" });
    expect(people).toEqual({ pseudonymKey: undefined, allowSubject: false });
  });
});

describe("shared logins stand in events as pseudonyms", () => {
  const yaml = "detector: {sharedLogins: [Webmail]}\n";

  test("so the detector names them too", async () => {
    const named = createPseudonyms({ key: KEY, allowSubject: false, ...defaultPseudonymSettings }).name("webmail");
    const { detector } = await load("detector", { yaml });
    expect(detector.sharedLogins).toEqual([named]);
    const env = { ...BROKERS, SQUALL_PSEUDONYM_KEY_FILE: fileOf("key", `${KEY}\n`) };
    expect((await load("detector", { yaml, env })).detector.sharedLogins).toEqual([named]);
  });

  test("without them it needs no key, and reads none", async () => {
    const env = { ...BROKERS, SQUALL_PSEUDONYM_KEY_FILE: join(folder, "absent") };
    expect((await load("detector", { env })).detector.sharedLogins).toEqual([]);
    expect(await faults("detector", { yaml, env })).toEqual(["SQUALL_PSEUDONYM_KEY_FILE: absent: no such file"]);
    expect(await faults("detector", { yaml, env: BROKERS })).toEqual([
      "squall.yaml:1:1: pseudonym.key: is needed by squall detector, since logins are pseudonyms and sharedLogins names some: set the assembler's",
    ]);
  });

  test("with people in clear they stand as they are logged", async () => {
    const { detector } = await load("detector", { yaml: `${yaml}pseudonym: {people: false}\n`, env: BROKERS });
    expect(detector.sharedLogins).toEqual(["webmail"]);
  });
});

test("a role reads no secret of another", async () => {
  const absent = join(folder, "absent");
  const env = {
    ...BROKERS,
    SQUALL_INFLUX_URL: "https://influx:8086",
    SQUALL_INFLUX_BUCKET: "b",
    SQUALL_INFLUX_TOKEN_FILE: absent,
    SQUALL_INFLUX_CA: absent,
    SQUALL_PSEUDONYM_KEY_FILE: absent,
    SQUALL_WEBHOOK_URL_FILE: absent,
  };
  const found = await Promise.all(STAGES.map(async (role) => [role, await faults(role, { env })]));
  expect(Object.fromEntries(found)).toEqual({
    ingest: [],
    assembler: ["SQUALL_PSEUDONYM_KEY_FILE: absent: no such file"],
    detector: [],
    recorder: ["SQUALL_INFLUX_TOKEN_FILE: absent: no such file", "SQUALL_INFLUX_CA: absent: no such file"],
    alerter: ["SQUALL_WEBHOOK_URL_FILE: absent: no such file"],
  });
});

test("files of certificates that hold something else", async () => {
  const rubbish = fileOf("rubbish.pem", "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n");
  const env = {
    ...BROKERS,
    SQUALL_KAFKA_SECURITY_PROTOCOL: "ssl",
    SQUALL_KAFKA_SSL_CA: rubbish,
    SQUALL_KAFKA_SSL_CERTIFICATE: join(folder, "absent"),
    SQUALL_KAFKA_SSL_KEY: rubbish,
  };
  expect(await faults("ingest", { env })).toEqual([
    "SQUALL_KAFKA_SSL_CA: rubbish.pem: holds no certificates in PEM",
    "SQUALL_KAFKA_SSL_CERTIFICATE: absent: no such file",
    "SQUALL_KAFKA_SSL_KEY: rubbish.pem: holds no private key in PEM",
  ]);
});

test("what it comes to, and what might not be meant", async () => {
  const env = {
    ...NOTHING_MISSING,
    SQUALL_KAFKA_SECURITY_PROTOCOL: "SASL_PLAINTEXT",
    SQUALL_KAFKA_SASL_MECHANISM: "PLAIN",
    SQUALL_KAFKA_SASL_USERNAME: "squall",
    SQUALL_KAFKA_SASL_PASSWORD: "hunter2",
    SQUALL_INFLUX_URL: "http://influx:8086",
    SQUALL_INFLUX_TOKEN: "hunter2",
    SQUALL_METRICS_ADDRESS: "*:9464",
    SQUALL_PSEUDONYM_PEOPLE: "false",
  };
  const kafka = "kafka      kafka1:9092, kafka2:9092 (SASL_PLAINTEXT, PLAIN as squall)";
  const inClear = "the password for Kafka goes over the network in clear: use SASL_SSL, or a SCRAM mechanism";
  const open = "metrics on 0.0.0.0:9464 can be read by other machines; they hold no addresses of people";
  const notes = await Promise.all(
    STAGES.map(async (role) => {
      const config = await load(role, { env });
      return [role, [...serviceDigest(config), "--", ...serviceWarnings(config)]];
    }),
  );
  expect(Object.fromEntries(notes)).toEqual({
    ingest: [
      kafka,
      "reads      squall.mail-logs",
      "writes     squall.mail-fragments",
      "keeps      squall.mail-logs.ingest-state, squall.mail-logs.dead-letters",
      "metrics    0.0.0.0:9464",
      "--",
      inClear,
      open,
    ],
    assembler: [
      kafka,
      "reads      squall.mail-fragments",
      "writes     squall.mail-events",
      "keeps      squall.mail-fragments.assembler-state, squall.mail-fragments.dead-letters",
      "people     in clear, subjects left out",
      "metrics    0.0.0.0:9464",
      "--",
      inClear,
      "addresses of people stand in clear in mail-events and all that is made of them: set pseudonym.people to true",
      open,
    ],
    detector: [
      kafka,
      "reads      squall.mail-events",
      "writes     squall.thread-windows, squall.storm-alerts",
      "keeps      squall.mail-events.detector-state, squall.mail-events.dead-letters",
      "lists      no rules of their own",
      "metrics    0.0.0.0:9464",
      "--",
      inClear,
      open,
    ],
    recorder: [
      kafka,
      "reads      squall.thread-windows, squall.storm-alerts",
      "keeps      squall.thread-windows.dead-letters, squall.storm-alerts.dead-letters",
      "influx     http://influx:8086, bucket squall",
      "metrics    0.0.0.0:9464",
      "--",
      inClear,
      "the token for InfluxDB goes over the network in clear: use an https URL",
      "no org for InfluxDB: 1.8 has none, 2 needs one",
      open,
    ],
    alerter: [
      kafka,
      "reads      squall.storm-alerts",
      "keeps      squall.storm-alerts.alerter-state, squall.storm-alerts.dead-letters",
      "tells      nobody",
      "heartbeat  none",
      "metrics    0.0.0.0:9464",
      "--",
      "nobody is told: set webhook, webhooks or onAlert",
      inClear,
      open,
    ],
  });
});

test.each([
  [6_000, 150],
  [10_000, 250],
  [60_000, 1_500],
  [300_000, 3_000],
])("a session timeout of %i ms has a heartbeat every %i ms", (sessionTimeoutMs, heartbeatMs) => {
  expect(heartbeatMsOf(sessionTimeoutMs)).toBe(heartbeatMs);
});
