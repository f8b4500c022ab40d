// The Helm chart, as helm renders it from every set of values: Kubernetes knows every name in it, every pod is closed, every service of it has
// all that it needs and nothing that squall does not know.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, type TestContext } from "vitest";
import { z } from "zod";
import { CHART } from "../../deploy/helm/schema/chart-files.ts";
import {
  loadConsoleConfiguration,
  loadKafkaConfiguration,
  loadServiceConfiguration,
} from "../../services/squall/configuration.ts";
import { STAGES, type Stage } from "../../shared/domain/topics.ts";
import { squallSchema } from "../../services/squall/squall-config.ts";
import { settingsOf } from "../../shared/runtime/config-settings.ts";
import { squall } from "../e2e/squall-process.ts";
import { opennessOf } from "../support/kubernetes/closed-pod.ts";
import {
  chartObjects,
  chartText,
  HELMS,
  NAMESPACE,
  RELEASE,
  renderedChart,
  VALUE_SETS,
  valuesPath,
} from "../support/kubernetes/helm-chart.ts";
import {
  containersOf,
  type KubeObject,
  kubeObjects,
  named,
  ofKind,
  type Pod,
  podsOf,
} from "../support/kubernetes/kube-objects.ts";
import { kubeFaults } from "../support/kubernetes/kubeconform.ts";
import { podSettings, secretTexts } from "../support/kubernetes/pod-settings.ts";
import { realPart } from "../support/real-part.ts";
import { saidBy } from "../support/run-program.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-chart-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MINIMAL = "minimal-values.yaml";
const EVERYTHING = "everything-values.yaml";

describe("helm", () => {
  test.for(HELMS.flatMap((part) => VALUE_SETS.map((name) => [part, name] as const)))(
    "%s finds nothing wrong with %s",
    async ([part, name], context) => {
      const said = await saidBy(realPart(part, context), ["lint", "--strict", CHART, "--values", valuesPath(name)]);
      expect(said.out).toContain("1 chart(s) linted, 0 chart(s) failed");
      expect(said.code).toBe(0);
    },
  );

  test.for(VALUE_SETS)("3 renders %s as 4 does", async (name, context) => {
    const [now, before] = await Promise.all(HELMS.map((part) => chartText(context, name, part)));
    expect(kubeObjects(before ?? "")).toEqual(kubeObjects(now ?? ""));
  });

  test("takes the values that README.md shows, with the Secrets that it makes", async (context) => {
    const page = readFileSync(join(CHART, "README.md"), "utf8");
    const [, values = ""] = /^```yaml\n(.*?)^```/msu.exec(page) ?? [];
    const path = join(folder, "readme-values.yaml");
    writeFileSync(path, values);
    const pods = podsOf(kubeObjects(await renderedChart(realPart("helm", context), path)));
    const needed = pods.flatMap(({ spec }) =>
      spec.volumes.flatMap(({ secret }) => (secret?.items ?? []).map(({ key }) => `${secret?.secretName} ${key}`)),
    );
    const lines = page.matchAll(/create secret generic (\S+) (.*)$/gmu);
    const made = Array.from(lines, ([, name = "", words = ""]) =>
      Array.from(words.matchAll(/--from-(?:literal|file)=([^=]+)=/gu), ([, key]) => `${name} ${key}`),
    );
    expect(made.flat()).toEqual(expect.arrayContaining([...new Set(needed)]));
    expect(new Set(needed).size).toBe(5);
  });
});

describe("Kubernetes", () => {
  test.for(VALUE_SETS)("knows every name in what %s makes", async (name, context) => {
    expect(await kubeFaults(context, await chartText(context, name), folder)).toEqual([]);
  });

  test.for([
    ["readOnlyRootFilesystem", "readonlyRootFilesystem", "Deployment/squall-ingest"],
    ["maxReplicaCount: 12", "maxReplicas: 12", "ScaledObject/squall-ingest"],
    ["parameter: password", "parametr: password", "TriggerAuthentication/squall-ingest"],
    ["interval: 30s", "interval: 30 seconds", "ServiceMonitor/squall"],
    ["containerPort: 9464", 'containerPort: "9464"', "Deployment/squall-ingest"],
  ] as const)("would find %s written as %s", async ([right, wrong, where], context) => {
    const text = await chartText(context, EVERYTHING);
    const faults = await kubeFaults(context, text.replaceAll(right, wrong), folder);
    expect(faults.map((fault) => fault.split(":")[0])).toContain(where);
  });

  test.for(VALUE_SETS)("would find no two objects of one name in what %s makes", async (name, context) => {
    const names = (await chartObjects(context, name)).map((one) => `${one.metadata.namespace ?? ""} ${named(one)}`);
    expect(names.filter((one, index) => names.indexOf(one) !== index)).toEqual([]);
    expect(names.filter((one) => (one.split("/")[1] ?? "").length > 63)).toEqual([]);
  });
});

describe("pods", () => {
  test.for(VALUE_SETS)("of %s are closed", async (name, context) => {
    const pods = podsOf(await chartObjects(context, name));
    expect(pods.flatMap((pod) => opennessOf(pod).map((fault) => `${named(pod.of)}: ${fault}`))).toEqual([]);
    expect(pods.length).toBeGreaterThan(7);
  });

  test("would be found open", async (context) => {
    const text = await chartText(context, MINIMAL);
    const open = text
      .replaceAll("runAsNonRoot: true", "runAsNonRoot: false")
      .replaceAll("drop: [ALL]", "drop: []")
      .replaceAll("readOnly: true", "readOnly: false")
      .replaceAll("automountServiceAccountToken: false", "automountServiceAccountToken: true");
    const [pod] = podsOf(kubeObjects(open));
    expect(pod === undefined ? [] : opennessOf(pod)).toEqual([
      "it may be root",
      "it has a token",
      "it may be root",
      "it has capabilities",
      "config can be written to",
    ]);
  });

  test.for(VALUE_SETS)("of %s stop in time, answer for themselves, and have bounds", async (name, context) => {
    const services = ofKind(await chartObjects(context, name), "Deployment");
    for (const pod of podsOf(services)) {
      const [container] = pod.spec.containers;
      // A stop takes 10 s at most.
      expect(pod.spec["terminationGracePeriodSeconds"]).toBeGreaterThanOrEqual(30);
      expect(container?.startupProbe?.httpGet).toEqual({ path: "/healthz", port: "metrics" });
      expect(container?.livenessProbe?.httpGet).toEqual({ path: "/healthz", port: "metrics" });
      expect(container?.readinessProbe?.httpGet).toEqual({ path: "/readyz", port: "metrics" });
      expect(pod.annotations["checksum/config"]).toMatch(/^[0-9a-f]{64}$/u);
    }
    expect(services.length).toBeGreaterThan(3);
  });

  test("of one service are spread over zones and machines, new ones apart from old", async (context) => {
    const pods = podsOf(ofKind(await chartObjects(context, MINIMAL), "Deployment"));
    expect(pods.length).toBeGreaterThan(3);
    for (const { spec, labels } of pods) {
      const matchLabels = {
        "app.kubernetes.io/name": "squall",
        "app.kubernetes.io/instance": "squall",
        "app.kubernetes.io/component": labels["app.kubernetes.io/component"],
      };
      const rule = { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", matchLabelKeys: ["pod-template-hash"] };
      expect(spec["topologySpreadConstraints"]).toEqual([
        { ...rule, topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels } },
        { ...rule, topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels } },
      ]);
    }
  });

  test("are spread as the values say, each service by its own pods", async (context) => {
    const pods = podsOf(ofKind(await chartObjects(context, EVERYTHING), "Deployment"));
    const spread = z.array(
      z.object({
        whenUnsatisfiable: z.string(),
        labelSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
      }),
    );
    const own = pods.map(({ spec, labels }) => {
      const [first] = spread.parse(spec["topologySpreadConstraints"]);
      return [
        labels["app.kubernetes.io/component"],
        first?.whenUnsatisfiable,
        first?.labelSelector.matchLabels["app.kubernetes.io/component"],
      ];
    });
    expect(own).toEqual(own.map(([component]) => [component, "DoNotSchedule", component]));
  });

  test("other settings are other pods, another chart version is not", async (context) => {
    const helm = realPart("helm", context);
    const before = templatesIn(await chartText(context, MINIMAL));
    const set = ["--set", "config.site=south"];
    expect(templatesIn(await renderedChart(helm, valuesPath(MINIMAL), set))).not.toEqual(before);
    const next = join(folder, "next");
    mkdirSync(next);
    await saidBy(helm, ["package", CHART, "--version", "9.9.9", "--destination", next]);
    const args = ["--namespace", NAMESPACE, "--values", valuesPath(MINIMAL)];
    const { out } = await saidBy(helm, ["template", RELEASE, join(next, "squall-9.9.9.tgz"), ...args]);
    expect(out).toContain("helm.sh/chart: squall-9.9.9");
    expect(templatesIn(out)).toEqual(before);
  });

  test.for(VALUE_SETS)("of %s are each chosen by one policy, services by one budget too", async (name, context) => {
    const objects = await chartObjects(context, name);
    const choosers = [...ofKind(objects, "PodDisruptionBudget"), ...ofKind(objects, "NetworkPolicy")];
    const chosen = podsOf(objects).map((pod) => [
      named(pod.of),
      ...choosers.filter((one) => isChosen(one, pod)).map(({ kind }) => kind),
    ]);
    const isClosed = choosers.length > 0;
    const expected = podsOf(objects).map(({ of }) => [
      named(of),
      ...(isClosed && of.kind === "Deployment" ? ["PodDisruptionBudget"] : []),
      ...(isClosed ? ["NetworkPolicy"] : []),
    ]);
    expect(chosen).toEqual(expected);
    expect(isClosed).toBe(name !== "certificates-values.yaml");
  });
});

const deployment = z.looseObject({
  spec: z.looseObject({
    replicas: z.number(),
    strategy: z.object({ rollingUpdate: z.object({ maxUnavailable: z.number(), maxSurge: z.number() }) }),
  }),
});

/** Of each Deployment of a set of values, by its name. */
async function deploymentsOf(context: TestContext, set: string) {
  const objects = ofKind(await chartObjects(context, set), "Deployment");
  return new Map(objects.map((one) => [one.metadata.name, deployment.parse(one).spec]));
}

test("a mail system of its own has a count of its own", async (context) => {
  const specs = await deploymentsOf(context, "one-login-values.yaml");
  const counts = ["storms-ingest", "storms-ingest-berlin"].map((name) => specs.get(name)?.replicas);
  expect(counts).toEqual([2, 3]);
});

test("an installation that is waited for leaves no service without a process that is ready", async (context) => {
  const specs = await deploymentsOf(context, MINIMAL);
  // Helm 3 waits for as many.
  const awaited = [...specs.values()].map(({ replicas, strategy }) => replicas - strategy.rollingUpdate.maxUnavailable);
  expect(awaited).toHaveLength(6);
  expect(Math.min(...awaited)).toBeGreaterThan(0);
  const surges = [...specs].filter(([, { strategy }]) => strategy.rollingUpdate.maxSurge > 0);
  expect(surges.map(([name]) => name)).toEqual(["squall-console"]);
});

const policy = z.looseObject({
  spec: z.looseObject({
    egress: z.array(
      z.object({
        ports: z.array(z.object({ protocol: z.string(), port: z.number() })),
        to: z.array(z.looseObject({ ipBlock: z.object({ cidr: z.string() }).optional() })).default([]),
      }),
    ),
  }),
});

test("names are asked of pods, or of what each node has under a link-local address, of that by port 53 alone", async (context) => {
  const policies = ofKind(await chartObjects(context, MINIMAL), "NetworkPolicy");
  expect(policies.length).toBeGreaterThan(5);
  for (const { egress } of policies.map((one) => policy.parse(one).spec)) {
    const local = egress.filter(({ to }) => to.some(({ ipBlock }) => ipBlock?.cidr === "169.254.0.0/16"));
    expect(local.flatMap(({ ports }) => ports)).toEqual([
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ]);
    expect(local.flatMap(({ to }) => to)).toContainEqual({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    });
  }
});

/** What a Deployment starts its pods anew by. */
function templatesIn(text: string): unknown[] {
  const pods = podsOf(ofKind(kubeObjects(text), "Deployment"));
  return pods.map(({ labels, annotations, spec }) => ({ labels, annotations, spec }));
}

const selector = z.object({
  matchLabels: z.record(z.string(), z.string()),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.literal("In"), values: z.array(z.string()) }))
    .default([]),
});
const chooser = z.looseObject({
  spec: z.looseObject({ selector: selector.optional(), podSelector: selector.optional() }),
});

function isChosen(by: KubeObject, { labels }: Pod): boolean {
  const { spec } = chooser.parse(by);
  const { matchLabels, matchExpressions } = selector.parse(spec.selector ?? spec.podSelector);
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ""))
  );
}

/** What a process of the chart would run by: the words of the pod say for whom. */
async function configurationOf(pod: Pod, context: TestContext, objects: readonly KubeObject[]): Promise<object[]> {
  const secrets = secretTexts(realPart("openssl", context), join(folder, "certificates"));
  return Promise.all(
    containersOf(pod).map(async (container) => {
      const place = join(folder, named(pod.of), container.name);
      const { args, env, config } = podSettings(pod, container, { objects, folder: place, secrets });
      const role = args[0] === "doctor" ? args[2] : args[0];
      if (pod.of.kind === "CronJob") return { kafka: await loadKafkaConfiguration({ config }, env, "silence") };
      if (role === "topics") return { kafka: await loadKafkaConfiguration({ config }, env, "topics") };
      if (role === "console") return loadConsoleConfiguration({ config }, env);
      return loadServiceConfiguration({ config }, env, stageOf(role));
    }),
  );
}

function stageOf(role: string | undefined): Stage {
  const stage = STAGES.find((one) => one === role);
  if (stage === undefined) throw new Error(`squall has no ${role}`);
  return stage;
}

describe("squall", () => {
  test.for(VALUE_SETS)("has all that it needs from %s", async (name, context) => {
    const objects = await chartObjects(context, name);
    const configured = podsOf(objects).map((pod) => configurationOf(pod, context, objects));
    for (const of of (await Promise.all(configured)).flat()) expect(of).toHaveProperty("kafka.brokers");
  });

  test.for(VALUE_SETS)("knows every variable of %s, and none stands there twice", async (name, context) => {
    const known = new Set(settingsOf(squallSchema({}), "SQUALL").map(({ env }) => env));
    for (const pod of podsOf(await chartObjects(context, name))) {
      for (const { env } of containersOf(pod)) {
        const names = env.map((one) => one.name);
        expect(names.filter((one) => one.startsWith("SQUALL_") && !known.has(one))).toEqual([]);
        expect(new Set(names).size).toBe(names.length);
      }
    }
  });

  test("takes it on its own command line, whole", async (context) => {
    const objects = await chartObjects(context, EVERYTHING);
    const secrets = secretTexts(realPart("openssl", context), join(folder, "certificates"));
    const services = podsOf(ofKind(objects, "Deployment")).filter(
      ({ of }) => !/-(?:berlin|paris)$/u.test(of.metadata.name),
    );
    expect(services).toHaveLength(6);
    const checked = services.map(async (pod) => {
      const [container] = pod.spec.containers;
      if (container === undefined) throw new Error("no container");
      const place = join(folder, "checked", named(pod.of));
      const { args, env, config } = podSettings(pod, container, { objects, folder: place, secrets });
      const said = await squall(["check-config", config, "--for", args[0] ?? ""], { env });
      return { of: pod.of.metadata.name, code: said.code, err: said.err };
    });
    for (const { of, code, err } of await Promise.all(checked)) expect({ of, code, err }).toMatchObject({ code: 0 });
  });

  test.for([
    [MINIMAL, "0.0.0.0"],
    [EVERYTHING, "::"],
  ] as const)(
    "%s: listens where probes, Services and policies look, on all addresses",
    async ([name, host], context) => {
      const objects = await chartObjects(context, name);
      for (const pod of podsOf(ofKind(objects, "Deployment"))) {
        const [configuration] = await configurationOf(pod, context, objects);
        const ports = new Map(pod.spec.containers[0]?.ports.map((port) => [port.name, port.containerPort]));
        expect(configuration).toHaveProperty("metrics.address", { host, port: ports.get("metrics") });
        const isPage = pod.labels["app.kubernetes.io/component"] === "console";
        expect([...ports.keys()]).toEqual(isPage ? ["metrics", "page"] : ["metrics"]);
        const page = isPage ? { console: { address: { host, port: ports.get("page") } } } : {};
        expect(configuration).toMatchObject(page);
      }
    },
  );

  test("each process gets the secrets of its own role, and no others", async (context) => {
    const pods = podsOf(ofKind(await chartObjects(context, EVERYTHING), "Deployment"));
    const mounted = pods.map(({ of, spec }) => [of.metadata.name, ...spec.volumes.map(({ name }) => name).toSorted()]);
    expect(mounted).toEqual([
      ["squall-ingest", "config", "kafka", "kafka-ca"],
      ["squall-ingest-berlin", "config", "kafka", "kafka-ca"],
      ["squall-ingest-paris", "config", "kafka", "kafka-ca"],
      ["squall-assembler", "config", "kafka", "kafka-ca", "pseudonym"],
      ["squall-detector", "config", "kafka", "kafka-ca", "pseudonym"],
      ["squall-recorder", "config", "influx", "influx-ca", "kafka", "kafka-ca"],
      ["squall-alerter", "company", "config", "kafka", "kafka-ca", "receivers"],
      ["squall-console", "config", "console", "kafka", "kafka-ca"],
    ]);
  });
});
