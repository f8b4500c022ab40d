// The pods of the Helm chart without Kubernetes, on a Kafka with TLS, logins and ACLs: topics and users are made as Strimzi would make them of the
// chart's objects, each process has the words, variables and files of its pod and nothing else; doctor finds nothing wrong, a storm comes
// through, and all end in time.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type TestContext } from "vitest";
import { stringify } from "yaml";
import { createKafkaTopicLog } from "../../shared/adapters/kafka/kafka-topic-log.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { squall } from "../e2e/squall-process.ts";
import { closersAfterEach } from "../support/closers.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import { renderedChart } from "../support/kubernetes/helm-chart.ts";
import { type KubeObject, kubeObjects, ofKind, type Pod, podsOf } from "../support/kubernetes/kube-objects.ts";
import { podSettings, type PodSettings, type SecretTexts } from "../support/kubernetes/pod-settings.ts";
import { strimziRights, strimziTopics } from "../support/kubernetes/strimzi-objects.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import type { RealInflux } from "../support/real-influx.ts";
import { type RealKafka, sharedRealKafka } from "../support/real-kafka.ts";
import { realPart } from "../support/real-part.ts";
import { type ScriptedReceiver, startReceiver } from "../support/scripted-receiver.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { ANY_PORT } from "../support/services/status-page.ts";

const closers = closersAfterEach();
const folder = mkdtempSync(join(tmpdir(), "squall-chart-services-"));

const PREFIX = "mail";
const TOKEN = "hunter2-hunter2-hunter2";
const PSEUDONYM_KEY = "hunter2-hunter2-hunter2-hunter2-hunter2";
const ROLES = ["ingest", "assembler", "detector", "recorder", "alerter", "console"];
const USERS = Object.fromEntries(
  [...ROLES, "shippers", "silence"].map((role) => [`squall-${role}`, `password-of-${role}`]),
);
const TOLD_MS = 60_000;
const STOP_MS = 10_000;

const kafkaFor = sharedRealKafka({ tls: true, users: USERS, acls: true });

interface Outside {
  readonly kafka: RealKafka;
  readonly influx: RealInflux;
  readonly receiver: ScriptedReceiver;
}

/** As an operator with Strimzi writes them. */
function valuesFor({ kafka, influx }: Outside): object {
  return {
    image: { repository: "registry.example.org/squall" },
    config: {
      site: "corp",
      kafka: {
        brokers: kafka.brokers,
        topicPrefix: PREFIX,
        replication: 1,
        securityProtocol: "SASL_SSL",
        sasl: { mechanism: "SCRAM-SHA-512" },
        partitions: { mailLogs: 2, mailFragments: 2, mailEvents: 2, threadWindows: 2 },
      },
      influx: { url: influx.url, bucket: influx.bucket, ...(influx.org === "" ? {} : { org: influx.org }) },
      webhooks: [{ name: "oncall", urlFile: "/run/squall/receivers/oncall-url" }],
    },
    secrets: {
      kafkaCa: { existingSecret: "kafka-cluster-ca-cert" },
      influx: { existingSecret: "squall-influx-token" },
      pseudonym: { existingSecret: "squall-pseudonym-key" },
      console: { existingSecret: "squall-console-token" },
      receivers: { existingSecret: "squall-receivers" },
    },
    strimzi: { cluster: "kafka", topics: { enabled: true }, users: { enabled: true } },
  };
}

function secretsOf({ kafka, influx, receiver }: Outside): SecretTexts {
  const texts: Readonly<Record<string, string>> = {
    "squall-influx-token token": influx.token,
    "squall-pseudonym-key key": PSEUDONYM_KEY,
    "squall-console-token token": TOKEN,
    "kafka-cluster-ca-cert ca.crt": kafka.certificates?.ca ?? "",
  };
  return {
    text: (key, { name }) => {
      if (name === "squall-receivers") return `${receiver.origin}/oncall`;
      return texts[`${name} ${key}`] ?? USERS[name] ?? "";
    },
  };
}

/** What Strimzi would do. */
async function applyToKafka(kafka: RealKafka, objects: readonly KubeObject[]): Promise<void> {
  await kafka.createTopics(
    strimziTopics(objects).map(({ topicName, partitions, replicas, config }) => ({
      topic: topicName,
      partitions,
      replication: replicas,
      settings: config,
    })),
  );
  for (const user of ofKind(objects, "KafkaUser")) await kafka.allow(user.metadata.name, strimziRights(user));
}

/** On one machine each process needs ports of its own; in a cluster each pod has an address. */
function onThisMachine({ env }: PodSettings): Record<string, string> {
  return { ...env, ...ANY_PORT, ...("SQUALL_CONSOLE_ADDRESS" in env ? { SQUALL_CONSOLE_ADDRESS: "127.0.0.1:0" } : {}) };
}

function shippersLog(kafka: RealKafka): TopicLog {
  const log = createKafkaTopicLog({
    brokers: kafka.brokers,
    clientId: "shippers",
    tls: { ca: kafka.certificates?.ca },
    sasl: { mechanism: "scram-sha-512", username: "squall-shippers", password: USERS["squall-shippers"] ?? "" },
    sessionTimeoutMs: 10_000,
    heartbeatMs: 2_000,
    say: () => undefined,
  });
  closers.push(() => log.close());
  return log;
}

async function startedOutside(context: TestContext): Promise<Outside> {
  const kafka = await kafkaFor(context);
  const receiver = await startReceiver();
  closers.push(() => receiver.close());
  return { kafka, receiver, influx: await INFLUX_SERVERS[0].start(context, { auth: true }) };
}

test(
  "a storm comes through the pods of the chart, each with the rights of its own user",
  { timeout: 240_000 },
  async (context) => {
    context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const around = await startedOutside(context);
    const path = join(folder, "values.yaml");
    writeFileSync(path, stringify(valuesFor(around)));
    const objects = kubeObjects(await renderedChart(realPart("helm", context), path));
    await applyToKafka(around.kafka, objects);

    const secrets = secretsOf(around);
    const settingsOf = (pod: Pod): PodSettings => {
      const [container] = pod.spec.containers;
      if (container === undefined) throw new Error("a pod without a container");
      return podSettings(pod, container, { objects, folder: join(folder, pod.of.metadata.name), secrets });
    };

    const pods = podsOf(ofKind(objects, "Deployment"));
    const services = pods.map((pod) => {
      const settings = settingsOf(pod);
      const service = new LiveSquall(settings.args, onThisMachine(settings));
      closers.push(async () => void (await service.signal("SIGKILL")));
      return { role: settings.args[0] ?? "", service };
    });
    expect(services.map(({ role }) => role)).toEqual(ROLES);
    for (const { service } of services) {
      await service.says("metrics and health on ");
      const origin = /metrics and health on (http:\/\/[0-9.:]+)/u.exec(service.err)?.[1] ?? "";
      const isReady = async (): Promise<boolean> => (await fetch(`${origin}/readyz`)).status === 200;
      await pollUntil(isReady, { deadlineMs: TOLD_MS, what: `${service.err}\nto be ready` });
    }

    const list = await raiseStorm(shippersLog(around.kafka), PREFIX, 1);
    const isTold = (): boolean => around.receiver.heard.some(({ body }) => body.includes(list));
    await pollUntil(isTold, { deadlineMs: TOLD_MS, what: "the storm to be told" });
    const isStored = async (): Promise<boolean> =>
      (await around.influx.query(`SELECT * FROM "squall_storms" WHERE "list" = '${list}'`)).length > 0;
    await pollUntil(isStored, { deadlineMs: TOLD_MS, what: "the storm to be stored" });
    const page = services.find(({ role }) => role === "console")?.service.err ?? "";
    const origin = /live page on (http:\/\/[0-9.:]+)/u.exec(page)?.[1] ?? "";
    const shown = async (): Promise<string> =>
      (await fetch(`${origin}/api/v1/storms`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
    await pollUntil(async () => (await shown()).includes(list), { deadlineMs: TOLD_MS, what: "the storm on the page" });
    expect((await fetch(`${origin}/api/v1/storms`)).status).toBe(401);

    // `helm test`, beside services that run.
    const doctors = podsOf(ofKind(objects, "Pod")).map(async (pod) => {
      const settings = settingsOf(pod);
      const { code, out } = await squall(settings.args, { env: onThisMachine(settings) });
      return { role: settings.args[2], code, wrong: out.match(/^FAIL .*$/gmu) ?? [] };
    });
    expect(await Promise.all(doctors)).toEqual(ROLES.map((role) => ({ role, code: 0, wrong: [] })));

    // As `kubectl exec` runs it in the pod for silences.
    const [silencePod] = podsOf(ofKind(objects, "CronJob"));
    if (silencePod === undefined) throw new Error("no pod for silences");
    const { env, config } = settingsOf(silencePod);
    const kafkaOf = ["--kafka", "--config", config];
    const asked = await squall(["silence", list, "--for", "4h", "--why", "town hall (Jo)", ...kafkaOf], { env });
    expect(asked).toMatchObject({ code: 0, err: "" });
    const listed = await squall(["silences", ...kafkaOf], { env });
    expect(listed.out).toContain(`1  ${list}  until`);

    const sinceMs = performance.now();
    const ends = await Promise.all(services.map(({ service }) => service.signal("SIGTERM")));
    expect(ends).toEqual(ROLES.map(() => ({ code: 0, signal: null })));
    expect(performance.now() - sinceMs).toBeLessThan(STOP_MS);
    for (const { service } of services) expect(service.err).not.toMatch(/authoriz|given up|not taken over/iu);
  },
);
