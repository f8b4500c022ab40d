// A bill of materials, judged by CycloneDX' own schema, and what it ought to name: the packages that package-lock.json has squall run with.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { z } from "zod";
import { ROOT } from "../../e2e/squall-process.ts";

const LIBRARY = dirname(createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json"));

const componentSchema = z.object({
  name: z.string(),
  version: z.string(),
  purl: z.string(),
  licenses: z.array(z.unknown()).default([]),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })).default([]),
});

const bomSchema = z.object({
  specVersion: z.literal("1.5"),
  metadata: z.object({ component: componentSchema.extend({ type: z.string() }) }),
  components: z.array(componentSchema),
});

export type Bom = z.infer<typeof bomSchema>;

/** Throws with all that CycloneDX' schema of its version has against it. */
export function bomOf(text: string): Bom {
  const value: unknown = JSON.parse(text);
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  // They name one another by the names of their files.
  for (const part of ["spdx", "jsf-0.82"]) ajv.addSchema(cycloneSchema(part), `${SCHEMAS}/${fileOf(part)}`);
  const isValid = ajv.compile(cycloneSchema("bom-1.5"));
  if (!isValid(value)) throw new Error(ajv.errorsText(isValid.errors));
  return bomSchema.parse(value);
}

const SCHEMAS = "http://cyclonedx.org/schema";

function fileOf(part: string): string {
  return `${part}.SNAPSHOT.schema.json`;
}

function cycloneSchema(part: string): object {
  return z.looseObject({}).parse(JSON.parse(readFileSync(join(LIBRARY, "res/schema", fileOf(part)), "utf8")));
}

const lockSchema = z.object({
  packages: z.record(z.string(), z.looseObject({ version: z.string().optional(), dev: z.boolean().default(false) })),
});

/** `name@version` of each package that is installed without those for development. */
export function runtimePackages(): string[] {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== "" && !dev)
    .map(([path, { version = "" }]) => `${path.replace(/^.*node_modules\//u, "")}@${version}`)
    .toSorted();
}
