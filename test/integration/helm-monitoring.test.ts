// What the Helm chart gives to the Prometheus operator and to Grafana: the rules of deploy/prometheus as they are, every process scraped under the
// name by which the rules choose, dashboards as they are.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, type TestContext } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { ALERT_NAMES, defaultMixinConfig } from "../../deploy/prometheus/mixin/mixin-config.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { chartObjects, renderedChart, valuesPath } from "../support/kubernetes/helm-chart.ts";
import { type KubeObject, kubeObjects, ofKind, podsOf } from "../support/kubernetes/kube-objects.ts";
import { asScraped, ownLabels, relabeling, targetLabels } from "../support/kubernetes/scraped-labels.ts";
import { realPart } from "../support/real-part.ts";
import { saidBy } from "../support/run-program.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-chart-monitoring-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EVERYTHING = "everything-values.yaml";

const rule = z.looseObject({ alert: z.string().optional(), annotations: z.record(z.string(), z.string()).optional() });
const prometheusRule = z.looseObject({
  spec: z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) }),
});
type Rules = z.infer<typeof prometheusRule>["spec"];

function rulesIn(objects: readonly KubeObject[]): Rules {
  const [object] = ofKind(objects, "PrometheusRule");
  return prometheusRule.parse(object).spec;
}

async function rendered(context: TestContext, ...more: string[]): Promise<KubeObject[]> {
  return kubeObjects(await renderedChart(realPart("helm", context), valuesPath("minimal-values.yaml"), more));
}

describe("rules", () => {
  const source = prometheusRule.parse(
    parse(readFileSync(join(ROOT, "deploy/prometheus/squall-prometheusrule.yml"), "utf8")),
  );

  test("are those of deploy/prometheus", async (context) => {
    expect(rulesIn(await rendered(context, "--set", "prometheusRule.enabled=true"))).toEqual(source.spec);
  });

  test("link to where the runbooks are, and leave out what is not wanted", async (context) => {
    const rules = rulesIn(await chartObjects(context, EVERYTHING)).groups.flatMap((group) => group.rules);
    const alerts = rules.flatMap(({ alert, annotations }) => (alert === undefined ? [] : [{ alert, annotations }]));
    expect(alerts.map(({ alert }) => alert).toSorted()).toEqual(
      ALERT_NAMES.filter((name) => name !== "SquallStormOpen").toSorted(),
    );
    for (const { alert, annotations } of alerts) {
      expect(annotations?.["runbook_url"]).toBe(`https://wiki.example.org/squall/runbooks/${alert}.md`);
    }
  });

  test("promtool takes them", async (context) => {
    const spec = rulesIn(await chartObjects(context, EVERYTHING));
    const file = join(folder, "rules.yml");
    writeFileSync(file, stringify(spec));
    const { code, out } = await saidBy(realPart("promtool", context), ["check", "rules", "--lint=all", file]);
    expect(out).toContain(`SUCCESS: ${spec.groups.flatMap(({ rules }) => rules).length} rules found`);
    expect(code).toBe(0);
  });
});

const endpoint = z.object({
  port: z.string(),
  path: z.string(),
  interval: z.string(),
  relabelings: z.array(relabeling),
});
const labels = z.record(z.string(), z.string());
const monitor = z.looseObject({
  spec: z.looseObject({
    namespaceSelector: z.object({ matchNames: z.array(z.string()) }).optional(),
    selector: z.object({ matchLabels: labels }),
    endpoints: z.array(endpoint).default([]),
    podMetricsEndpoints: z.array(endpoint).default([]),
  }),
});
const service = z.looseObject({
  spec: z.looseObject({
    selector: labels,
    publishNotReadyAddresses: z.boolean(),
    ports: z.array(z.looseObject({ name: z.string() })),
  }),
});

const holds = (selector: Readonly<Record<string, string>>, of: Readonly<Record<string, string>>): boolean =>
  Object.entries(selector).every(([name, value]) => of[name] === value);

/** The rules choose by it. */
const JOB = /^job=~"(.*)"$/u.exec(defaultMixinConfig.selector)?.[1] ?? "";

describe("every process is scraped, ready or not, as a job that the rules know", () => {
  test("by a ServiceMonitor", async (context) => {
    const objects = await chartObjects(context, EVERYTHING);
    const { spec } = monitor.parse(ofKind(objects, "ServiceMonitor")[0]);
    const chosen = ofKind(objects, "Service").filter(({ metadata }) =>
      holds(spec.selector.matchLabels, metadata.labels),
    );
    expect(chosen.map(({ metadata }) => metadata.name)).toEqual(["squall-metrics"]);
    const { spec: of } = service.parse(chosen[0]);
    expect(of.publishNotReadyAddresses).toBe(true);
    expect(of.ports.map(({ name }) => name)).toEqual(spec.endpoints.map(({ port }) => port));
    const scraped = podsOf(objects).filter((pod) => holds(of.selector, pod.labels));
    expect(scraped.map((pod) => pod.of.metadata.name)).toEqual(
      ofKind(objects, "Deployment").map(({ metadata }) => metadata.name),
    );
    const relabelings = spec.endpoints.flatMap((one) => one.relabelings);
    const given = targetLabels("ServiceMonitor", relabelings);
    expect(given.get("job")).toMatch(new RegExp(`^(?:${JOB})$`, "u"));
    expect(given.get("site")).toBe("north");
    expect(spec.namespaceSelector).toEqual({ matchNames: ["mail"] });
  });

  test("by a PodMonitor", async (context) => {
    const objects = await chartObjects(context, "one-login-values.yaml");
    const { spec } = monitor.parse(ofKind(objects, "PodMonitor")[0]);
    const scraped = podsOf(objects).filter((pod) => holds(spec.selector.matchLabels, pod.labels));
    expect(scraped.map((pod) => pod.of.metadata.name)).toEqual(
      ofKind(objects, "Deployment").map(({ metadata }) => metadata.name),
    );
    const relabelings = spec.podMetricsEndpoints.flatMap((one) => one.relabelings);
    expect(relabelings).toContainEqual({ targetLabel: "job", replacement: "squall" });
    // Where it stands itself.
    expect(spec.namespaceSelector).toBeUndefined();
  });
});

describe("no label of a target takes the place of a label by which rules choose", () => {
  const MONITORS = [
    ["ServiceMonitor", EVERYTHING],
    ["PodMonitor", "one-login-values.yaml"],
  ] as const;

  /** What promtool says of the unit tests where their series were scraped of a target of these labels. */
  async function unitTests(context: TestContext, target: ReadonlyMap<string, string>) {
    const from = join(ROOT, "deploy/prometheus");
    const place = mkdtempSync(join(folder, "scraped-"));
    cpSync(join(from, "squall-rules.yml"), join(place, "squall-rules.yml"));
    mkdirSync(join(place, "tests"));
    const written = asScraped(
      readFileSync(join(from, "tests/each-alert-fires.yml"), "utf8"),
      await ownLabels(),
      target,
    );
    const file = join(place, "tests/each-alert-fires.yml");
    writeFileSync(file, written);
    return saidBy(realPart("promtool", context), ["test", "rules", file]);
  }

  test.for(MONITORS)("by a %s each alert fires", async ([kind, set], context) => {
    const { spec } = monitor.parse(ofKind(await chartObjects(context, set), kind)[0]);
    const [{ relabelings } = { relabelings: [] }] = [...spec.endpoints, ...spec.podMetricsEndpoints];
    const target = targetLabels(kind, relabelings);
    const own = [...(await ownLabels()).values()].flatMap((names) => [...names]);
    expect(own).toContain("service");
    expect(own.filter((label) => target.has(label))).toEqual([]);
    const { code, out } = await unitTests(context, target);
    expect(out).toMatch(/SUCCESS/u);
    expect(code).toBe(0);
  });

  test("would be found: the operator calls a target after its Service", async (context) => {
    const { code, out, err } = await unitTests(context, targetLabels("ServiceMonitor", []));
    expect(`${out}${err}`).toMatch(/alertname: SquallDown/u);
    expect(code).not.toBe(0);
  });
});

test("dashboards are those of deploy/grafana, where the sidecar looks", async (context) => {
  const maps = ofKind(await chartObjects(context, EVERYTHING), "ConfigMap").filter(
    ({ metadata }) => metadata.labels["grafana_dashboard"] === "1",
  );
  const files = maps.flatMap((map) => Object.entries(z.looseObject({ data: labels }).parse(map).data));
  expect(files.map(([name]) => name)).toEqual(["squall-itself.json", "squall-storms.json"]);
  for (const [name, text] of files) {
    expect(`${text}\n`).toBe(readFileSync(join(ROOT, "deploy/grafana/dashboards", name), "utf8"));
  }
  expect(maps.map(({ metadata }) => [metadata.namespace, metadata.annotations["grafana_folder"]])).toEqual([
    ["monitoring", "squall"],
    ["monitoring", "squall"],
  ]);
});
