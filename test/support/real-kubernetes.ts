// Starts a control plane of Kubernetes in a temporary folder on free loopback ports: etcd, API server, controllers and scheduler are the
// real ones. Its nodes are simulated by kwok: a pod that is placed there is ready at once, no image is pulled and no probe is run.

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, type TestContext } from "vitest";
import { z } from "zod";

import { pollUntil } from "./poll.ts";
import {
  planKubernetes,
  type KubernetesPlan,
  type KubernetesPrograms,
  type ProgramPlan,
} from "./real-kubernetes-config.ts";
import { realPart } from "./real-part.ts";
import { RealProcess } from "./real-process.ts";
import { runProgram } from "./run-program.ts";

const CALL_MS = 120_000;
const WAIT_MS = 120_000;
const PAUSE_MS = 300;
const ZONES = ["a", "b", "c"] as const;

/** What the API server answered with 403 (no right to it, or against a rule) or 422 (not valid). */
export interface RefusedRequest {
  readonly user: string;
  readonly verb: string;
  readonly namespace: string;
  readonly resource: string;
  readonly message: string;
}

export interface RealKubernetes {
  /** Variables for a program that speaks to it, as somebody who may do everything. */
  readonly env: NodeJS.ProcessEnv;
  /** What kubectl says on standard output. Rejects with what it says on standard error. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  /** A namespace that pods may be made in; with `restricted`, only those that keep to that standard. Resolves with its name. */
  readonly addNamespace: (name: string, level?: "restricted") => Promise<string>;
  /** Requests about a namespace that were refused so far. */
  readonly refused: (namespace: string) => readonly RefusedRequest[];
  /** Kills all of it and deletes the folder. */
  readonly stop: () => Promise<void>;
}

/** One for the tests of a file: started by the first that asks, stopped behind the last. A start takes 10 s and more. */
export function sharedRealKubernetes(): (context: TestContext) => Promise<RealKubernetes> {
  let plane: Promise<RealKubernetes> | undefined;
  afterAll(async () => {
    const [started] = await Promise.allSettled([plane]);
    if (started.status === "fulfilled") await started.value?.stop();
  });
  return (context) => {
    plane ??= startRealKubernetes(kubernetesPrograms(context));
    return plane;
  };
}

/** Three nodes, each in a zone of its own. It knows the objects of KEDA and of the Prometheus operator, but nobody does what they say. */
async function startRealKubernetes(programs: KubernetesPrograms): Promise<RealKubernetes> {
  const folder = mkdtempSync(join(tmpdir(), "squall-kubernetes-"));
  const plan = await planKubernetes(folder, programs);
  const processes: RealProcess[] = [];
  const start = (program: ProgramPlan): void => void processes.push(startProgram(program, plan));
  // SIGKILL, the last first: on SIGTERM the API server would wait for an etcd that is gone.
  const stop = async (): Promise<void> => {
    for (const process of processes.toReversed()) await process.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const env = { HOME: folder, KUBECONFIG: plan.kubeconfig };
  const kubectl = (args: readonly string[], input = ""): Promise<string> =>
    runProgram(plan.kubectl, args, { env, deadlineMs: CALL_MS, input });
  try {
    start(plan.storage);
    start(plan.server);
    await untilReady(kubectl, processes);
    plan.others.forEach(start);
    await addNodes(kubectl);
    await define(kubectl, programs.definitions);
  } catch (error) {
    const logs = processes.map((process) => process.log().slice(-2000)).join("\n---\n");
    await stop();
    throw new Error(`the control plane did not start:\n${logs}`, { cause: error });
  }
  return {
    env,
    kubectl,
    addNamespace: (name, level) => addNamespace(kubectl, name, level),
    refused: (namespace) => refusedRequests(plan.auditFile).filter((request) => request.namespace === namespace),
    stop,
  };
}

type Kubectl = RealKubernetes["kubectl"];

/** Where one is missing, the calling test is skipped, or fails when real parts are required. */
function kubernetesPrograms(context: Pick<TestContext, "skip">): KubernetesPrograms {
  return {
    kubernetes: realPart("kubernetes", context),
    etcd: realPart("etcd", context),
    kwok: realPart("kwok", context),
    openssl: realPart("openssl", context),
    definitions: realPart("kubernetes schemas", context),
  };
}

function startProgram({ name, program, args }: ProgramPlan, { folder }: KubernetesPlan): RealProcess {
  return new RealProcess({ program, args, logFile: join(folder, `${name}.log`), env: { HOME: folder } });
}

async function untilReady(kubectl: Kubectl, processes: readonly RealProcess[]): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    for (const process of processes) process.expectRunning();
    return kubectl(["get", "--raw=/readyz"]).then(
      (answer) => answer === "ok",
      () => false,
    );
  };
  await pollUntil(isReady, { deadlineMs: WAIT_MS, pauseMs: PAUSE_MS, what: "the API server to be ready" });
}

async function addNodes(kubectl: Kubectl): Promise<void> {
  const nodes = ZONES.map((zone) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `node-${zone}`,
      labels: { "kubernetes.io/hostname": `node-${zone}`, "topology.kubernetes.io/zone": zone },
    },
    status: Object.fromEntries(
      ["allocatable", "capacity"].map((what) => [what, { cpu: "8", memory: "32Gi", pods: "110" }]),
    ),
  }));
  await kubectl(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: nodes }));
  await kubectl(["wait", "--for=condition=Ready", "node", "--all", `--timeout=${WAIT_MS}ms`]);
}

async function define(kubectl: Kubectl, folder: string): Promise<void> {
  const files = globSync("*.yaml", { cwd: folder }).flatMap((file) => ["-f", join(folder, file)]);
  await kubectl(["apply", "--server-side", ...files]);
  await kubectl(["wait", "--for=condition=Established", ...files, `--timeout=${WAIT_MS}ms`]);
}

async function addNamespace(kubectl: Kubectl, name: string, level?: "restricted"): Promise<string> {
  const labels = level === undefined ? {} : { "pod-security.kubernetes.io/enforce": level };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
  await kubectl(["create", "-f", "-"], JSON.stringify(namespace));
  // Before the controllers have made it, no pod is let in.
  await kubectl(["wait", "--for=create", "serviceaccount/default", `--namespace=${name}`, `--timeout=${WAIT_MS}ms`]);
  return name;
}

const auditEntry = z.object({
  verb: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({ namespace: z.string().default(""), resource: z.string().default("") })
    .default({ namespace: "", resource: "" }),
  responseStatus: z.object({ code: z.number(), message: z.string().default("") }).optional(),
});

function refusedRequests(auditFile: string): RefusedRequest[] {
  if (!existsSync(auditFile)) return [];
  const lines = readFileSync(auditFile, "utf8").split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    const { verb, user, objectRef, responseStatus } = auditEntry.parse(JSON.parse(line));
    if (responseStatus?.code !== 403 && responseStatus?.code !== 422) return [];
    return [{ user: user.username, verb, ...objectRef, message: responseStatus.message }];
  });
}
