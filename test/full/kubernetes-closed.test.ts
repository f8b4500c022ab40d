// The chart installed in a namespace that asks for the restricted standard: its account may do nothing, and each pod stands behind
// policies of the network and a budget that lets nodes be emptied.

import { describe, expect, test, type TestContext } from "vitest";
import { z } from "zod";

import { CHART } from "../../deploy/helm/schema/chart-files.ts";
import { pollUntil } from "../support/poll.ts";
import { HELM_VERSIONS, VALUES_OF_RELEASE } from "../support/real-helm.ts";
import { sharedRealKubernetes, type RealKubernetes } from "../support/real-kubernetes.ts";

const TEST_MS = 300_000;
const NAMESPACE = "squall";
const IN = `--namespace=${NAMESPACE}`;

const sharedPlane = sharedRealKubernetes();
let installing: Promise<RealKubernetes> | undefined;

/** With the chart installed, and its own tests run; once for all tests. */
function installed(context: TestContext): Promise<RealKubernetes> {
  installing ??= install(context);
  return installing;
}

async function install(context: TestContext): Promise<RealKubernetes> {
  const plane = await sharedPlane(context);
  await plane.addNamespace(NAMESPACE, "restricted");
  const helm = HELM_VERSIONS[0].on(plane, context);
  await helm("install", "storms", CHART, IN, "--values", VALUES_OF_RELEASE, "--wait", "--timeout", "120s");
  // Its pods stay, and are to be as closed as all others.
  await helm("test", "storms", IN, "--timeout", "120s");
  return plane;
}

/** Services, not what runs once and ends. */
const STAYING = "--field-selector=status.phase=Running";

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.looseObject({
        serviceAccountName: z.string(),
        automountServiceAccountToken: z.boolean(),
        nodeName: z.string(),
        volumes: z.array(z.unknown()).default([]),
      }),
    }),
  ),
});

type Pod = z.infer<typeof podList>["items"][number];

async function pods({ kubectl }: RealKubernetes, ...which: readonly string[]): Promise<Pod[]> {
  return podList.parse(JSON.parse(await kubectl(["get", "pods", IN, "--output=json", ...which]))).items;
}

async function podNames(plane: RealKubernetes, ...which: readonly string[]): Promise<string[]> {
  return (await pods(plane, ...which)).map(({ metadata }) => metadata.name).toSorted();
}

describe("the account of the pods", () => {
  const NOBODY = "nobody";

  test("is its own, and no pod has its token", { timeout: TEST_MS }, async (context) => {
    const plane = await installed(context);
    const all = await pods(plane);
    expect(all.filter(({ metadata }) => metadata.name.includes("-doctor-")).length).toBeGreaterThan(5);
    expect((await pods(plane, STAYING)).length).toBeGreaterThan(5);
    for (const { metadata, spec } of all) {
      expect({ ...metadata, account: spec.serviceAccountName, has: spec.automountServiceAccountToken }).toEqual({
        ...metadata,
        account: "storms-squall",
        has: false,
      });
      expect(JSON.stringify(spec.volumes)).not.toContain("serviceAccountToken");
    }
  });

  /** What an account may do in the namespace: as kubectl tells it, and as the API server tells the account itself. */
  async function rightsOf({ kubectl }: RealKubernetes, namespace: string, account: string): Promise<Rights> {
    const user = `system:serviceaccount:${namespace}:${account}`;
    const token = (await kubectl(["create", "token", account, `--namespace=${namespace}`])).trim();
    const spec = { namespace: NAMESPACE };
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec };
    const path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    const answer = await kubectl(["create", `--raw=${path}`, `--token=${token}`, "-f", "-"], JSON.stringify(review));
    const { resourceRules, nonResourceRules } = answered.parse(JSON.parse(answer)).status;
    return {
      told: await kubectl(["auth", "can-i", "--list", IN, `--as=${user}`]),
      rules: [...resourceRules, ...nonResourceRules].map((rule) => JSON.stringify(rule)).toSorted(),
      resources: new Set(resourceRules.flatMap((rule) => rule.resources)),
    };
  }

  const answered = z.object({
    status: z.object({
      resourceRules: z.array(z.looseObject({ resources: z.array(z.string()) })),
      nonResourceRules: z.array(z.unknown()),
    }),
  });

  interface Rights {
    readonly told: string;
    readonly rules: readonly string[];
    readonly resources: ReadonlySet<string>;
  }

  test("may do what an account without any right may", { timeout: TEST_MS }, async (context) => {
    const plane = await installed(context);
    await plane.addNamespace(NOBODY);
    const nothing = await rightsOf(plane, NOBODY, "default");
    expect(await rightsOf(plane, NAMESPACE, "storms-squall")).toEqual(nothing);
    // It may ask what it may do, and who it is; of resources that is all.
    expect([...nothing.resources].toSorted()).toEqual([
      "selfsubjectaccessreviews",
      "selfsubjectreviews",
      "selfsubjectrulesreviews",
    ]);
    // One with a right is told from it.
    const view = ["--clusterrole=view", `--serviceaccount=${NOBODY}:default`, IN];
    await plane.kubectl(["create", "rolebinding", "sees", ...view]);
    const maySee = async (): Promise<boolean> => (await rightsOf(plane, NOBODY, "default")).resources.has("pods");
    await pollUntil(maySee, { deadlineMs: 30_000, what: "the right to see pods" });
  });

  test.for([
    ["get", "secrets"],
    ["list", "pods"],
    ["create", "pods"],
  ] as const)("is refused when it would %s %s", { timeout: TEST_MS }, async ([verb, resource], context) => {
    const plane = await installed(context);
    const token = (await plane.kubectl(["create", "token", "storms-squall", IN])).trim();
    const path = `/api/v1/namespaces/${NAMESPACE}/${resource}${verb === "get" ? "/anything" : ""}`;
    const words = verb === "create" ? ["create", `--raw=${path}`, "-f", "-"] : ["get", `--raw=${path}`];
    const user = `system:serviceaccount:${NAMESPACE}:storms-squall`;
    await expect(plane.kubectl([...words, `--token=${token}`], "{}")).rejects.toThrow(
      `User "${user}" cannot ${verb} resource "${resource}"`,
    );
    const its = plane.refused(NAMESPACE).filter((request) => request.user === user);
    expect(its.map((request) => [request.verb, request.resource])).toContainEqual([verb, resource]);
  });
});

const selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.literal("In"), values: z.array(z.string()) }))
    .default([]),
});

/** Names of the pods that a selector of labels chooses, by the API server's own word. */
async function chosen(plane: RealKubernetes, asked: unknown): Promise<string[]> {
  const { matchLabels, matchExpressions } = selector.parse(asked);
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const oneOf = matchExpressions.map(({ key, values }) => `${key} in (${values.join(",")})`);
  return podNames(plane, `--selector=${[...labels, ...oneOf].join(",")}`);
}

async function objects({ kubectl }: RealKubernetes, kind: string): Promise<z.infer<typeof looseObject>[]> {
  const answer = await kubectl(["get", kind, IN, "--output=json"]);
  return z.object({ items: z.array(looseObject) }).parse(JSON.parse(answer)).items;
}

const looseObject = z.looseObject({
  metadata: z.object({ name: z.string() }),
  spec: z.looseObject({ policyTypes: z.array(z.string()).default([]) }),
  status: z.looseObject({ disruptionsAllowed: z.number().optional() }).default({}),
});

test.for(["Ingress", "Egress"])("a policy binds the %s of each pod", { timeout: TEST_MS }, async (type, context) => {
  const plane = await installed(context);
  const policies = (await objects(plane, "networkpolicies")).filter(({ spec }) => spec.policyTypes.includes(type));
  const bound = await Promise.all(policies.map(({ spec }) => chosen(plane, spec["podSelector"])));
  expect([...new Set(bound.flat())].toSorted()).toEqual(await podNames(plane));
});

describe("a node is emptied", () => {
  const drain = (node: string, ...more: readonly string[]): string[] => [
    "drain",
    node,
    "--ignore-daemonsets",
    "--delete-emptydir-data",
    ...more,
  ];

  test("each pod of a service is in one budget, which lets one go", { timeout: TEST_MS }, async (context) => {
    const plane = await installed(context);
    const budgets = await objects(plane, "poddisruptionbudgets");
    expect(budgets.filter(({ status }) => status.disruptionsAllowed !== 1)).toEqual([]);
    // Of two budgets for one pod none would let it go.
    const counted = await Promise.all(budgets.map(({ spec }) => chosen(plane, spec["selector"])));
    expect(counted.flat().toSorted()).toEqual(await podNames(plane, STAYING));
  });

  test("one after the other, and the services stand again elsewhere", { timeout: TEST_MS }, async (context) => {
    const plane = await installed(context);
    const nodes = [...new Set((await pods(plane)).map(({ spec }) => spec.nodeName))];
    expect(nodes.length).toBe(3);
    for (const node of nodes) {
      await plane.kubectl(drain(node, "--timeout=90s"));
      await plane.kubectl(["rollout", "status", "deployment", IN, "--timeout=90s"]);
      expect((await pods(plane)).filter(({ spec }) => spec.nodeName === node)).toEqual([]);
      await plane.kubectl(["uncordon", node]);
    }
  });

  test("not where a budget lets nobody go", { timeout: TEST_MS }, async (context) => {
    const plane = await installed(context);
    const budget = ["create", "poddisruptionbudget", "stays", "--selector=app=stays", "--min-available=100%"];
    await plane.kubectl([...budget, "--namespace=default"]);
    await plane.kubectl(["create", "deployment", "stays", "--image=stays", "--replicas=1", "--namespace=default"]);
    await plane.kubectl(["rollout", "status", "deployment/stays", "--namespace=default", "--timeout=60s"]);
    const where = [
      "get",
      "pods",
      "--namespace=default",
      "--selector=app=stays",
      "--output=jsonpath={.items[0].spec.nodeName}",
    ];
    const node = await plane.kubectl(where);
    await expect(plane.kubectl(drain(node, "--pod-selector=app=stays", "--timeout=4s"))).rejects.toThrow(
      "Cannot evict pod as it would violate the pod's disruption budget",
    );
    await plane.kubectl(["uncordon", node]);
  });
});
