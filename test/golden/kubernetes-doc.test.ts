// docs/kubernetes.md taken apart: what it tells people to write fits the chart, squall, and each other.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { squallSchema } from "../../services/squall/squall-config.ts";
import { loadKafkaConfiguration } from "../../services/squall/configuration.ts";
import { STAGE_TOPICS } from "../../shared/domain/topics.ts";
import { settingsOf } from "../../shared/runtime/config-settings.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { pageBlocks } from "../support/page-blocks.ts";

const BLOCKS = pageBlocks("kubernetes.md");
const YAML_TEXTS = BLOCKS.filter(({ language }) => language === "yaml").map(({ text }) => text);
const YAML = YAML_TEXTS.map((text): unknown => parse(text));
const [, STRIMZI, MAIL_SERVERS, STORM, TRIAL] = YAML;
const COMMANDS = BLOCKS.filter(({ language }) => language === "sh").flatMap(({ text }) => text.split("\n"));
const CHART = join(ROOT, "deploy/helm/squall");

/** What the chart's schema finds wrong with values. */
function faultsOf(values: unknown): unknown[] {
  const schema: unknown = JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8"));
  if (typeof schema !== "object" || schema === null) throw new TypeError("no schema");
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  validate(values);
  return validate.errors ?? [];
}

const namedSecret = z.object({ existingSecret: z.string() });
const valuesSchema = z.object({ secrets: z.record(z.string(), namedSecret) });
const pod = z
  .object({
    spec: z.object({
      automountServiceAccountToken: z.literal(false),
      securityContext: z.object({
        runAsNonRoot: z.literal(true),
        seccompProfile: z.object({ type: z.literal("RuntimeDefault") }),
      }),
      containers: z.array(
        z.object({
          args: z.array(z.string()),
          env: z.array(z.object({ name: z.string(), value: z.string() })),
          securityContext: z.object({
            allowPrivilegeEscalation: z.literal(false),
            readOnlyRootFilesystem: z.literal(true),
            capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
          }),
        }),
      ),
    }),
  })
  .loose();

/** Made by commands of the page: name -> keys. */
function madeSecrets(): Map<string, string[]> {
  return new Map(
    COMMANDS.flatMap((line) => {
      const name = /create secret generic (\S+)/u.exec(line)?.[1];
      if (name === undefined) return [];
      const keys = [...line.matchAll(/--from-(?:literal|file)=([\w.-]+)/gu)].map(([, key = ""]) => key);
      return [[name, keys] as const];
    }),
  );
}

/** Of the chart: which key it looks for in the Secret of each part. */
const KEYS: Readonly<Record<string, string>> = {
  kafka: "password",
  kafkaCa: "ca.crt",
  pseudonym: "key",
  console: "token",
};
/** Strimzi makes it. */
const STRIMZIS = new Set(["kafka-cluster-ca-cert"]);

describe.each([
  ["Kafka that is there", YAML[0]],
  ["Kafka by Strimzi", YAML[1]],
])("the values for %s", (_name, values) => {
  test.runIf(existsSync(CHART))("are what the chart takes", () => {
    expect(faultsOf(values)).toEqual([]);
  });

  test("name Secrets that the page makes, with the keys that the chart looks for", () => {
    const made = madeSecrets();
    const named = Object.entries(valuesSchema.parse(values).secrets).filter(
      ([, { existingSecret }]) => !STRIMZIS.has(existingSecret),
    );
    const wanted = named.map(([part, { existingSecret }]) => [existingSecret, KEYS[part] ?? "receivers' own"]);
    const found = named.map(([part, { existingSecret }]) => {
      const keys = made.get(existingSecret)?.join(", ");
      return [existingSecret, part === "receivers" && keys !== undefined ? "receivers' own" : keys];
    });
    expect(found).toEqual(wanted);
  });

  test("name files of receivers that are keys of their Secret", () => {
    const files = [...JSON.stringify(values).matchAll(/\/run\/squall\/receivers\/([\w-]+)/gu)].map(
      ([, key = ""]) => key,
    );
    expect(files.toSorted()).toEqual(madeSecrets().get("squall-receivers")?.toSorted());
  });
});

describe("the pod of the storm", () => {
  const [container] = pod.parse(STORM).spec.containers;

  test("has variables that squall knows, and what they say is a connection", async () => {
    const known = new Set(settingsOf(squallSchema({}), "SQUALL").map(({ env: variable }) => variable));
    const env = Object.fromEntries(container?.env.map(({ name, value }) => [name, value]) ?? []);
    expect(Object.keys(env).filter((name) => !known.has(name))).toEqual([]);
    const { SQUALL_KAFKA_SSL_CA: _ca, SQUALL_KAFKA_SASL_PASSWORD_FILE: _file, ...rest } = env;
    const kafka = await loadKafkaConfiguration({}, { ...rest, SQUALL_KAFKA_SASL_PASSWORD: "x" }, "topics");
    expect(kafka).toMatchObject({ sasl: { username: "squall-shippers", mechanism: "SCRAM-SHA-512" } });
  });

  test("has the login and the topic prefix of the values for Strimzi", () => {
    const env = new Map(container?.env.map(({ name, value }) => [name, value]));
    expect(STRIMZI).toMatchObject({
      config: {
        kafka: {
          brokers: [env.get("SQUALL_KAFKA_BROKERS")],
          sasl: { mechanism: env.get("SQUALL_KAFKA_SASL_MECHANISM") },
        },
      },
    });
  });
});

test("the mail servers' user belongs to the Kafka of the values, and may do what shippers may", () => {
  const { cluster } = z.object({ strimzi: z.object({ cluster: z.string() }) }).parse(STRIMZI).strimzi;
  expect(MAIL_SERVERS).toMatchObject({
    kind: "KafkaUser",
    metadata: { namespace: "squall", labels: { "strimzi.io/cluster": cluster } },
    // The librdkafka of distributions cannot do SCRAM.
    spec: {
      authentication: { type: "tls" },
      authorization: { acls: [{ resource: { name: "squall.mail-logs" }, operations: ["Write", "Describe"] }] },
    },
  });
});

describe("the trial beside it", () => {
  test.runIf(existsSync(CHART))("has values that the chart takes", () => {
    expect(faultsOf(TRIAL)).toEqual([]);
  });

  test("is nothing that production's alerts, buckets or people would hear of", () => {
    expect(TRIAL).toMatchObject({
      config: { kafka: { topicPrefix: "trial" }, webhooks: [{ urlFile: "/run/squall/receivers/url" }] },
      secrets: { receivers: { existingSecret: "trial-receivers" } },
      services: { recorder: { enabled: false } },
      metrics: { serviceMonitor: { enabled: false }, podMonitor: { enabled: false } },
      prometheusRule: { enabled: false },
    });
    const site = z.object({ config: z.object({ site: z.string() }) });
    expect(site.parse(TRIAL)).not.toEqual(site.parse(STRIMZI));
    expect(madeSecrets().get("trial-receivers")).toEqual(["url"]);
  });
});

test("selectors that leave ingest over name all other services", () => {
  const pages = ["kubernetes.md", "runbooks/SquallRecordsRejected.md"].map((page) =>
    readFileSync(join(ROOT, "docs", page), "utf8"),
  );
  const left = pages.flatMap((page) =>
    [...page.matchAll(/component notin \(([^)]+)\)/gu)].map(([, names = ""]) => names.split(", ").toSorted()),
  );
  const others = [...Object.keys(STAGE_TOPICS), "console"].filter((name) => name !== "ingest");
  expect(left).toEqual(pages.map(() => others.toSorted()));
});

test.runIf(existsSync(CHART))("what docs/hardening.md closes ways in by is what the chart takes", () => {
  const values = pageBlocks("hardening.md").filter(({ language }) => language === "yaml");
  expect(values).toHaveLength(1);
  expect(values.flatMap(({ text }) => faultsOf(parse(text)))).toEqual([]);
});

test("every Secret that a command asks for is made by the page, by its user, or by Strimzi", () => {
  const asked = COMMANDS.flatMap((line) => /get secret (\S+)/u.exec(line)?.[1] ?? []);
  const { metadata } = z.object({ metadata: z.object({ name: z.string() }) }).parse(MAIL_SERVERS);
  const known = new Set([...madeSecrets().keys(), ...STRIMZIS, metadata.name]);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
