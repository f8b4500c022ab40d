// What Kubernetes, KEDA and the Prometheus operator say of their objects -> a JSON Schema a kind, as kubeconform reads them, closed: a name that
// is none is a fault.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

type Json = Readonly<Record<string, unknown>>;

const json = z.record(z.string(), z.unknown());
const DEFINITION = "#/definitions/";

const swagger = z.looseObject({ definitions: z.record(z.string(), json) });
const kinds = z.array(z.object({ group: z.string(), kind: z.string(), version: z.string() }));
const customResource = z.looseObject({
  spec: z.looseObject({
    group: z.string(),
    names: z.looseObject({ kind: z.string() }),
    versions: z.array(z.looseObject({ name: z.string(), schema: z.object({ openAPIV3Schema: json }) })),
  }),
});

/** Writes them into a folder, a file a kind and version. `from`: the folder of the sources. */
export function writeKubeSchemas(from: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (kind: string, apiVersion: string, schema: Json): void => {
    const name = `${kind}-${apiVersion.replace("/", "-")}`.toLowerCase();
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(schema));
  };
  const { definitions } = swagger.parse(JSON.parse(readFileSync(join(from, "swagger.json"), "utf8")));
  for (const [name, definition] of Object.entries(definitions)) {
    for (const { group, kind, version } of kinds.safeParse(definition["x-kubernetes-group-version-kind"]).data ?? []) {
      write(kind, group === "" ? version : `${shortGroup(group)}/${version}`, standalone(name, definitions));
    }
  }
  for (const file of readdirSync(from).filter((name) => name.endsWith(".yaml"))) {
    const { spec } = customResource.parse(parse(readFileSync(join(from, file), "utf8")));
    for (const { name, schema } of spec.versions) {
      write(spec.names.kind, `${shortGroup(spec.group)}/${name}`, closed(schema.openAPIV3Schema));
    }
  }
}

/** kubeconform leaves out what is behind the first dot of a group. */
function shortGroup(group: string): string {
  return group.split(".")[0] ?? group;
}

/** A definition with all that it refers to. */
function standalone(name: string, definitions: Readonly<Record<string, Json>>): Json {
  const needed = new Map<string, Json>();
  const take = (one: string): void => {
    const definition = definitions[one];
    if (needed.has(one) || definition === undefined) return;
    const made = closed(definition);
    needed.set(one, made);
    for (const [, other = ""] of JSON.stringify(made).matchAll(/"#\/definitions\/([^"]+)"/gu)) take(other);
  };
  take(name);
  return { $ref: `${DEFINITION}${name}`, definitions: Object.fromEntries(needed) };
}

/** Kubernetes' own words for what JSON Schema has no type for, and no name beside those that are listed. */
function closed(schema: Json): Json {
  const format = schema["format"];
  if (schema["x-kubernetes-int-or-string"] === true || format === "int-or-string")
    return { type: ["string", "integer"] };
  if (String(schema["description"]).startsWith("Quantity is a fixed-point")) return { type: ["string", "number"] };
  const { format: _, description: __, default: ___, ...rest } = schema;
  const deeper = json.parse(
    Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, name === "properties" ? each(value) : deep(value)]),
    ),
  );
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in schema;
  return {
    ...deeper,
    ...("properties" in schema && !isOpen ? { additionalProperties: false } : {}),
  };
}

function each(properties: unknown): Json {
  return Object.fromEntries(Object.entries(json.parse(properties)).map(([name, value]) => [name, deep(value)]));
}

function deep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => deep(one));
  const object = json.safeParse(value);
  return object.success ? closed(object.data) : value;
}
