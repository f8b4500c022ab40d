// Values of the Helm chart that cannot be meant: helm refuses them before anything is made, and says where and why.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CHART } from "../../deploy/helm/schema/chart-files.ts";
import { squallSchema } from "../../services/squall/squall-config.ts";
import { HELMS, valuesPath } from "../support/kubernetes/helm-chart.ts";
import { realPart } from "../support/real-part.ts";
import { saidBy } from "../support/run-program.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-chart-refusals-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MINIMAL = valuesPath("minimal-values.yaml");
const EVERYTHING = valuesPath("everything-values.yaml");

let files = 0;

/** What helm says of values that are put over others; undefined: nothing, it takes them. */
async function refusal(helm: string, yaml: string, over = MINIMAL): Promise<string | undefined> {
  files += 1;
  const path = join(folder, `values-${files}.yaml`);
  writeFileSync(path, yaml);
  const { code, err } = await saidBy(helm, ["template", "squall", CHART, "--values", over, "--values", path]);
  return code === 0 ? undefined : err;
}

/** YAML of values, and what must be said of it. */
const BY_SCHEMA: readonly (readonly [string, string])[] = [
  ["replicas: 3", "additional properties 'replicas' not allowed"],
  ["services: {ingest: {replica: 3}}", "at '/services/ingest': additional properties 'replica' not allowed"],
  ["services: {ingest: {replicas: 0}}", "at '/services/ingest/replicas': minimum: got 0, want 1"],
  ["services: {detector: {enabled: false}}", "at '/services/detector': additional properties 'enabled' not allowed"],
  [
    "services: {alerter: {pod: {hostNetwork: true}}}",
    "at '/services/alerter/pod': additional properties 'hostNetwork'",
  ],
  ["pod: {securityContext: {runAsUser: 0}}", "at '/pod': additional properties 'securityContext' not allowed"],
  ["podSecurity: {runAsUser: 0}", "at '/podSecurity/runAsUser'"],
  ["pod: {terminationGracePeriodSeconds: 5}", "at '/pod/terminationGracePeriodSeconds': minimum: got 5, want 15"],
  [
    "image: {repository: 'registry.example.org/squall:1'}",
    "at '/image/repository': 'registry.example.org/squall:1' does",
  ],
  ["image: {digest: latest}", "at '/image/digest': 'latest' does not match pattern"],
  ["image: {pullPolicy: Sometimes}", "at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'"],
  ["config: {kafka: {broker: [a]}}", "at '/config/kafka': additional properties 'broker' not allowed"],
  ["config: {kafka: {brokers: [9092]}}", "at '/config/kafka/brokers/0': got number, want string"],
  ["config: {kafka: {sasl: {password: x}}}", "at '/config/kafka/sasl': additional properties 'password' not allowed"],
  ["config: {kafka: {ssl: {ca: /x}}}", "at '/config/kafka': additional properties 'ssl' not allowed"],
  ["config: {influx: {token: x}}", "at '/config/influx': additional properties 'token' not allowed"],
  ["config: {pseudonym: {key: x}}", "at '/config/pseudonym': additional properties 'key' not allowed"],
  ["config: {webhook: {url: 'https://x.example'}}", "at '/config/webhook': additional properties 'url' not allowed"],
  ["config: {metrics: {address: off}}", "at '/config': additional properties 'metrics' not allowed"],
  ["config: {detector: {calm: 30}}", "at '/config/detector/calm': got number, want string"],
  ["config: {detector: {calm: soon}}", "at '/config/detector/calm': 'soon' does not match pattern"],
  ["config: {lists: [{lst: x}]}", "at '/config/lists/0': additional properties 'lst' not allowed"],
  ["sites: [{name: Berlin, site: b, mailLogsTopic: b}]", "at '/sites/0/name': 'Berlin' does not match pattern"],
  ["sites: [{name: berlin, site: b}]", "at '/sites/0': missing property 'mailLogsTopic'"],
  ["secrets: {kafka: {password: x}}", "at '/secrets/kafka': additional properties 'password' not allowed"],
  ["secrets: {console: {tokenKey: a/b}}", "at '/secrets/console/tokenKey': 'a/b' does not match pattern"],
  ["metrics: {port: 80}", "at '/metrics/port': minimum: got 80, want 1,024"],
  ["listenOn: localhost", "at '/listenOn': value must be one of '*', '[::]'"],
  ["keda: {enabled: 'yes'}", "at '/keda/enabled': got string, want boolean"],
  ["keda: {minReplicas: 0}", "at '/keda/minReplicas': minimum: got 0, want 1"],
  ["strimzi: {apiVersion: v1alpha1}", "at '/strimzi/apiVersion': value must be one of 'v1', 'v1beta2'"],
  ["prometheusRule: {runbookUrl: 'https://wiki.example.org/'}", "at '/prometheusRule/runbookUrl'"],
  ["networkPolicy: {kafka: {ports: [kafka]}}", "at '/networkPolicy/kafka/ports/0': got string, want integer"],
  ["console: {service: {type: ExternalName}}", "at '/console/service/type': value must be one of"],
];

/** A secret as it is: the place and name that it has there, and the setting that stands for it. */
const CLEAR_SECRETS: readonly (readonly [string, string, string])[] = [
  ["config.kafka.sasl", "password", "secrets.kafka.existingSecret"],
  ["config.kafka.sasl", "passwordFile", "secrets.kafka.existingSecret"],
  ["config.kafka", "ssl", "secrets.kafka.existingSecret"],
  ["config.influx", "token", "secrets.influx.existingSecret"],
  ["config.influx", "tokenFile", "secrets.influx.existingSecret"],
  ["config.influx", "ca", "secrets.influxCa.existingSecret"],
  ["config.pseudonym", "key", "secrets.pseudonym.existingSecret"],
  ["config.pseudonym", "keyFile", "secrets.pseudonym.existingSecret"],
  ["config", "console", "secrets.console.existingSecret"],
  ["config.webhook", "url", "secrets.receivers.existingSecret"],
  ["config.webhook", "secret", "secrets.receivers.existingSecret"],
  ["config.webhooks.0", "url", "secrets.receivers.existingSecret"],
  ["config.webhooks.0", "secrets", "secrets.receivers.existingSecret"],
  ["config.webhooks.0", "headers", "secrets.receivers.existingSecret"],
  ["config.heartbeat", "url", "secrets.receivers.existingSecret"],
  ["secrets.kafka", "password", "secrets.kafka.existingSecret"],
  ["secrets.influx", "token", "secrets.influx.existingSecret"],
  ["secrets.pseudonym", "key", "secrets.pseudonym.existingSecret"],
  ["secrets.console", "token", "secrets.console.existingSecret"],
  ["services.alerter.kafka", "password", "existingSecret beside username"],
  ["topics.kafka", "password", "existingSecret beside username"],
];

const BETWEEN_VALUES: readonly (readonly [string, string])[] = [
  ["image: {repository: ''}", "image.repository is needed"],
  ["config: {kafka: {brokers: []}}", "config.kafka.brokers is needed: [kafka1.example.org:9093]"],
  ["secrets: {pseudonym: {existingSecret: ''}}", "secrets.pseudonym.existingSecret is needed: kubectl create secret"],
  ["secrets: {console: {existingSecret: ''}}", "secrets.console.existingSecret is needed: kubectl create secret"],
  ["config: {kafka: {securityProtocol: SASL_SSL}}", "config.kafka.sasl.mechanism is needed to log in"],
  ["config: {kafka: {securityProtocol: SASL_SSL}}", "config.kafka.sasl.username is needed: ingest logs in at Kafka"],
  ["config: {kafka: {securityProtocol: SASL_SSL}}", "secrets.kafka.existingSecret is needed: alerter logs in at Kafka"],
  [
    "config: {kafka: {securityProtocol: SSL}}\nsecrets: {kafka: {existingSecret: a, certificateKey: b}}",
    "privateKeyKey is needed beside certificateKey",
  ],
  [
    "config: {kafka: {brokers: ['kafka1:9092', kafka2.example.org]}}",
    'config.kafka.brokers: "kafka2.example.org" is no broker: write host:port, such as kafka1.example.org:9092',
  ],
  ["config: {influx: {url: 'https://influx.example.org:99999'}}", "config.influx.url is no address: write http://"],
  ["config: {influx: {url: 'http://influx:0'}}", "config.influx.url is no address: write http://"],
  ["config: {influx: {url: 'influx:8086'}}", "config.influx.url is no address: write http://"],
  [
    "config: {webhook: {urlFile: /run/squall/receiver/x}}",
    "config: no pod has the file /run/squall/receiver/x: write /run/squall/receivers/KEY",
  ],
  ["config: {webhook: {secretFile: /run/squall/receivers/a/b}}", "no pod has the file /run/squall/receivers/a/b"],
  ["config: {webhooks: [{name: a, urlFile: url}]}", "no pod has the file url"],
  ["config: {webhook: {headerFiles: {Authorization: /etc/token}}}", "no pod has the file /etc/token"],
  ["config: {heartbeat: {urlFile: /run/secrets/beat}}", "no pod has the file /run/secrets/beat"],
  ["config: {webhook: {urlFile: /run/squall/receivers/url}}", "secrets.receivers.existingSecret is needed"],
  [
    "pod: {extraEnv: [{name: SQUALL_METRICS_ADDRESS, value: x}]}",
    "extraEnv must not hold SQUALL_METRICS_ADDRESS: the chart sets it for ingest",
  ],
  ["commonLabels: {app.kubernetes.io/name: mine}", "commonLabels must not hold app.kubernetes.io/name"],
  [
    "services: {alerter: {pod: {labels: {squall/metrics: mine}}}}",
    "services.alerter.pod.labels must not hold squall/metrics",
  ],
  ["pod: {extraEnv: [{name: A, value: x}, {name: A, value: y}]}", "extraEnv holds A twice"],
  ["keda: {enabled: true, maxReplicas: 7}", "keda.maxReplicas must be at most 6, the partitions of the raw topic"],
  [
    "keda: {enabled: true}\nsites: [{name: a, site: a, mailLogsTopic: a}, {name: b, site: b, mailLogsTopic: b, replicas: 3}]",
    "sites: replicas of b must not stand beside keda.enabled",
  ],
  ["keda: {enabled: true, minReplicas: 4, maxReplicas: 3}", "keda.minReplicas must not be above keda.maxReplicas"],
  ["topics: {create: true}\nstrimzi: {cluster: k, topics: {enabled: true}}", "one of the two makes the topics"],
  ["strimzi: {topics: {enabled: true}}", "strimzi.cluster is needed"],
  [
    "topics: {create: true}\nstrimzi: {cluster: k, users: {enabled: true}}\nconfig: {kafka: {securityProtocol: SASL_SSL, sasl: {mechanism: SCRAM-SHA-512}}}",
    "topics.kafka needs username and existingSecret",
  ],
  [
    "strimzi: {cluster: k, users: {enabled: true}}",
    "config.kafka.sasl.mechanism must be SCRAM-SHA-512: so strimzi.users log in",
  ],
  [
    "strimzi: {cluster: k, users: {enabled: true, authentication: tls}}",
    "config.kafka.securityProtocol must be SSL: strimzi.users have certificates",
  ],
  [
    "metrics: {serviceMonitor: {enabled: true}, podMonitor: {enabled: true}}",
    "with both everything would be counted twice",
  ],
  ["console: {ingress: {enabled: true}}", "console.ingress.host is needed"],
  [
    "services: {console: {enabled: false}}\nconsole: {ingress: {enabled: true, host: a.example}}",
    "console.ingress is of no use with services.console.enabled: false",
  ],
  ["console: {port: 9464}", "metrics.port and console.port must differ"],
  [
    "sites: [{name: a, site: a, mailLogsTopic: a}, {name: a, site: b, mailLogsTopic: b}]",
    "sites: the name a stands there twice",
  ],
  ["sites: [{name: a, site: a, mailLogsTopic: squall.mail-logs}]", "sites: two of them read squall.mail-logs"],
];

describe("by the schema", () => {
  test.for(BY_SCHEMA)("%s", async ([yaml, why], context) => {
    expect(await refusal(realPart("helm", context), yaml)).toContain(why);
  });
});

test.for(HELMS)(
  "a secret as it is: %s does not show it, and says what to write in its place",
  async (part, context) => {
    const sets = CLEAR_SECRETS.map(([place, name]) => `${place.replace(".0", "[0]")}.${name}=open-sesame`);
    const args = ["template", "squall", CHART, "--values", MINIMAL, ...sets.flatMap((set) => ["--set-string", set])];
    const { err } = await saidBy(realPart(part, context), args);
    const told = CLEAR_SECRETS.flatMap(([place, name, setting]) => {
      const at = err.split("\n").filter((line) => line.includes(`at '/${place.replaceAll(".", "/")}':`));
      const [, said = ""] =
        new RegExp(`properties '([^']+)' required, if '${name}' exists`, "u").exec(at.join("\n")) ?? [];
      const isRefused = at.some((line) => line.includes("additional properties ") && line.includes(`'${name}'`));
      return said.includes(setting) && isRefused ? [] : [`${place}.${name}: ${at.join("; ")}`];
    });
    expect(told).toEqual([]);
    expect(err).not.toContain("open-sesame");
  },
);

/** Of each, whether squall itself takes it is asked beside. */
const BROKERS = `kafka1.example.org:9092 192.0.2.7:9093 kafka_1:1 käfka:65535 kafka:09092 k:9092
kafka1.example.org kafka: :9092 kafka:0 kafka:00 kafka:65536 kafka:100000 [2001:db8::1]:9092 2001:db8::1:9092
kafka:kafka -kafka:9092 kafka.:9092 http://kafka:9092 kafka:9092,kafka:9093`.split(/\s/u);

test("brokers are judged as squall itself judges them, and none opens port 0", async (context) => {
  const helm = realPart("helm", context);
  const schema = squallSchema({});
  const judged = BROKERS.map(async (broker) => {
    const said = await refusal(helm, JSON.stringify({ config: { kafka: { brokers: [broker] } } }));
    return [broker, said === undefined, said?.includes(`config.kafka.brokers: ${JSON.stringify(broker)}`) ?? true];
  });
  const expected = BROKERS.map((broker) => [broker, schema.safeParse({ kafka: { brokers: [broker] } }).success, true]);
  expect(await Promise.all(judged)).toEqual(expected);
  expect(expected.filter(([, isTaken]) => isTaken)).toHaveLength(6);
});

test.for([
  { timezone: "Europe/Berln" },
  { detector: { relays: { trusted: ["192.0.2.0/33"] } } },
  { kafka: { topicPrefix: "of mail" } },
])("what helm cannot judge is refused by squall itself: %j", async (config, context) => {
  expect(await refusal(realPart("helm", context), JSON.stringify({ config }))).toBeUndefined();
  expect(squallSchema({}).safeParse(config).success).toBe(false);
});

describe("between values", () => {
  test.for(BETWEEN_VALUES)("%s", async ([yaml, why], context) => {
    expect(await refusal(realPart("helm", context), yaml)).toContain(why);
  });
});

test("a recorder that does not know where InfluxDB is", async (context) => {
  const over = valuesPath("certificates-values.yaml");
  const said = await refusal(realPart("helm", context), "services: {recorder: {enabled: true}}", over);
  expect(said).toContain("config.influx.url and config.influx.bucket are needed by the recorder");
});

test("a Secret of the name that Strimzi gives to a user's", async (context) => {
  const said = await refusal(
    realPart("helm", context),
    "secrets: {console: {existingSecret: squall-console}}",
    EVERYTHING,
  );
  expect(said).toContain("secrets.console.existingSecret must not be squall-console");
});

test.for(HELMS)("%s says all at once, of each kind", async (part, context) => {
  const helm = realPart(part, context);
  const schema = (await refusal(helm, "foo: 1\nkeda: {enabled: 1}\nconfig: {kafka: {broker: x}}")) ?? "";
  expect(schema.match(/^ *- at /gmu)?.length).toBeGreaterThanOrEqual(3);
  const between = await refusal(helm, "image: {repository: ''}\nconsole: {port: 9464}");
  expect(between).toMatch(/These values cannot be:\n- image\.repository .*\n- metrics\.port /u);
});

test("what is right beside them is taken", async (context) => {
  const helm = realPart("helm", context);
  const right = [
    "config: {pseudonym: {people: false}}\nsecrets: {pseudonym: {existingSecret: ''}}",
    "services: {recorder: {enabled: false}, console: {enabled: false}}\nsecrets: {console: {existingSecret: ''}}",
    "config: {kafka: {partitions: {mailLogs: 24}}}\nkeda: {enabled: true, maxReplicas: 24}",
    "global: {anything: true}",
    "config: {influx: {url: 'http://[2001:db8::1]:8086'}}",
    "config: {influx: {url: 'https://influx.example.org/db'}}",
    "config: {webhook: {urlFile: /etc/hook/url}}\nservices: {alerter: {pod: {extraVolumes: [{name: hook, secret: {secretName: hook}}], extraVolumeMounts: [{name: hook, mountPath: /etc/hook}]}}}",
    "services: {detector: {pod: {nodeSelector: {disk: fast}, extraEnv: [{name: TZ, value: UTC}]}}}",
  ];
  for (const yaml of right) expect(await refusal(helm, yaml)).toBeUndefined();
  expect(await refusal(helm, "keda: {maxReplicas: 1, minReplicas: 1}", EVERYTHING)).toBeUndefined();
});
