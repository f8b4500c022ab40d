// Helm 4 and Helm 3, for `describe.each`: as somebody uses them who has a cluster and the chart.

import { join } from "node:path";

import type { TestContext } from "vitest";

import { ROOT } from "../e2e/squall-process.ts";
import type { RealKubernetes } from "./real-kubernetes.ts";
import { realPart } from "./real-part.ts";
import { runProgram } from "./run-program.ts";

/** What it says on standard output. Rejects with what it says on standard error. */
export type Helm = (...args: readonly string[]) => Promise<string>;

export interface HelmVersion {
  readonly version: string;
  readonly on: (plane: Pick<RealKubernetes, "env">, context: Pick<TestContext, "skip">) => Helm;
}

const CALL_MS = 180_000;

/** What releases of tests are installed with. */
export const VALUES_OF_RELEASE = join(ROOT, "test/full/release-values.yaml");

const HELM_4: HelmVersion = { version: "4", on: (plane, context) => helmOn(realPart("helm", context), plane) };
const HELM_3: HelmVersion = { version: "3", on: (plane, context) => helmOn(realPart("helm 3", context), plane) };

/** The first is Helm 4. */
export const HELM_VERSIONS: readonly [HelmVersion, HelmVersion] = [HELM_4, HELM_3];

function helmOn(program: string, { env }: Pick<RealKubernetes, "env">): Helm {
  return (...args) => runProgram(program, args, { env, deadlineMs: CALL_MS });
}
