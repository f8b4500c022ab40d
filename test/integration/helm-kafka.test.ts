// What the Helm chart says of Kafka: topics are those that squall plans, a user of Strimzi may do what docs/services.md has and no more, KEDA
// looks where ingest reads, and pods reach what they are for and nothing else.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, type TestContext } from "vitest";
import { z } from "zod";
import { loadKafkaConfiguration } from "../../services/squall/configuration.ts";
import { plannedTopics } from "../../services/squall/topics/planned-topics.ts";
import { consumerGroup } from "../../shared/domain/topics.ts";
import { chartObjects, NAMESPACE, renderedChart, valuesPath } from "../support/kubernetes/helm-chart.ts";
import { type KubeObject, kubeObjects, ofKind, type Pod, podsOf } from "../support/kubernetes/kube-objects.ts";
import { podSettings, secretTexts } from "../support/kubernetes/pod-settings.ts";
import { strimziRights, strimziTopics } from "../support/kubernetes/strimzi-objects.ts";
import { realPart } from "../support/real-part.ts";
import { documentedRights } from "../support/services/documented-rights.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-chart-kafka-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EVERYTHING = "everything-values.yaml";
const CERTIFICATES = "certificates-values.yaml";
const MINIMAL = "minimal-values.yaml";

/** Topics that squall plans by the configuration that the ingests get. */
async function planned(context: TestContext, objects: readonly KubeObject[]): Promise<Map<string, unknown>> {
  const secrets = secretTexts(realPart("openssl", context), join(folder, "certificates"));
  const all = new Map<string, unknown>();
  for (const pod of podsOf(ofKind(objects, "Deployment"))) {
    const [container] = pod.spec.containers;
    if (container?.args[0] !== "ingest") continue;
    const place = join(folder, pod.of.metadata.name);
    const { env, config } = podSettings(pod, container, { objects, folder: place, secrets });
    for (const { topic, partitions, replication, settings } of plannedTopics(
      await loadKafkaConfiguration({ config }, env, "topics"),
    )) {
      const named = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
      all.set(topic, { topicName: topic, partitions, replicas: replication, config: named });
    }
  }
  return all;
}

describe("topics of Strimzi", () => {
  test.for([EVERYTHING, CERTIFICATES])("%s has those that squall plans, with its settings", async (set, context) => {
    const objects = await chartObjects(context, set);
    const made = new Map(strimziTopics(objects).map((topic) => [topic.topicName, topic]));
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(await planned(context, objects)));
    expect(made.size).toBe(set === EVERYTHING ? 20 : 14);
  });

  test("none goes when the release does", async (context) => {
    const topics = ofKind(await chartObjects(context, EVERYTHING), "KafkaTopic");
    expect(new Set(topics.map(({ metadata }) => metadata.annotations["helm.sh/resource-policy"]))).toEqual(
      new Set(["keep"]),
    );
  });

  test("names of Kafka become names of Kubernetes", async (context) => {
    const args = ["--set", "config.kafka.topicPrefix=Mail_Logs"];
    const text = await renderedChart(realPart("helm", context), valuesPath(EVERYTHING), args);
    const objects = kubeObjects(text);
    expect(ofKind(objects, "KafkaTopic")[0]?.metadata.name).toBe("mail-logs.mail-logs");
    expect(strimziTopics(objects)[0]?.topicName).toBe("Mail_Logs.mail-logs");
  });
});

/** One word a right, `topic squall.mail-logs read`; Describe comes with Read and Write, DescribeConfigs is doctor's. */
function rightsOf(user: KubeObject): string[] {
  return strimziRights(user)
    .flatMap(({ on, name, to }) =>
      to.filter((one) => one === "read" || one === "write").map((one) => `${on} ${name} ${one}`),
    )
    .toSorted();
}

describe("users of Strimzi", () => {
  const documented = (who: string, prefix: string): string[] =>
    documentedRights(who, prefix)
      .flatMap(({ on, name, to }) => to.filter((one) => one !== "describe").map((one) => `${on} ${name} ${one}`))
      .toSorted();

  test.for([
    ["ingest", "ingest"],
    ["assembler", "assembler"],
    ["detector", "detector"],
    ["recorder", "recorder"],
    ["alerter", "alerter"],
    ["console", "console"],
    ["silence", "`squall silence --kafka`"],
  ] as const)("squall-%s may do what docs/services.md has, and no more", async ([name, who], context) => {
    const users = ofKind(await chartObjects(context, EVERYTHING), "KafkaUser");
    const user = users.find(({ metadata }) => metadata.name === `squall-${name}`);
    if (user === undefined) throw new Error(`no user ${name}`);
    expect(rightsOf(user)).toEqual(documented(who, "mail"));
  });

  test("an ingest of another mail system reads that one's lines alone, and shippers write all raw topics", async (context) => {
    const users = ofKind(await chartObjects(context, EVERYTHING), "KafkaUser");
    const rights = new Map(users.map((user) => [user.metadata.name, rightsOf(user)]));
    const own = documented("ingest", "mail").map((one) => one.replace("mail.mail-logs", "berlin.mail-logs"));
    expect(rights.get("squall-ingest-berlin")).toEqual(own.toSorted());
    expect(rights.get("squall-shippers")).toEqual([
      "topic berlin.mail-logs write",
      "topic mail.mail-logs write",
      "topic paris.mail-logs write",
    ]);
    expect([...rights.keys()]).toHaveLength(10);
  });

  test("each service logs in as its own, by the Secret that Strimzi makes", async (context) => {
    for (const set of [EVERYTHING, CERTIFICATES]) {
      const objects = await chartObjects(context, set);
      const users = new Set(ofKind(objects, "KafkaUser").map(({ metadata }) => metadata.name));
      for (const { of, spec } of podsOf(ofKind(objects, "Deployment"))) {
        expect(users).toContain(of.metadata.name);
        expect(spec.volumes.find(({ name }) => name === "kafka")?.secret?.secretName).toBe(of.metadata.name);
        const name = spec.containers[0]?.env.find((one) => one.name === "SQUALL_KAFKA_SASL_USERNAME")?.value;
        expect(name).toBe(set === EVERYTHING ? of.metadata.name : undefined);
      }
    }
  });
});

describe("the user of shippers", () => {
  const user = z.looseObject({ spec: z.looseObject({ authentication: z.object({ type: z.string() }) }) });
  const LOGINS = [
    ["", "scram-sha-512"],
    ["tls", "tls"],
    ["scram-sha-512", "scram-sha-512"],
  ] as const;

  test.for(LOGINS)(
    "with the authentication '%s' of its own logs in by %s, others as they did",
    async (login, context) => {
      const [own, expected] = login;
      const set = ["--set", `strimzi.users.shippersAuthentication=${own}`];
      const text = await renderedChart(realPart("helm", context), valuesPath(EVERYTHING), set);
      const types = ofKind(kubeObjects(text), "KafkaUser").map((one) => [
        one.metadata.name,
        user.parse(one).spec.authentication.type,
      ]);
      expect(types.filter(([name]) => name === "squall-shippers")).toEqual([["squall-shippers", expected]]);
      const others = types.filter(([name]) => name !== "squall-shippers");
      expect(new Set(others.map(([, type]) => type))).toEqual(new Set(["scram-sha-512"]));
    },
  );
});

describe("the pod for silences", () => {
  const job = z.looseObject({ spec: z.looseObject({ suspend: z.boolean(), jobTemplate: z.unknown() }) });

  async function silencePod(context: TestContext, set: string): Promise<Pod> {
    const cronJobs = ofKind(await chartObjects(context, set), "CronJob");
    expect(cronJobs.map((one) => [one.metadata.name, job.parse(one).spec.suspend])).toEqual([["squall-silence", true]]);
    const [pod] = podsOf(cronJobs);
    if (pod === undefined) throw new Error("no pod of a CronJob");
    return pod;
  }

  test.for([EVERYTHING, CERTIFICATES])(
    "of %s never starts by itself, and has its login alone",
    async (set, context) => {
      const { spec } = await silencePod(context, set);
      expect(spec.volumes.map(({ name }) => name)).toEqual(["config", "kafka", "kafka-ca"]);
      expect(spec.volumes.find(({ name }) => name === "kafka")?.secret?.secretName).toBe("squall-silence");
      const users = ofKind(await chartObjects(context, set), "KafkaUser").map(({ metadata }) => metadata.name);
      expect(users).toContain("squall-silence");
    },
  );

  test("is not there without a login for it", async (context) => {
    const without = ["--set", "strimzi.users.silence=false"];
    const text = await renderedChart(realPart("helm", context), valuesPath(EVERYTHING), without);
    const all = [...kubeObjects(text), ...(await chartObjects(context, MINIMAL))];
    expect(all.filter(({ metadata }) => metadata.name.endsWith("-silence"))).toEqual([]);
    expect(all.length).toBeGreaterThan(50);
  });

  test("waits for who asks, ends at once when it is told to, and by itself after an hour", async (context) => {
    const [container] = (await silencePod(context, EVERYTHING)).spec.containers;
    expect(container?.["command"]).toEqual(["/nodejs/bin/node"]);
    const args = container?.args ?? [];
    const waits = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(waits.stdout, "data");
    waits.kill("SIGTERM");
    expect(await once(waits, "exit")).toEqual([0, null]);
    expect(args.join(" ")).toContain("3_600_000");
    const short = spawn(
      process.execPath,
      args.map((one) => one.replace("3_600_000", "1")),
      { stdio: "ignore" },
    );
    expect(await once(short, "exit")).toEqual([0, null]);
  });
});

const scaledObject = z.looseObject({
  spec: z.looseObject({
    scaleTargetRef: z.object({ name: z.string(), envSourceContainerName: z.string() }),
    minReplicaCount: z.number().min(1),
    maxReplicaCount: z.number(),
    triggers: z.tuple([
      z.object({
        type: z.literal("kafka"),
        metadata: z.record(z.string(), z.string()),
        authenticationRef: z.object({ name: z.string() }),
      }),
    ]),
  }),
});
const triggerAuthentication = z.looseObject({
  spec: z.object({
    env: z.array(z.object({ parameter: z.string(), name: z.string(), containerName: z.string() })).default([]),
    secretTargetRef: z.array(z.object({ parameter: z.string(), name: z.string(), key: z.string() })),
  }),
});
const deployment = z.looseObject({ spec: z.looseObject({ replicas: z.number().optional() }) });

describe("KEDA", () => {
  test("has the say over each ingest, and over no other service", async (context) => {
    const objects = await chartObjects(context, EVERYTHING);
    const scaled = ofKind(objects, "ScaledObject").map((one) => scaledObject.parse(one).spec.scaleTargetRef.name);
    expect(scaled).toEqual(["squall-ingest", "squall-ingest-berlin", "squall-ingest-paris"]);
    // A count in the Deployment would be put back at each upgrade.
    const counted = ofKind(objects, "Deployment").filter((one) => "replicas" in deployment.parse(one).spec);
    expect(counted.map(({ metadata }) => metadata.name)).toEqual([
      "squall-assembler",
      "squall-detector",
      "squall-recorder",
      "squall-alerter",
      "squall-console",
    ]);
    const fixed = ofKind(await chartObjects(context, MINIMAL), "Deployment").map(
      (one) => deployment.parse(one).spec.replicas,
    );
    expect(fixed).toEqual([2, 2, 2, 2, 2, 1]);
  });

  test("looks at the topic and the group of the ingest, from the start, with its login", async (context) => {
    const objects = await chartObjects(context, EVERYTHING);
    const [, berlin] = ofKind(objects, "ScaledObject").map((one) => scaledObject.parse(one).spec);
    const [trigger] = berlin?.triggers ?? [];
    expect(trigger?.metadata).toEqual({
      bootstrapServers: "kafka-kafka-bootstrap:9093,kafka-2:9094,kafka-3:9094",
      topic: "berlin.mail-logs",
      consumerGroup: consumerGroup("berlin.mail-logs", "ingest"),
      lagThreshold: "20000",
      offsetResetPolicy: "earliest",
      version: "2.8.0",
      sasl: "scram_sha512",
      tls: "enable",
    });
    const [, login] = ofKind(objects, "TriggerAuthentication");
    expect(login?.metadata.name).toBe(trigger?.authenticationRef.name);
    expect(triggerAuthentication.parse(login).spec).toEqual({
      env: [{ parameter: "username", name: "SQUALL_KAFKA_SASL_USERNAME", containerName: "squall" }],
      secretTargetRef: [
        { parameter: "password", name: "squall-ingest-berlin", key: "password" },
        { parameter: "ca", name: "kafka-cluster-ca-cert", key: "ca.crt" },
      ],
    });
    const [first] = ofKind(await chartObjects(context, CERTIFICATES), "TriggerAuthentication");
    expect(triggerAuthentication.parse(first).spec).toEqual({
      env: [],
      secretTargetRef: [
        { parameter: "ca", name: "kafka-cluster-ca-cert", key: "ca.crt" },
        { parameter: "cert", name: "squall-ingest", key: "user.crt" },
        { parameter: "key", name: "squall-ingest", key: "user.key" },
      ],
    });
  });
});

const ports = z.array(z.object({ protocol: z.enum(["TCP", "UDP"]), port: z.union([z.number(), z.string()]) }));
const policy = z.looseObject({
  spec: z.object({
    podSelector: z.object({ matchExpressions: z.array(z.object({ values: z.array(z.string()) })).default([]) }),
    policyTypes: z.tuple([z.literal("Ingress"), z.literal("Egress")]),
    ingress: z.array(z.object({ ports, from: z.array(z.unknown()).optional() })),
    egress: z.array(z.object({ ports, to: z.array(z.unknown()).optional() })),
  }),
});

/** Ports by which a pod is reached, and which it reaches. */
function ways(object: KubeObject): [string, string, string] {
  const { spec } = policy.parse(object);
  const words = (rules: readonly { readonly ports: z.infer<typeof ports> }[]): string =>
    rules.map((rule) => rule.ports.map(({ protocol, port }) => `${protocol}/${port}`).join(" ")).join(", ");
  return [object.metadata.name, words(spec.ingress), words(spec.egress)];
}

describe("network policies", () => {
  const names = "UDP/53 TCP/53";

  test("let in metrics and the page, and out names, Kafka and what a service is for", async (context) => {
    const services = ofKind(await chartObjects(context, MINIMAL), "NetworkPolicy");
    expect(services.map((one) => ways(one))).toEqual([
      ["squall-ingest", "TCP/metrics", `${names}, TCP/9092`],
      ["squall-assembler", "TCP/metrics", `${names}, TCP/9092`],
      ["squall-detector", "TCP/metrics", `${names}, TCP/9092`],
      ["squall-recorder", "TCP/metrics", `${names}, TCP/9092, TCP/8086`],
      ["squall-alerter", "TCP/metrics", `${names}, TCP/9092, TCP/443`],
      ["squall-console", "TCP/metrics, TCP/page", `${names}, TCP/9092`],
    ]);
  });

  test("name who, where they are told; a doctor reaches what its service does", async (context) => {
    const policies = ofKind(await chartObjects(context, EVERYTHING), "NetworkPolicy");
    const byName = new Map(policies.map((one) => [one.metadata.name, one]));
    const kafka = "TCP/9093 TCP/9094";
    expect(policies.map((one) => ways(one))).toEqual([
      ["squall-ingest", "TCP/metrics", `${names}, ${kafka}, TCP/3128`],
      ["squall-ingest-berlin", "TCP/metrics", `${names}, ${kafka}, TCP/3128`],
      ["squall-ingest-paris", "TCP/metrics", `${names}, ${kafka}, TCP/3128`],
      ["squall-assembler", "TCP/metrics", `${names}, ${kafka}, TCP/3128`],
      ["squall-detector", "TCP/metrics", `${names}, ${kafka}, TCP/3128`],
      ["squall-recorder", "TCP/metrics", `${names}, ${kafka}, TCP/443, TCP/3128`],
      ["squall-alerter", "TCP/metrics", `${names}, ${kafka}, TCP/443 TCP/8443, TCP/3128`],
      ["squall-console", "TCP/metrics, TCP/page", `${names}, ${kafka}, TCP/3128`],
      ["squall-silence", "", `${names}, ${kafka}, TCP/3128`],
    ]);
    const recorder = policy.parse(byName.get("squall-recorder")).spec;
    expect(recorder.podSelector.matchExpressions.map(({ values }) => values)).toEqual([
      ["recorder", "doctor-recorder"],
    ]);
    expect(recorder.egress.filter(({ to }) => to === undefined)).toEqual([]);
    expect(recorder.ingress.map(({ from }) => from)).toEqual([
      [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
    ]);
  });
});

test("the job makes the topics of each mail system before the services come, with a login of its own", async (context) => {
  const objects = await chartObjects(context, "one-login-values.yaml");
  const [pod] = podsOf(ofKind(objects, "Job"));
  if (pod === undefined) throw new Error("no job");
  const before = objects.filter(({ metadata }) => metadata.annotations["helm.sh/hook"] === "pre-install,pre-upgrade");
  expect(before.map(({ kind, metadata }) => [kind, metadata.annotations["helm.sh/hook-weight"]])).toEqual([
    ["NetworkPolicy", "-5"],
    ["ConfigMap", "-5"],
    ["Job", undefined],
  ]);
  // Whatever it names is there before it: a hook of its own, a Secret of the operator's, or the account that every namespace has.
  const maps = pod.spec.volumes.flatMap(({ configMap }) => configMap?.name ?? []);
  expect(maps).toEqual([before[1]?.metadata.name, "company-ca"]);
  expect(pod.spec.serviceAccountName).toBe("default");
  expect(pod.spec.volumes.find(({ name }) => name === "kafka")?.secret?.secretName).toBe("squall-kafka-admin");
  const all = [...pod.spec.initContainers, ...pod.spec.containers];
  const topicOf = ({ env }: (typeof all)[number]): string | undefined =>
    env.find(({ name }) => name === "SQUALL_KAFKA_MAIL_LOGS_TOPIC")?.value;
  expect(all.map((one) => [one.args.slice(0, 2).join(" "), topicOf(one)])).toEqual([
    ["topics --create", undefined],
    ["topics --create", "berlin.mail-logs"],
  ]);
  expect(pod.of.metadata.namespace ?? NAMESPACE).toBe(NAMESPACE);
});
