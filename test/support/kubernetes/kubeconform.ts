// Manifests -> what Kubernetes, KEDA and the Prometheus operator find wrong with them, by kubeconform and their own schemas.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { z } from "zod";
import { realPart } from "../real-part.ts";
import { saidBy } from "../run-program.ts";
import { writeKubeSchemas } from "./kube-schemas.ts";

/** Strimzi's own are not to be had here. */
const WITHOUT_SCHEMA = "KafkaTopic,KafkaUser";

const verdicts = z.object({
  resources: z.array(z.object({ kind: z.string(), name: z.string(), msg: z.string() })).default([]),
  summary: z.object({ valid: z.number(), invalid: z.number(), errors: z.number() }),
});

/** One line a fault. `folder`: where the schemas may be kept. Throws where it judged nothing. */
export async function kubeFaults(context: TestContext, text: string, folder: string): Promise<string[]> {
  const place = join(folder, "schemas");
  if (!existsSync(place)) writeKubeSchemas(realPart("kubernetes schemas", context), place);
  const location = join(place, "{{.ResourceKind}}{{.KindSuffix}}.json");
  const args = ["-strict", "-output", "json", "-summary", "-schema-location", location, "-skip", WITHOUT_SCHEMA, "-"];
  const { out } = await saidBy(realPart("kubeconform", context), args, { input: text });
  const { resources, summary } = verdicts.parse(JSON.parse(out));
  if (summary.valid + summary.invalid + summary.errors === 0) throw new Error(`kubeconform judged nothing: ${out}`);
  return resources.map(({ kind, name, msg }) => `${kind}/${name}: ${msg}`);
}
