// A control plane of Kubernetes on loopback -> the files in its folder and the arguments of each of its programs.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { freePorts } from "./free-port.ts";
import { makeCertificates } from "./real-certificates.ts";

export interface KubernetesPrograms {
  /** The folder of kube-apiserver, kube-controller-manager, kube-scheduler and kubectl. */
  readonly kubernetes: string;
  readonly etcd: string;
  /** The folder of kwok and of its stages. */
  readonly kwok: string;
  readonly openssl: string;
  /** The folder of definitions of other people's objects. */
  readonly definitions: string;
}

export interface ProgramPlan {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

export interface KubernetesPlan {
  readonly folder: string;
  readonly kubectl: string;
  /** Whoever reads it may do everything. */
  readonly kubeconfig: string;
  /** A line of JSON for each request that was answered. */
  readonly auditFile: string;
  /** They must stand before the others can. */
  readonly storage: ProgramPlan;
  readonly server: ProgramPlan;
  readonly others: readonly ProgramPlan[];
}

// Who speaks to the API server, and as member of which group. The roles of the controllers and of the scheduler are Kubernetes' own.
const ADMIN = "admin";
const CONTROLLERS = "system:kube-controller-manager";
const SCHEDULER = "system:kube-scheduler";
const NODES = "kwok";
const GROUPS = new Map([
  [ADMIN, "system:masters"],
  [CONTROLLERS, ""],
  [SCHEDULER, ""],
  [NODES, "system:masters"],
]);

const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata" }],
};

/** A pod by itself that is not to be started anew ends well, as one of a job does by kwok's own stages. */
const ENDS_WELL = {
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name: "pod-alone-complete" },
  spec: {
    resourceRef: { apiGroup: "v1", kind: "Pod" },
    selector: {
      matchExpressions: [
        { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
        { key: ".metadata.ownerReferences", operator: "DoesNotExist" },
        { key: ".spec.restartPolicy", operator: "In", values: ["Never"] },
        { key: ".status.phase", operator: "In", values: ["Running"] },
      ],
    },
    next: { statusTemplate: "phase: Succeeded" },
  },
};

/** Writes what the programs read into the folder. */
export async function planKubernetes(folder: string, programs: KubernetesPrograms): Promise<KubernetesPlan> {
  const [client = 0, peer = 0, secure = 0] = await freePorts(3);
  const etcdUrl = `http://127.0.0.1:${client}`;
  const files = writeFiles(folder, programs.openssl);
  const kubeconfig = writeKubeconfigs(folder, `https://127.0.0.1:${secure}`, files.tokens);
  const kubernetes = (name: string): string => join(programs.kubernetes, name);
  return {
    folder,
    kubectl: kubernetes("kubectl"),
    kubeconfig: kubeconfig(ADMIN),
    auditFile: files.audit,
    storage: { name: "etcd", program: programs.etcd, args: etcdArguments(folder, etcdUrl, peer) },
    server: {
      name: "kube-apiserver",
      program: kubernetes("kube-apiserver"),
      args: serverArguments({ ...files, etcdUrl, port: secure }),
    },
    others: [
      {
        name: "kube-controller-manager",
        program: kubernetes("kube-controller-manager"),
        args: [...followerArguments(kubeconfig(CONTROLLERS)), ...controllerArguments(files)],
      },
      {
        name: "kube-scheduler",
        program: kubernetes("kube-scheduler"),
        args: followerArguments(kubeconfig(SCHEDULER)),
      },
      {
        name: "kwok",
        program: join(programs.kwok, "kwok"),
        args: kwokArguments([join(programs.kwok, "stages.yaml"), files.stages], kubeconfig(NODES)),
      },
    ],
  };
}

interface PlaneFiles {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  readonly accountKey: string;
  readonly tokenFile: string;
  readonly auditPolicy: string;
  readonly audit: string;
  readonly stages: string;
  /** By the name of who has it. */
  readonly tokens: ReadonlyMap<string, string>;
}

function writeFiles(folder: string, openssl: string): PlaneFiles {
  const certificates = join(folder, "certificates");
  const { caFile: ca } = makeCertificates(openssl, certificates);
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const tokens = new Map([...GROUPS.keys()].map((user) => [user, randomUUID()]));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return {
    certificate: join(certificates, "server.pem"),
    key: join(certificates, "server.key"),
    ca,
    accountKey: write("accounts.key", privateKey.export({ type: "sec1", format: "pem" }).toString()),
    tokenFile: write("tokens.csv", [...tokens].map(([user, token]) => tokenLine(user, token)).join("")),
    auditPolicy: write("audit-policy.json", JSON.stringify(AUDIT_POLICY)),
    audit: join(folder, "audit.log"),
    stages: write("stages.json", JSON.stringify(ENDS_WELL)),
    tokens,
  };
}

function tokenLine(user: string, token: string): string {
  return `${token},${user},${user},"${GROUPS.get(user) ?? ""}"\n`;
}

/** Writes one for each user. JSON is YAML. */
function writeKubeconfigs(
  folder: string,
  server: string,
  tokens: ReadonlyMap<string, string>,
): (user: string) => string {
  const place = join(folder, "kubeconfigs");
  mkdirSync(place);
  const fileOf = (user: string): string => join(place, `${user.replaceAll(":", "-")}.json`);
  for (const [user, token] of tokens) {
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "real", cluster: { server, "certificate-authority": join(folder, "certificates", "ca.pem") } },
      ],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: "real", context: { cluster: "real", user } }],
      "current-context": "real",
    };
    writeFileSync(fileOf(user), JSON.stringify(kubeconfig), { mode: 0o600 });
  }
  return fileOf;
}

function etcdArguments(folder: string, url: string, peerPort: number): readonly string[] {
  return [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    // What it holds goes with the folder.
    "--unsafe-no-fsync",
  ];
}

interface ServerPlace extends PlaneFiles {
  readonly etcdUrl: string;
  readonly port: number;
}

function serverArguments(place: ServerPlace): readonly string[] {
  return [
    `--etcd-servers=${place.etcdUrl}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    // Loopback is no address for the endpoints of a service.
    "--endpoint-reconciler-type=none",
    `--secure-port=${place.port}`,
    `--tls-cert-file=${place.certificate}`,
    `--tls-private-key-file=${place.key}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=Node,RBAC",
    "--anonymous-auth=false",
    `--token-auth-file=${place.tokenFile}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${place.accountKey}`,
    `--service-account-signing-key-file=${place.accountKey}`,
    // Else it is validation that refuses a privileged pod, and not pod security.
    "--allow-privileged=true",
    `--audit-policy-file=${place.auditPolicy}`,
    `--audit-log-path=${place.audit}`,
  ];
}

function followerArguments(kubeconfig: string): readonly string[] {
  return [`--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"];
}

function controllerArguments({ accountKey, ca }: PlaneFiles): readonly string[] {
  return [
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${accountKey}`,
    `--root-ca-file=${ca}`,
  ];
}

function kwokArguments(stages: readonly string[], kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    ...stages.map((file) => `--config=${file}`),
    "--manage-all-nodes=true",
    "--cidr=10.0.0.1/24",
    "--node-ip=10.0.0.1",
    "--node-lease-duration-seconds=40",
  ];
}
