// Manifests -> objects of Kubernetes, the pods that they make, and what is in them.

import { parseAllDocuments } from "yaml";
import { z } from "zod";

/** "yes" and 0440 are other things there than in YAML 1.2. */
export const YAML_OF_KUBERNETES = { version: "1.1" } as const;

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});

const kubeObject = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata });
export type KubeObject = z.infer<typeof kubeObject>;

const env = z.object({ name: z.string(), value: z.string() });
const probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }) });

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(env),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  resources: z.object({
    requests: z.looseObject({ memory: z.string() }),
    limits: z.looseObject({ memory: z.string() }),
  }),
  securityContext: z.looseObject({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean(),
    runAsNonRoot: z.boolean(),
    capabilities: z.object({ add: z.array(z.string()).default([]), drop: z.array(z.string()) }),
  }),
  volumeMounts: z.array(
    z.looseObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) }),
  ),
});
export type Container = z.infer<typeof container>;

const keys = z.array(z.object({ key: z.string(), path: z.string() })).optional();
const volume = z.looseObject({
  name: z.string(),
  configMap: z.object({ name: z.string(), items: keys }).optional(),
  secret: z.object({ secretName: z.string(), defaultMode: z.number(), items: keys }).optional(),
});
export type Volume = z.infer<typeof volume>;

const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  enableServiceLinks: z.boolean(),
  securityContext: z.looseObject({
    runAsNonRoot: z.boolean(),
    seccompProfile: z.object({ type: z.string() }),
  }),
  volumes: z.array(volume).default([]),
  initContainers: z.array(container).default([]),
  containers: z.array(container).min(1),
});

export interface Pod {
  readonly of: KubeObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: z.infer<typeof podSpec>;
}

/** In the order of the text. Throws for what is no manifest. */
export function kubeObjects(text: string): KubeObject[] {
  return parseAllDocuments(text, YAML_OF_KUBERNETES)
    .map((document) => {
      const [fault] = document.errors;
      if (fault !== undefined) throw fault;
      const value: unknown = document.toJS();
      return value;
    })
    .filter((value) => value !== null)
    .map((value) => kubeObject.parse(value));
}

export function named(object: KubeObject): string {
  return `${object.kind}/${object.metadata.name}`;
}

export function ofKind(objects: readonly KubeObject[], kind: string): KubeObject[] {
  return objects.filter((object) => object.kind === kind);
}

const template = z.looseObject({
  spec: z.looseObject({
    template: z.object({ metadata: metadata.omit({ name: true }), spec: podSpec }),
  }),
});

const cronJob = z.looseObject({ spec: z.looseObject({ jobTemplate: template }) });

/** Of Deployments, Jobs, those of CronJobs, and bare pods. */
export function podsOf(objects: readonly KubeObject[]): Pod[] {
  return objects.flatMap((object): Pod[] => {
    if (object.kind === "Pod") {
      return [{ of: object, ...object.metadata, spec: podSpec.parse(object["spec"]) }];
    }
    if (!["Deployment", "Job", "CronJob"].includes(object.kind)) return [];
    const { spec } = object.kind === "CronJob" ? cronJob.parse(object).spec.jobTemplate : template.parse(object);
    return [{ of: object, ...spec.template.metadata, spec: spec.template.spec }];
  });
}

export function containersOf({ spec }: Pod): Container[] {
  return [...spec.initContainers, ...spec.containers];
}
