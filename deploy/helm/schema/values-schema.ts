// values.yaml and squall's own schema -> values.schema.json: closed to the last name, with the comments of values.yaml as descriptions.

import { z } from "zod";
import { configSchema } from "./config-schema.ts";
import {
  annotations,
  closed,
  flag,
  insteadOf,
  key,
  keyOrNone,
  kubernetes,
  labels,
  listOf,
  matching,
  nameOrNone,
  objectName,
  oneOf,
  orNothing,
  port,
  ports,
  type Schema,
  siteName,
  text,
  whole,
} from "./schema-parts.ts";
import type { ValueComment } from "./value-comments.ts";

const REPLICAS_MAX = 1000;
const DAY_S = 86_400;
const ID_MAX = 2_147_483_647;

const replicas = whole(1, REPLICAS_MAX);
const topic = matching("^[A-Za-z0-9._-]{1,200}$", "berlin.mail-logs");
/** As Prometheus writes it. */
const interval = matching("^[0-9]+(ms|s|m)$", "15s");
/** No variable twice: Kubernetes would keep the last without a word, and applying by the server refuses it. */
const env = listOf({ ...kubernetes("EnvVar"), required: ["name"] });
const resources = closed({
  requests: kubernetes("quantities"),
  limits: kubernetes("quantities"),
  claims: kubernetes("ResourceClaim", "array"),
});

/** How one process logs in, where that is not how all do. */
const login = loginSecret("existingSecret beside username", { username: text });

function loginSecret(setting: string, own: Readonly<Record<string, Schema>> = {}): Schema {
  const keys = {
    existingSecret: objectName,
    passwordKey: key,
    certificateKey: keyOrNone,
    privateKeyKey: keyOrNone,
    passphraseKey: keyOrNone,
  };
  return insteadOf(closed({ ...own, ...keys }), { password: setting, certificate: setting, key: setting });
}

const pod = closed({
  annotations,
  labels,
  nodeSelector: labels,
  tolerations: kubernetes("Toleration", "array"),
  affinity: kubernetes("Affinity"),
  topologySpreadConstraints: kubernetes("TopologySpreadConstraint", "array"),
  priorityClassName: text,
  extraEnv: env,
  extraVolumes: kubernetes("Volume", "array"),
  extraVolumeMounts: kubernetes("VolumeMount", "array"),
  terminationGracePeriodSeconds: whole(15, DAY_S),
});

function service(own: Readonly<Record<string, Schema>> = {}): Schema {
  return closed({ ...own, replicas, resources, kafka: login, pod });
}

const authority = closed({ existingSecret: objectName, existingConfigMap: objectName, key });
const monitor = closed({ enabled: flag, interval, labels, namespace: objectName });
const peers = kubernetes("NetworkPolicyPeer", "array");
const egress = closed({ to: peers, ports });

const values: Readonly<Record<string, Schema>> = {
  // Helm gives it to charts that are part of another.
  global: { type: "object", $comment: "Helm's own" },
  nameOverride: nameOrNone,
  fullnameOverride: nameOrNone,
  commonLabels: labels,
  commonAnnotations: annotations,
  image: closed({
    repository: matching("^([a-zA-Z0-9.-]+(:[0-9]+)?/)?[a-z0-9._/-]*$", "registry.example.org/squall"),
    tag: matching("^([a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})?$", "0.1.0"),
    digest: matching("^(sha256:[a-f0-9]{64})?$", `sha256:${"0".repeat(64)}`),
    pullPolicy: oneOf("Always", "IfNotPresent", "Never"),
  }),
  imagePullSecrets: listOf(closed({ name: objectName }, ["name"])),
  serviceAccount: closed({ create: flag, name: objectName, annotations }),
  config: configSchema(),
  sites: listOf(
    closed({ name: siteName, site: text, mailLogsTopic: topic, timezone: text, replicas, kafka: login }, [
      "name",
      "site",
      "mailLogsTopic",
    ]),
  ),
  secrets: closed({
    kafka: loginSecret("secrets.kafka.existingSecret"),
    kafkaCa: authority,
    influx: insteadOf(closed({ existingSecret: objectName, tokenKey: key }), {
      token: "secrets.influx.existingSecret",
    }),
    influxCa: authority,
    pseudonym: insteadOf(closed({ existingSecret: objectName, keyKey: key }), {
      key: "secrets.pseudonym.existingSecret",
    }),
    console: insteadOf(closed({ existingSecret: objectName, tokenKey: key }), {
      token: "secrets.console.existingSecret",
    }),
    receivers: closed({ existingSecret: objectName }),
  }),
  services: closed({
    ingest: service(),
    assembler: service(),
    detector: service(),
    recorder: service({ enabled: flag }),
    alerter: service(),
    console: service({ enabled: flag }),
  }),
  pod,
  podSecurity: closed({
    runAsUser: orNothing(whole(1, ID_MAX)),
    runAsGroup: orNothing(whole(1, ID_MAX)),
    fsGroup: orNothing(whole(1, ID_MAX)),
  }),
  listenOn: oneOf("*", "[::]"),
  metrics: closed({ port: whole(1024, 65_535), serviceMonitor: monitor, podMonitor: monitor }),
  prometheusRule: closed({
    enabled: flag,
    labels,
    namespace: objectName,
    runbookUrl: matching("^(https?://.*[^/])?$", "https://wiki.example.org/squall/runbooks"),
    withoutAlerts: listOf(matching("^Squall[A-Za-z]+$", "SquallStormOpen")),
  }),
  dashboards: closed({ enabled: flag, labels, annotations, namespace: objectName }),
  console: closed({
    port: whole(1024, 65_535),
    service: closed({ type: oneOf("ClusterIP", "NodePort", "LoadBalancer"), port, annotations }),
    ingress: closed({ enabled: flag, className: text, annotations, host: text, tlsSecret: objectName }),
  }),
  networkPolicy: closed({
    enabled: flag,
    metrics: closed({ from: peers }),
    page: closed({ from: peers }),
    dns: egress,
    kafka: egress,
    influx: egress,
    receivers: egress,
    extraEgress: kubernetes("NetworkPolicyEgressRule", "array"),
  }),
  podDisruptionBudget: closed({ enabled: flag }),
  keda: closed({
    enabled: flag,
    minReplicas: replicas,
    maxReplicas: replicas,
    lagRecords: whole(1, 1_000_000_000),
    pollingInterval: whole(5, 3600),
    scaleDownAfter: whole(0, 3600),
    kafkaVersion: matching("^[0-9]+(\\.[0-9]+){2}$", "2.8.0"),
  }),
  topics: closed({ create: flag, kafka: login }),
  strimzi: closed({
    cluster: objectName,
    namespace: objectName,
    apiVersion: oneOf("v1", "v1beta2"),
    topics: closed({ enabled: flag }),
    users: closed({
      enabled: flag,
      authentication: oneOf("scram-sha-512", "tls"),
      shippers: flag,
      shippersAuthentication: oneOf("", "scram-sha-512", "tls"),
      silence: flag,
    }),
  }),
};

export function valuesSchema(comments: readonly ValueComment[]): Schema {
  const described = comments.reduce<Schema>(
    (schema, { path, comment }) => withDescription(schema, path, comment),
    closed(values),
  );
  return { $schema: "http://json-schema.org/draft-07/schema#", title: "Values of the chart squall", ...described };
}

const properties = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Throws where the schema has no such path: the two have parted. */
function withDescription(schema: Schema, [name, ...rest]: readonly string[], description: string): Schema {
  if (name === undefined) return { description, ...schema };
  const parts = properties.parse(schema["properties"]);
  const part = parts[name];
  if (part === undefined) throw new Error(`values.yaml has ${name}, of which values.schema.json knows nothing`);
  return { ...schema, properties: { ...parts, [name]: withDescription(part, rest, description) } };
}
