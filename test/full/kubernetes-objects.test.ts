// Every object that the chart makes of the values in its folder ci, and every object of the Kustomize overlays: a real API server takes
// it, field by field, and would let the pods of it into a namespace that asks for the restricted standard. It refuses what is misspelt, and
// pods that break the standard.

import { globSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test, type TestContext } from "vitest";
import { z } from "zod";

import { ROOT } from "../e2e/squall-process.ts";
import { CHART } from "../../deploy/helm/schema/chart-files.ts";
import { VALUE_SETS, valuesPath } from "../support/kubernetes/helm-chart.ts";
import { kubeObjects, podsOf, type KubeObject } from "../support/kubernetes/kube-objects.ts";
import { pollUntil } from "../support/poll.ts";
import { HELM_VERSIONS, VALUES_OF_RELEASE, type HelmVersion } from "../support/real-helm.ts";
import { sharedRealKubernetes, type RealKubernetes } from "../support/real-kubernetes.ts";

const START_MS = 300_000;
const OVERLAYS = globSync("deploy/kustomize/overlays/*", { cwd: ROOT }).toSorted();
/** Its definitions are in no package that could be installed here: nobody can say of these whether they are right. */
const UNKNOWN_HERE = /^kafka\.strimzi\.io\//u;

const sharedPlane = sharedRealKubernetes();

let namespaces = 0;

/** A namespace of its own, with the accounts that are among the objects and the priorities they name: without these no pod is let in. */
async function placeFor(plane: RealKubernetes, objects: readonly KubeObject[]): Promise<string> {
  namespaces += 1;
  const namespace = await plane.addNamespace(`objects-${namespaces}`, "restricted");
  const accounts = objects.filter(({ kind }) => kind === "ServiceAccount").map((one) => inNamespace(one, namespace));
  const needed = [...accounts, ...prioritiesOf(podObjects(objects))];
  if (needed.length > 0) await plane.kubectl(["apply", "-f", "-"], listOf(needed));
  return namespace;
}

/** The pods that a cluster would make of them, each as somebody would make it by hand. */
function podObjects(objects: readonly KubeObject[]): KubeObject[] {
  return podsOf(objects).map(({ of, labels, annotations, spec }) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: of.metadata.name, labels, annotations },
    spec,
  }));
}

function listOf(items: readonly KubeObject[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

const prioritised = z.object({ spec: z.object({ priorityClassName: z.string().optional() }) });

function prioritiesOf(pods: readonly KubeObject[]): KubeObject[] {
  const names = new Set(pods.flatMap((pod) => prioritised.parse(pod).spec.priorityClassName ?? []));
  return [...names].map((name) => ({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name, labels: {}, annotations: {} },
    value: 1,
  }));
}

async function rendered(
  context: TestContext,
  values: string,
  { on }: HelmVersion = HELM_VERSIONS[0],
): Promise<KubeObject[]> {
  const helm = on(await sharedPlane(context), context);
  return kubeObjects(await helm("template", "storms", CHART, "--values", values));
}

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Fields that it does not know are refused too. */
const ASK = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-"];

/** What the server says against the objects and the pods of them; nothing where it takes all. */
async function refusalOf(plane: RealKubernetes, objects: readonly KubeObject[]): Promise<string> {
  const known = objects.filter(({ apiVersion }) => !UNKNOWN_HERE.test(apiVersion));
  const namespace = await placeFor(plane, known);
  const asked = [...known, ...podObjects(known)].map((object) => inNamespace(object, namespace));
  return plane.kubectl(ASK, listOf(asked)).then(() => "", String);
}

test("there are values and overlays to look at", () => {
  expect(VALUE_SETS.length).toBeGreaterThan(3);
  expect(OVERLAYS.length).toBeGreaterThan(1);
});

describe.each(HELM_VERSIONS)("what Helm $version makes of the chart", (helm) => {
  test.for(VALUE_SETS)("with %s is taken, and its pods are let in", { timeout: START_MS }, async (values, context) => {
    const plane = await sharedPlane(context);
    const objects = await rendered(context, valuesPath(values), helm);
    expect(podObjects(objects).length).toBeGreaterThan(0);
    expect(await refusalOf(plane, objects)).toBe("");
  });
});

test.for(OVERLAYS)(
  "the objects of %s are taken, and its pods are let in",
  { timeout: START_MS },
  async (overlay, context) => {
    const plane = await sharedPlane(context);
    const objects = kubeObjects(await plane.kubectl(["kustomize", join(ROOT, overlay)]));
    expect(podObjects(objects).length).toBeGreaterThan(0);
    expect(await refusalOf(plane, objects)).toBe("");
  },
);

describe("a misspelt field", () => {
  /** The objects of the first values in ci that bring one of the kind. */
  const objectsWith = async (kind: string, context: TestContext): Promise<KubeObject[]> => {
    for (const values of VALUE_SETS) {
      const objects = await rendered(context, valuesPath(values));
      if (objects.some((object) => object.kind === kind)) return objects;
    }
    throw new Error(`no values in ci bring a ${kind}`);
  };

  test.for(["Deployment", "NetworkPolicy", "PodDisruptionBudget", "ScaledObject", "ServiceMonitor", "PrometheusRule"])(
    "of a %s is refused by its name",
    { timeout: START_MS },
    async (kind, context) => {
      const plane = await sharedPlane(context);
      const objects = await objectsWith(kind, context);
      expect(await refusalOf(plane, objects)).toBe("");
      const one = objects.find((object) => object.kind === kind);
      const [[field, value] = [], ...others] = Object.entries(z.looseObject({}).parse(one?.["spec"]));
      const spec = { [`${field}x`]: value, ...Object.fromEntries(others) };
      const misspelt = objects.map((object) => (object === one ? { ...object, spec } : object));
      expect(await refusalOf(plane, misspelt)).toContain(`${field}x`);
    },
  );
});

describe("what breaks the standard", () => {
  type Spec = z.infer<typeof specSchema>;
  type Rights = Spec["securityContext"];
  const withRights = z.looseObject({ securityContext: z.record(z.string(), z.unknown()).default({}) });
  const specSchema = withRights.extend({ containers: z.array(withRights), volumes: z.array(z.unknown()) });
  const ofContainers = (spec: Spec, change: (rights: Rights) => Rights): Spec => ({
    ...spec,
    containers: spec.containers.map((one) => ({ ...one, securityContext: change(one.securityContext) })),
  });

  const SPOILT: readonly (readonly [rule: string, spoil: (spec: Spec) => Spec])[] = [
    ["privileged", (spec) => ofContainers(spec, () => ({ privileged: true }))],
    ["allowPrivilegeEscalation != false", (spec) => ofContainers(spec, () => ({}))],
    ["unrestricted capabilities", (spec) => ofContainers(spec, (rights) => ({ ...rights, capabilities: {} }))],
    ["runAsNonRoot != true", (spec) => ofContainers(spec, (rights) => ({ ...rights, runAsNonRoot: false }))],
    ["runAsUser=0", (spec) => ofContainers(spec, (rights) => ({ ...rights, runAsUser: 0 }))],
    [
      "seccompProfile",
      (spec) => ofContainers(spec, (rights) => ({ ...rights, seccompProfile: { type: "Unconfined" } })),
    ],
    ["host namespaces", (spec) => ({ ...spec, hostNetwork: true })],
    [
      "restricted volume types",
      (spec) => ({ ...spec, volumes: [...spec.volumes, { name: "host", hostPath: { path: "/" } }] }),
    ],
  ];

  /** A pod of the chart, with something changed in it, and where it may be tried. */
  async function podWith(context: TestContext, spoil: (spec: Spec) => Spec): Promise<[RealKubernetes, KubeObject]> {
    const plane = await sharedPlane(context);
    const objects = await rendered(context, VALUES_OF_RELEASE);
    const namespace = await placeFor(plane, objects);
    const [pod] = podObjects(objects);
    if (pod === undefined) throw new Error("the chart makes no pod");
    return [plane, { ...inNamespace(pod, namespace), spec: spoil(specSchema.parse(pod["spec"])) }];
  }

  test("is not in a pod of the chart", { timeout: START_MS }, async (context) => {
    const [{ kubectl }, pod] = await podWith(context, (spec) => spec);
    expect(await kubectl(["create", "-f", "-"], JSON.stringify(pod))).toContain("created");
  });

  test.for(SPOILT)("%s: the pod is refused", { timeout: START_MS }, async ([rule, spoil], context) => {
    const [{ kubectl }, pod] = await podWith(context, spoil);
    const refusal = kubectl(["create", "-f", "-"], JSON.stringify(pod)).then(() => "", String);
    expect(await refusal).toMatch(/violates PodSecurity "restricted:/u);
    expect(await refusal).toContain(rule);
  });

  test("a Deployment is taken, and its pods are refused", { timeout: START_MS }, async (context) => {
    const [{ kubectl, refused }, pod] = await podWith(context, (spec) => ofContainers(spec, () => ({})));
    const { namespace = "" } = pod.metadata;
    const labels = { app: "spoilt" };
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "spoilt", namespace },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod["spec"] } },
    };
    expect(refused(namespace)).toEqual([]);
    expect(await kubectl(["create", "-f", "-"], JSON.stringify(deployment))).toContain(
      "deployment.apps/spoilt created",
    );
    const isRefused = (): boolean =>
      refused(namespace).some(
        ({ user, message }) => user.endsWith(":replicaset-controller") && message.includes("unrestricted capabilities"),
      );
    await pollUntil(isRefused, { deadlineMs: 30_000, what: "the pods of the spoilt Deployment to be refused" });
  });
});
