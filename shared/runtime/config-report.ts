// A configuration's layers -> every setting as it is in force, in the form in which it is written, and where it came from.

import { z } from "zod";
import type { ConfigSources, Origins } from "./config-layers.ts";
import { isLayer, mergeLayers, originOf } from "./config-layers.ts";
import type { YamlSource } from "./yaml-source.ts";

/** A value of the report: a leaf, or what holds leaves. */
export type ReportNode =
  | { readonly kind: "value"; readonly value: unknown; readonly source: string }
  | { readonly kind: "map"; readonly entries: readonly (readonly [name: string, node: ReportNode])[] }
  | { readonly kind: "list"; readonly items: readonly ReportNode[] };

const MASK = "***";

interface Walk {
  readonly origins: Origins;
  readonly file: YamlSource | undefined;
}

/** The layers must be free of faults: `loadConfig` says which there are. Secrets (`writeOnly` in the schema) are masked. */
export function configReport(sources: ConfigSources<z.ZodObject>): ReportNode {
  const root = sources.file?.value ?? {};
  const origins = isLayer(root) ? mergeLayers(sources, root) : new Map<string, string>();
  return mapNode(sources.schema, root, [], { origins, file: sources.file });
}

type Path = readonly (string | number)[];

function mapNode(schema: z.ZodObject, given: unknown, path: Path, walk: Walk): ReportNode {
  const layer = isLayer(given) ? given : {};
  const entries = Object.entries(schema.shape).flatMap(([name, inner]): [string, ReportNode][] => {
    const value = Object.hasOwn(layer, name) ? layer[name] : undefined;
    const node = nodeOf(inner, value, [...path, name], walk);
    return node === undefined ? [] : [[name, node]];
  });
  return { kind: "map", entries };
}

/** Undefined for what is not set and has no default. */
function nodeOf(schema: unknown, given: unknown, path: Path, walk: Walk): ReportNode | undefined {
  const { inner, fallback, isSecret } = unwrapped(schema);
  const value = given === undefined ? fallback : given;
  if (value === undefined) return undefined;
  if (inner instanceof z.ZodObject) return mapNode(inner, value, path, walk);
  if (inner instanceof z.ZodRecord && isLayer(value)) {
    return { kind: "map", entries: recordEntries(inner, value, path, walk) };
  }
  if (inner instanceof z.ZodArray && Array.isArray(value) && unwrapped(inner.element).inner instanceof z.ZodObject) {
    const items = value.flatMap((item: unknown, index) => nodeOf(inner.element, item, [...path, index], walk) ?? []);
    if (items.length > 0) return { kind: "list", items };
  }
  const isOfSecrets = inner instanceof z.ZodArray && Array.isArray(value) && unwrapped(inner.element).isSecret;
  const shown = isOfSecrets ? value.map(() => MASK) : isSecret ? masked(value, inner) : value;
  return { kind: "value", value: shown, source: given === undefined ? "default" : sourceOf(path, walk) };
}

function recordEntries(schema: z.ZodRecord, layer: object, path: Path, walk: Walk): [string, ReportNode][] {
  return Object.entries(layer).flatMap(([name, value]) => {
    const node = nodeOf(schema.valueType, value, [...path, name], walk);
    return node === undefined ? [] : [[name, node]];
  });
}

function sourceOf(path: Path, { origins, file }: Walk): string {
  return originOf(path, origins) ?? file?.positionOf(path).where ?? "default";
}

interface Unwrapped {
  readonly inner: unknown;
  /** As it would be written. */
  readonly fallback: unknown;
  readonly isSecret: boolean;
}

/** What is under defaults, optionals and transforms, and what was said on the way. */
function unwrapped(schema: unknown): Unwrapped {
  const isSecret = schema instanceof z.ZodType && schema.meta()?.["writeOnly"] === true;
  const under = step(schema);
  if (under === undefined) return { inner: schema, fallback: undefined, isSecret };
  const found = unwrapped(under.schema);
  return { ...found, fallback: under.fallback ?? found.fallback, isSecret: isSecret || found.isSecret };
}

function step(schema: unknown): { readonly schema: unknown; readonly fallback: unknown } | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return { schema: schema.unwrap(), fallback: schema.def.defaultValue };
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) {
    return { schema: schema.unwrap(), fallback: undefined };
  }
  return schema instanceof z.ZodPipe ? { schema: schema.in, fallback: undefined } : undefined;
}

/** Of a URL one may see where it leads to, not the path that lets one in. */
function masked(value: unknown, schema: unknown): string {
  const isUrl = schema instanceof z.ZodType && schema.meta()?.["format"] === "uri";
  if (!isUrl || typeof value !== "string" || !URL.canParse(value)) return MASK;
  const { protocol, host } = new URL(value);
  return `${protocol}//${host}/${MASK}`;
}
