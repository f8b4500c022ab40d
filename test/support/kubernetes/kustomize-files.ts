// The objects of deploy/kustomize are those that the chart renders: written by it, without what only helm has a use for.

import { join } from "node:path";
import { parseAllDocuments, type Document } from "yaml";
import { ROOT } from "../../e2e/squall-process.ts";
import { renderedChart } from "./helm-chart.ts";
import { type KubeObject, kubeObjects, named, YAML_OF_KUBERNETES } from "./kube-objects.ts";

export const KUSTOMIZE = join(ROOT, "deploy/kustomize");
const BASE_VALUES = join(KUSTOMIZE, "base/chart-values.yaml");
const HEAD = "# Written by `npm run generate:chart` from the chart in deploy/helm/squall: change that.\n";

/** The base, and by its folder what each component adds to it: made by further values. */
const COMPONENTS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  "components/monitoring": [
    "metrics.serviceMonitor.enabled=true",
    "prometheusRule.enabled=true",
    "dashboards.enabled=true",
  ],
  "components/keda": ["keda.enabled=true"],
  "components/topics": ["topics.create=true"],
  "components/strimzi": [
    "strimzi.cluster=kafka",
    "strimzi.topics.enabled=true",
    "strimzi.users.enabled=true",
    "config.kafka.securityProtocol=SASL_SSL",
    "config.kafka.sasl.mechanism=SCRAM-SHA-512",
    "secrets.kafkaCa.existingSecret=kafka-cluster-ca-cert",
  ],
};

const HELMS_OWN = /^(?:helm\.sh\/|app\.kubernetes\.io\/(?:managed-by|version)$|checksum\/)/u;
/** Of configuration there is one, which kustomize makes and names by what it holds. */
const MADE_ANEW = new Set(["ConfigMap/squall", "ConfigMap/squall-topics"]);

/** Text by its path within the folder. */
export async function kustomizeFiles(helm: string): Promise<Readonly<Record<string, string>>> {
  const inBase = new Set(MADE_ANEW);
  const files: Record<string, string> = {};
  for (const [place, settings] of Object.entries(COMPONENTS)) {
    const sets = settings.flatMap((setting) => ["--set", setting]);
    const text = await renderedChart(helm, BASE_VALUES, sets);
    const kept = parseAllDocuments(text, YAML_OF_KUBERNETES).filter((document) => {
      const [object] = kubeObjects(document.toString());
      return object !== undefined && !isTest(object) && !inBase.has(named(object));
    });
    files[`${place}/objects.yaml`] = HEAD + kept.map((document) => withoutHelm(document)).join("---\n");
    if (place === "base")
      for (const document of kept) kubeObjects(document.toString()).forEach((one) => inBase.add(named(one)));
  }
  return files;
}

/** Pods of `helm test`. */
export function isTest({ metadata }: KubeObject): boolean {
  return metadata.annotations["helm.sh/hook"] === "test";
}

const METADATA = [["metadata"], ["spec", "template", "metadata"]];

function withoutHelm(document: Document): string {
  const object: unknown = document.toJS();
  for (const place of METADATA) {
    for (const kind of ["labels", "annotations"]) {
      const at = [...place, kind];
      const words = document.getIn(at);
      if (words === undefined) continue;
      const names = namesAt(object, at);
      const gone = names.filter((name) => HELMS_OWN.test(name));
      if (gone.length === names.length) document.deleteIn(at);
      else for (const name of gone) document.deleteIn([...at, name]);
    }
  }
  document.commentBefore = null;
  return document
    .toString({ lineWidth: 0, directives: false })
    .replaceAll(/(configMap:\s+name: )squall-topics$/gmu, "$1squall");
}

function namesAt(object: unknown, path: readonly string[]): string[] {
  const [name, ...rest] = path;
  if (typeof object !== "object" || object === null) return [];
  if (name === undefined) return Object.keys(object);
  return namesAt(new Map<string, unknown>(Object.entries(object)).get(name), rest);
}
