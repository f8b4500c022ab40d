// The chart as helm itself renders it.

import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { CHART } from "../../../deploy/helm/schema/chart-files.ts";
import { realPart } from "../real-part.ts";
import { type KubeObject, kubeObjects } from "./kube-objects.ts";

const CALL_MS = 60_000;
const TEXT_BYTES_MAX = 16 * 1024 * 1024;
const VALUES = join(CHART, "ci");

/** Sets of values that hold all that the chart can do, each for other people. */
export const VALUE_SETS: readonly string[] = readdirSync(VALUES).toSorted();

export function valuesPath(name: string): string {
  return join(VALUES, name);
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end, whatever that is. */
export async function saidBy(program: string, args: readonly string[], input = ""): Promise<Said> {
  const running = promisify(execFile)(program, [...args], { timeout: CALL_MS, maxBuffer: TEXT_BYTES_MAX });
  running.child.stdin?.end(input);
  try {
    const { stdout, stderr } = await running;
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || !("stdout" in error) || !("stderr" in error)) throw error;
    return { code: Number(error.code), out: String(error.stdout), err: String(error.stderr) };
  }
}

export const RELEASE = "squall";
export const NAMESPACE = "mail";

/** Rejects with what helm says where it refuses the values. `more`: further arguments. */
export async function renderedChart(helm: string, values: string, more: readonly string[] = []): Promise<string> {
  const args = ["template", RELEASE, CHART, "--namespace", NAMESPACE, "--values", values, ...more];
  const { code, out, err } = await saidBy(helm, args);
  if (code !== 0) throw new Error(err);
  return out;
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
