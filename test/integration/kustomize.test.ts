// deploy/kustomize: what it builds are the objects that the chart makes of the same choices, Kubernetes knows every name in them, and no
// namespace and no secret is in the base.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, type TestContext } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { opennessOf } from "../support/kubernetes/closed-pod.ts";
import { kubeFaults } from "../support/kubernetes/kubeconform.ts";
import { renderedChart } from "../support/kubernetes/helm-chart.ts";
import { type KubeObject, kubeObjects, named, podsOf } from "../support/kubernetes/kube-objects.ts";
import { isTest, KUSTOMIZE, kustomizeFiles } from "../support/kubernetes/kustomize-files.ts";
import { realPart } from "../support/real-part.ts";
import { saidBy } from "../support/run-program.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-kustomize-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLACES = ["base", "overlays/dev", "overlays/prod"];

async function built(context: TestContext, place: string): Promise<string> {
  const { code, out, err } = await saidBy(realPart("kubectl", context), ["kustomize", join(KUSTOMIZE, place)]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
}

test("its objects are as the chart makes them; UPDATE_GOLDENS=1 writes them", async (context) => {
  const files = await kustomizeFiles(realPart("helm", context));
  for (const [name, text] of Object.entries(files)) {
    const path = join(KUSTOMIZE, name);
    if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  }
  expect(Object.keys(files)).toHaveLength(5);
});

/** Of configuration: what it says, whatever comes before it, under a name without what kustomize makes of it. */
const configMap = z.looseObject({ data: z.object({ "squall.yaml": z.string() }) });
const HASHED = /^(squall)-[0-9a-z]{10}$/u;
const HELMS_OWN = /^(?:helm\.sh\/|app\.kubernetes\.io\/(?:managed-by|version)$|checksum\/)/u;

/** Objects by name, without what only helm, or only kustomize, has a use for. */
function comparable(objects: readonly KubeObject[]): Record<string, unknown> {
  const kept = objects.filter((one) => !isTest(one) && named(one) !== "ConfigMap/squall-topics");
  return Object.fromEntries(
    kept.map((object) => {
      const same: unknown = JSON.parse(JSON.stringify(object, (key, value: unknown) => withoutOwn(key, value)));
      return [
        named(object).replace(/\/squall-[0-9a-z]{10}$/u, (name) => `/${name.slice(1).replace(HASHED, "$1")}`),
        said(same),
      ];
    }),
  );
}

function withoutOwn(key: string, value: unknown): unknown {
  if (key === "labels" || key === "annotations") {
    const words = Object.entries(z.record(z.string(), z.string()).parse(value ?? {}));
    const kept = words.filter(([name]) => !HELMS_OWN.test(name));
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  if (key === "name" && typeof value === "string") return value.replace(HASHED, "$1");
  // The chart's job has a copy, since it comes before all else.
  if (key === "configMap" && JSON.stringify(value) === '{"name":"squall-topics"}') return { name: "squall" };
  return key === "env" || key === "volumes" || key === "volumeMounts" ? inOrder(value) : value;
}

/** An order that means nothing. */
function inOrder(value: unknown): unknown {
  return z
    .array(z.looseObject({ name: z.string() }))
    .parse(value)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function said(object: unknown): unknown {
  const map = configMap.safeParse(object);
  return map.success
    ? { ...map.data, data: { "squall.yaml": parse(map.data.data["squall.yaml"]) as unknown } }
    : object;
}

describe.each(PLACES)("%s", (place) => {
  test("builds the objects that the chart makes of the same choices", async (context) => {
    const [kustomized, chart] = await Promise.all([
      built(context, place),
      renderedChart(realPart("helm", context), join(KUSTOMIZE, place, "chart-values.yaml")),
    ]);
    const mine = comparable(kubeObjects(kustomized));
    const others = comparable(kubeObjects(chart));
    expect(Object.keys(mine).toSorted()).toEqual(Object.keys(others).toSorted());
    expect(mine).toEqual(others);
  });

  test("is known to Kubernetes, and closed", async (context) => {
    const text = await built(context, place);
    expect(await kubeFaults(context, text, folder)).toEqual([]);
    const pods = podsOf(kubeObjects(text));
    expect(pods.flatMap((pod) => opennessOf(pod).map((fault) => `${named(pod.of)}: ${fault}`))).toEqual([]);
    // Of dev the job of topics, of prod the pod for silences.
    expect(pods.length).toBe(place === "base" ? 6 : 7);
  });

  test("has no namespace and no secret, and README.md has every Secret that it names", async (context) => {
    const objects = kubeObjects(await built(context, place));
    expect(objects.filter(({ kind, metadata }) => kind === "Secret" || metadata.namespace !== undefined)).toEqual([]);
    const page = readFileSync(join(KUSTOMIZE, "README.md"), "utf8");
    const secrets = podsOf(objects).flatMap(({ spec }) =>
      spec.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName])),
    );
    expect(secrets.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    expect(secrets.length).toBeGreaterThan(3);
  });

  test("names its configuration by what it holds, so that another one starts the pods anew", async (context) => {
    const objects = kubeObjects(await built(context, place));
    const maps = objects.filter(({ kind, metadata }) => kind === "ConfigMap" && HASHED.test(metadata.name));
    expect(maps).toHaveLength(1);
    const used = podsOf(objects).map(({ spec }) => spec.volumes.find(({ name }) => name === "config")?.configMap?.name);
    expect(new Set(used)).toEqual(new Set([maps[0]?.metadata.name]));
  });
});
