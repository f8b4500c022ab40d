// The chart as helm itself renders it.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { CHART } from "../../../deploy/helm/schema/chart-files.ts";
import { runProgram } from "../run-program.ts";
import { realPart } from "../real-part.ts";
import { type KubeObject, kubeObjects } from "./kube-objects.ts";

const VALUES = join(CHART, "ci");

/** Sets of values that hold all that the chart can do, each for other people. */
export const VALUE_SETS: readonly string[] = readdirSync(VALUES).toSorted();

export function valuesPath(name: string): string {
  return join(VALUES, name);
}

export const RELEASE = "squall";
export const NAMESPACE = "mail";

/** Rejects with what helm says where it refuses the values. `more`: further arguments. */
export function renderedChart(helm: string, values: string, more: readonly string[] = []): Promise<string> {
  const args = ["template", RELEASE, CHART, "--namespace", NAMESPACE, "--values", values, ...more];
  return runProgram(helm, args);
}

/** The chart is to be right for both. */
export const HELMS = ["helm", "helm 3"] as const;

const texts = new Map<string, Promise<string>>();

/** Of one set of values, rendered once for all tests of a file. */
export function chartText(context: TestContext, set: string, part: (typeof HELMS)[number] = "helm"): Promise<string> {
  const key = `${part} ${set}`;
  const text = texts.get(key) ?? renderedChart(realPart(part, context), valuesPath(set));
  texts.set(key, text);
  return text;
}

export async function chartObjects(context: TestContext, set: string): Promise<KubeObject[]> {
  return kubeObjects(await chartText(context, set));
}
