// A configuration schema -> its settings by path, and the environment variable of each.

import { z } from "zod";

/** How the text of an environment variable becomes a value. */
export type SettingKind = "text" | "number" | "flag" | "words";

export interface Setting {
  readonly path: readonly string[];
  /** `SQUALL_DETECTOR_ALLOWED_LATENESS` for detector.allowedLateness. */
  readonly env: string;
  readonly kind: SettingKind;
}

/** Every setting that is one value or a list of words; maps and lists of maps can only stand in the file. */
export function settingsOf(schema: z.ZodObject, prefix: string): Setting[] {
  const settings: Setting[] = [];
  collect(schema, [], (path, kind) => {
    settings.push({ path, env: [prefix, ...path.map(upperSnake)].join("_"), kind });
  });
  return settings;
}

/** The names that may stand at a path; empty where the schema does not fix them. */
export function namesAt(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const step of path) {
    const inner = unwrapped(current);
    if (inner instanceof z.ZodObject) current = inner.shape[String(step)];
    else if (inner instanceof z.ZodArray) current = inner.element;
    else if (inner instanceof z.ZodRecord) current = inner.valueType;
    else return [];
  }
  const inner = unwrapped(current);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function collect(
  schema: z.ZodObject,
  path: readonly string[],
  found: (path: readonly string[], kind: SettingKind) => void,
): void {
  for (const [name, value] of Object.entries(schema.shape)) {
    const inner = unwrapped(value);
    const at = [...path, name];
    if (inner instanceof z.ZodObject) collect(inner, at, found);
    else if (inner instanceof z.ZodNumber) found(at, "number");
    else if (inner instanceof z.ZodBoolean) found(at, "flag");
    else if (inner instanceof z.ZodArray) {
      const element = unwrapped(inner.element);
      if (element instanceof z.ZodString || element instanceof z.ZodEnum) found(at, "words");
    } else if (inner instanceof z.ZodString || inner instanceof z.ZodEnum) found(at, "text");
  }
}

/** What is under defaults, optionals and transforms. */
function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrapped(schema.in) : schema;
}

function upperSnake(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/gu, "_$&").toUpperCase();
}
