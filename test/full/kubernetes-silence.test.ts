// The pod for silences, by the commands of the chart's README: made of a CronJob that never starts by itself, waited for, and taken away.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test, type TestContext } from "vitest";
import { z } from "zod";

import { CHART } from "../../deploy/helm/schema/chart-files.ts";
import { renderedChart, valuesPath } from "../support/kubernetes/helm-chart.ts";
import { kubeObjects, type KubeObject } from "../support/kubernetes/kube-objects.ts";
import { pollUntil } from "../support/poll.ts";
import { sharedRealKubernetes } from "../support/real-kubernetes.ts";
import { realPart } from "../support/real-part.ts";

const TEST_MS = 180_000;
const POD_MS = 30_000;
const NAMESPACE = "squall";
const IN = `--namespace=${NAMESPACE}`;

const sharedPlane = sharedRealKubernetes();

/** Words of each command of the section. */
function documentedCommands(): string[][] {
  const [, section = ""] = readFileSync(join(CHART, "README.md"), "utf8").split("\n## Silences\n");
  const [, block = ""] = /^```\n(.*?)^```/msu.exec(section) ?? [];
  return block
    .trim()
    .split("\n")
    .map((line) => line.replaceAll("'", "").split(" ").slice(1));
}

/** On no node: what a kubelet says of its pod is said by the test. Kwok would end the pod of a job at once. */
async function cronJobObjects(context: TestContext): Promise<KubeObject[]> {
  const values = valuesPath("everything-values.yaml");
  const text = await renderedChart(realPart("helm", context), values, ["--set", "pod.nodeSelector.nobody=here"]);
  const needed = kubeObjects(text).filter(({ kind }) => ["ServiceAccount", "CronJob"].includes(kind));
  return needed.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: NAMESPACE } }));
}

const podNames = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

test(
  "the pod for silences is made, waited for and taken away as README.md says",
  { timeout: TEST_MS },
  async (context) => {
    const { kubectl, addNamespace } = await sharedPlane(context);
    await addNamespace(NAMESPACE, "restricted");
    const objects = { apiVersion: "v1", kind: "List", items: await cronJobObjects(context) };
    await kubectl(["apply", "--server-side", "--filename=-"], JSON.stringify(objects));
    const pods = async (): Promise<string[]> => {
      const said = await kubectl([
        "get",
        "pods",
        IN,
        "--selector=app.kubernetes.io/component=silence",
        "--output=json",
      ]);
      return podNames.parse(JSON.parse(said)).items.map(({ metadata }) => metadata.name);
    };

    const [create = [], wait = [], exec = [], remove = []] = documentedCommands();
    await kubectl(create);
    await pollUntil(async () => (await pods()).length === 1, { deadlineMs: POD_MS, what: "a pod of the job" });
    const [pod = ""] = await pods();
    const waited = kubectl(wait);
    const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
    await kubectl(["patch", `pod/${pod}`, IN, "--subresource=status", `--patch=${JSON.stringify({ status })}`]);
    expect(await waited).toContain("job.batch/silence condition met");
    // There is no kubelet to run it; of the object that it names there is a pod.
    expect(exec.slice(2, 5)).toEqual(["exec", "job/silence", "--"]);
    await kubectl(remove);
    await pollUntil(async () => (await pods()).length === 0, { deadlineMs: POD_MS, what: "the pod to be gone" });
  },
);
