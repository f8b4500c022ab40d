// Fallbacks, file, environment and flags, each over the one before -> one map of settings, and where each came from.

import type { z } from "zod";
import type { Setting } from "./config-settings.ts";
import { settingsOf } from "./config-settings.ts";
import type { YamlSource } from "./yaml-source.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that stands outside the file: a flag such as `--site` for `["site"]`, or a fallback that was worked out. */
export interface FlagValue {
  /** What it is called in faults: "--site", "STATE_DIRECTORY". */
  readonly flag: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface ConfigSources<Schema extends z.ZodObject> {
  readonly schema: Schema;
  /** What `readYaml` made of the file; absent where there is none. */
  readonly file?: YamlSource;
  /** Only names that begin with SQUALL_ are looked at; an empty value counts as unset. */
  readonly env: Environment;
  readonly flags: readonly FlagValue[];
  /** What holds where nothing else is said, and the schema cannot know: a folder of this user. */
  readonly fallbacks?: readonly FlagValue[];
}

export const ENV_PREFIX = "SQUALL";

export type Layer = Record<string, unknown>;
/** Settings that did not come from the file: path, joined by dots -> name of the variable, flag or fallback. */
export type Origins = Map<string, string>;

/** Puts everything over the file's map, in place. */
export function mergeLayers(sources: ConfigSources<z.ZodObject>, file: Layer): Origins {
  const origins: Origins = new Map();
  overlay(file, fromEnvironment(sources.schema, sources.env), origins);
  overlay(
    file,
    sources.flags.filter(({ value }) => value !== undefined),
    origins,
  );
  for (const fallback of sources.fallbacks ?? []) {
    if (!isSet(file, fallback.path)) overlay(file, [fallback], origins);
  }
  return origins;
}

function fromEnvironment(schema: z.ZodObject, env: Environment): FlagValue[] {
  return settingsOf(schema, ENV_PREFIX).flatMap((setting) => {
    const text = env[setting.env];
    if (text === undefined || text === "") return [];
    return [{ flag: setting.env, path: setting.path, value: envValue(text, setting) }];
  });
}

/** Text that does not fit stays text, for the schema to refuse. */
function envValue(text: string, setting: Setting): unknown {
  if (setting.kind === "number") return /^-?\d+(\.\d+)?$/u.test(text) ? Number(text) : text;
  if (setting.kind === "flag") return text === "true" || (text === "false" ? false : text);
  return setting.kind === "words" ? text.split(",").map((word) => word.trim()) : text;
}

/** One level over those below. Another way of saying the same thing (`url`, `urlFile`) gives way, unless this level says both. */
function overlay(root: Layer, level: readonly FlagValue[], origins: Origins): void {
  for (const { path } of level) {
    const holder = holderOf(root, path);
    const last = path.at(-1);
    if (holder === undefined || last === undefined) continue;
    for (const name of alternativesOf(last)) {
      if (!Object.hasOwn(holder, name)) continue;
      delete holder[name];
      origins.delete([...path.slice(0, -1), name].join("."));
    }
  }
  for (const { flag, path, value } of level) if (place(root, path, value)) origins.set(path.join("."), flag);
}

/** `secret`, `secrets` and `secretFile` say one thing: the others of a name. */
function alternativesOf(name: string): string[] {
  const bare = name.endsWith("File") ? name.slice(0, -"File".length) : name.replace(/s$/u, "");
  return [bare, `${bare}s`, `${bare}File`].filter((other) => other !== name);
}

function holderOf(root: Layer, path: readonly string[]): Layer | undefined {
  let layer: Layer = root;
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(layer, name) ? layer[name] : undefined;
    if (!isLayer(next)) return undefined;
    layer = next;
  }
  return layer;
}

function isSet(root: Layer, path: readonly string[]): boolean {
  const last = path.at(-1);
  const holder = holderOf(root, path);
  return holder !== undefined && last !== undefined && Object.hasOwn(holder, last);
}

/** Puts a value at a path; false where the file has something else than a map on the way, which is a fault of its own. */
function place(root: Layer, path: readonly string[], value: unknown): boolean {
  let layer = root;
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(layer, name) ? layer[name] : undefined;
    if (next === undefined || next === null) {
      const made: Layer = {};
      layer[name] = made;
      layer = made;
    } else if (isLayer(next)) layer = next;
    else return false;
  }
  const last = path.at(-1);
  if (last === undefined) return false;
  layer[last] = value;
  return true;
}

/** Where a setting, or what it stands in, came from, if not from the file. */
export function originOf(path: readonly (string | number)[], origins: Origins): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(path.slice(0, length).join("."));
    if (origin !== undefined) return origin;
  }
  return undefined;
}

export function isLayer(value: unknown): value is Layer {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
