// The life of a release of the chart in a namespace that asks for the restricted standard, with Helm 4 and Helm 3: installed, brought to
// the next version and back again, each time until all of it stands; and taken away. The same without Helm.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { z } from "zod";

import { CHART } from "../../deploy/helm/schema/chart-files.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { closersAfterEach } from "../support/closers.ts";
import { HELM_VERSIONS, VALUES_OF_RELEASE } from "../support/real-helm.ts";
import { sharedRealKubernetes, type RealKubernetes } from "../support/real-kubernetes.ts";

const RELEASE_MS = 600_000;
const WAIT = ["--wait", "--timeout", "120s"] as const;
const PREVIOUS_VERSION = "0.0.9";
/** In which the previous release differs, beside its version: fewer processes, and another line in squall's configuration. */
const PREVIOUS_VALUES = ["--set", "services.assembler.replicas=1", "--set", "config.subjects=true"] as const;

const INGEST = "storms-squall-ingest";
const ASSEMBLER = "storms-squall-assembler";

const closers = closersAfterEach();
const sharedPlane = sharedRealKubernetes();

/** The chart as the version before this one. Nothing was released yet: it is this one under another number. */
function previousChart(): string {
  const folder = mkdtempSync(join(tmpdir(), "squall-chart-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const chart = join(folder, "squall");
  cpSync(CHART, chart, { recursive: true });
  const chartFile = join(chart, "Chart.yaml");
  const versioned = readFileSync(chartFile, "utf8").replace(/^version: .*$/mu, `version: ${PREVIOUS_VERSION}`);
  writeFileSync(chartFile, versioned);
  return chart;
}

function thisVersion(): string {
  const [, version = ""] = /^version: (.*)$/mu.exec(readFileSync(join(CHART, "Chart.yaml"), "utf8")) ?? [];
  return version;
}

const deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), generation: z.number(), labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        replicas: z.number(),
        template: z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }) }),
      }),
      status: z.object({
        observedGeneration: z.number(),
        updatedReplicas: z.number().default(0),
        readyReplicas: z.number().default(0),
        replicas: z.number().default(0),
      }),
    }),
  ),
});

interface Standing {
  /** Of each Deployment: the version of the chart that it is of. */
  readonly chart: Readonly<Record<string, string>>;
  /** Of each: how many pods it is to have. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Of squall's configuration, as the pods were started with it. */
  readonly checksums: ReadonlySet<string>;
  /** Deployments whose pods are not all of the newest kind and ready. */
  readonly unfinished: readonly string[];
}

async function standing({ kubectl }: RealKubernetes, namespace: string): Promise<Standing> {
  const answer = await kubectl(["get", "deployments", `--namespace=${namespace}`, "--output=json"]);
  const { items } = deployments.parse(JSON.parse(answer));
  const ofEach = <T>(what: (item: (typeof items)[number]) => T): Record<string, T> =>
    Object.fromEntries(items.map((item) => [item.metadata.name, what(item)]));
  return {
    chart: ofEach(({ metadata }) => metadata.labels["helm.sh/chart"] ?? ""),
    replicas: ofEach(({ spec }) => spec.replicas),
    checksums: new Set(items.map(({ spec }) => spec.template.metadata.annotations["checksum/config"] ?? "")),
    unfinished: items
      .filter(({ metadata, spec, status }) => {
        const isNewest = status.observedGeneration === metadata.generation && status.updatedReplicas === spec.replicas;
        return !isNewest || status.readyReplicas !== spec.replicas || status.replicas !== spec.replicas;
      })
      .map(({ metadata }) => metadata.name),
  };
}

function only<T>(values: Iterable<T>): T {
  const [value, ...others] = new Set(values);
  if (value === undefined || others.length > 0) throw new Error(`not one: ${[value, ...others].join(", ")}`);
  return value;
}

describe.each(HELM_VERSIONS)("with Helm $version", ({ version, on }) => {
  const namespaceOf = (what: string): string => `${what}-${version}`;

  test("installed, upgraded, rolled back and taken away", { timeout: RELEASE_MS }, async (context) => {
    const plane = await sharedPlane(context);
    const helm = on(plane, context);
    const namespace = await plane.addNamespace(namespaceOf("life"), "restricted");
    const inNamespace = [`--namespace=${namespace}`, "--values", VALUES_OF_RELEASE] as const;

    await helm("install", "storms", previousChart(), ...inNamespace, ...PREVIOUS_VALUES, ...WAIT);
    const installed = await standing(plane, namespace);
    expect(installed.unfinished).toEqual([]);
    expect(only(Object.values(installed.chart))).toBe(`squall-${PREVIOUS_VERSION}`);
    expect(Object.keys(installed.replicas).length).toBeGreaterThan(4);
    expect(installed.replicas).toMatchObject({ [INGEST]: 1, [ASSEMBLER]: 1 });

    // As KEDA does, and no release may undo.
    await plane.kubectl(["scale", `deployment/${INGEST}`, "--replicas=3", `--namespace=${namespace}`]);
    await helm("upgrade", "storms", CHART, ...inNamespace, ...WAIT);
    const upgraded = await standing(plane, namespace);
    expect(upgraded.unfinished).toEqual([]);
    expect(only(Object.values(upgraded.chart))).toBe(`squall-${thisVersion()}`);
    expect(upgraded.replicas).toMatchObject({ [INGEST]: 3, [ASSEMBLER]: 2 });
    // A service reads its configuration when it starts: another one is another pod.
    expect(only(upgraded.checksums)).not.toBe(only(installed.checksums));

    await helm("rollback", "storms", "1", `--namespace=${namespace}`, ...WAIT);
    expect(await standing(plane, namespace)).toEqual({
      ...installed,
      replicas: { ...installed.replicas, [INGEST]: 3 },
    });

    // Not one pod of all these was refused on its way.
    expect(plane.refused(namespace)).toEqual([]);
    await helm("uninstall", "storms", `--namespace=${namespace}`, ...WAIT);
    expect((await standing(plane, namespace)).chart).toEqual({});
  });

  test("an installation that never comes to stand is told as one", { timeout: RELEASE_MS }, async (context) => {
    const plane = await sharedPlane(context);
    const namespace = await plane.addNamespace(namespaceOf("nowhere"), "restricted");
    const nowhere = ["--set", "pod.nodeSelector.nowhere=here", "--wait", "--timeout", "10s"];
    const install = ["install", "storms", CHART, `--namespace=${namespace}`, "--values", VALUES_OF_RELEASE, ...nowhere];
    await expect(on(plane, context)(...install)).rejects.toThrow(/deadline exceeded|timed out/u);
  });
});

test("a release of Helm 3 goes on with Helm 4", { timeout: RELEASE_MS }, async (context) => {
  const plane = await sharedPlane(context);
  const [helm4, helm3] = [HELM_VERSIONS[0].on(plane, context), HELM_VERSIONS[1].on(plane, context)];
  const namespace = await plane.addNamespace("from-3-to-4", "restricted");
  const inNamespace = [`--namespace=${namespace}`, "--values", VALUES_OF_RELEASE] as const;
  await helm3("install", "storms", previousChart(), ...inNamespace, ...PREVIOUS_VALUES, ...WAIT);
  await helm4("upgrade", "storms", CHART, ...inNamespace, ...WAIT);
  const upgraded = await standing(plane, namespace);
  expect(upgraded.unfinished).toEqual([]);
  expect(only(Object.values(upgraded.chart))).toBe(`squall-${thisVersion()}`);
  await helm4("rollback", "storms", "1", `--namespace=${namespace}`, ...WAIT);
  expect(only(Object.values((await standing(plane, namespace)).chart))).toBe(`squall-${PREVIOUS_VERSION}`);
});

test("what was scaled by hand stops an upgrade by Helm 4, which says so", { timeout: RELEASE_MS }, async (context) => {
  const plane = await sharedPlane(context);
  const helm = HELM_VERSIONS[0].on(plane, context);
  const namespace = await plane.addNamespace("by-hand", "restricted");
  const inNamespace = [`--namespace=${namespace}`, "--values", VALUES_OF_RELEASE, ...WAIT] as const;
  const replicas = async (): Promise<number | undefined> => (await standing(plane, namespace)).replicas[ASSEMBLER];
  await helm("install", "storms", CHART, ...inNamespace);
  // As for another Secret: no reason to stop.
  await plane.kubectl(["rollout", "restart", "deployment", `--namespace=${namespace}`]);
  await helm("upgrade", "storms", CHART, ...inNamespace);
  await plane.kubectl(["scale", `deployment/${ASSEMBLER}`, "--replicas=5", `--namespace=${namespace}`]);
  await expect(helm("upgrade", "storms", CHART, ...inNamespace)).rejects.toThrow(
    /conflict with "kubectl" with subresource "scale" using apps\/v1: \.spec\.replicas/u,
  );
  expect(await replicas()).toBe(5);
  await helm("upgrade", "storms", CHART, ...inNamespace, "--force-conflicts");
  expect(await replicas()).toBe(2);
});

test(
  "without Helm the overlay for trying stands when it is applied, and again",
  { timeout: RELEASE_MS },
  async (context) => {
    const plane = await sharedPlane(context);
    const namespace = await plane.addNamespace("kustomize", "restricted");
    const inNamespace = `--namespace=${namespace}`;
    const apply = ["apply", inNamespace, "--server-side", "--kustomize", join(ROOT, "deploy/kustomize/overlays/dev")];
    await plane.kubectl(apply);
    await plane.kubectl(["rollout", "status", "deployment", inNamespace, "--timeout=120s"]);
    await plane.kubectl(["wait", "--for=condition=Complete", "job", "--all", inNamespace, "--timeout=120s"]);
    const applied = await standing(plane, namespace);
    expect(applied.unfinished).toEqual([]);
    expect(Object.keys(applied.replicas).length).toBeGreaterThan(4);
    await plane.kubectl(apply);
    expect(await standing(plane, namespace)).toEqual(applied);
    expect(plane.refused(namespace)).toEqual([]);
  },
);
