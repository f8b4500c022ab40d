// Flags over environment over YAML file over defaults -> one frozen, validated configuration, or every fault of it at once.

import type { z } from "zod";
import type { ConfigFault } from "./config-fault.ts";
import { ConfigError, nearestName, suggestion } from "./config-fault.ts";
import type { ConfigSources, Environment, Origins } from "./config-layers.ts";
import { ENV_PREFIX, isLayer, mergeLayers, originOf } from "./config-layers.ts";
import { namesAt, settingsOf } from "./config-settings.ts";
import type { YamlSource } from "./yaml-source.ts";

/** What Kubernetes sets for a service that is called squall; never meant for us. */
const SERVICE_LINK =
  /^SQUALL(_[A-Z0-9]+)*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)$/u;

const NOWHERE = { where: "configuration", offset: -1 };

/** Settings from elsewhere are put into its value. */
function noFile(): YamlSource {
  return { value: {}, faults: [], isWhole: true, positionOf: () => NOWHERE, positionOfKey: () => NOWHERE };
}

/**
 * Reads and validates a configuration. Throws a ConfigError with all faults: unknown names (with the one that was
 * probably meant), wrong values, YAML errors, each with file, line and column, or the variable's or flag's name.
 */
export function loadConfig<Schema extends z.ZodObject>(sources: ConfigSources<Schema>): Readonly<z.output<Schema>> {
  const yaml = sources.file ?? noFile();
  const faults: ConfigFault[] = [...yaml.faults, ...misspeltEnv(sources)];
  if (yaml.isWhole && !isLayer(yaml.value)) {
    faults.push({ ...yaml.positionOf([]), message: "the file must be a map of settings" });
  } else if (yaml.isWhole && isLayer(yaml.value)) {
    const origins = mergeLayers(sources, yaml.value);
    const result = sources.schema.safeParse(yaml.value);
    if (result.success && faults.length === 0) return deepFreeze(result.data);
    const issues = result.success ? [] : result.error.issues;
    faults.push(...issues.flatMap((issue) => issueFaults(issue, { sources, yaml, origins })));
  }
  throw new ConfigError(faults);
}

/** Variables that begin with SQUALL_ and that neither this schema nor Kubernetes knows: perhaps another service's. */
function unknownEnv(schema: z.ZodObject, env: Environment): string[] {
  const known = new Set(settingsOf(schema, ENV_PREFIX).map((setting) => setting.env));
  return Object.keys(env)
    .filter((name) => name.startsWith(`${ENV_PREFIX}_`) && !known.has(name) && !SERVICE_LINK.test(name))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** Other services share the environment, so an unknown variable is a fault only when it looks like one of ours. */
function misspeltEnv(sources: ConfigSources<z.ZodObject>): ConfigFault[] {
  const known = settingsOf(sources.schema, ENV_PREFIX).map((setting) => setting.env);
  return unknownEnv(sources.schema, sources.env).flatMap((name) => {
    const nearest = nearestName(name, known);
    return nearest === undefined
      ? []
      : [{ where: name, offset: -1, message: `unknown variable; did you mean "${nearest}"?` }];
  });
}

interface FaultContext {
  readonly sources: ConfigSources<z.ZodObject>;
  readonly yaml: YamlSource;
  readonly origins: Origins;
}

function issueFaults(issue: z.core.$ZodIssue, context: FaultContext): ConfigFault[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") {
    const known = namesAt(context.sources.schema, path);
    return issue.keys.map((key) => ({
      ...context.yaml.positionOfKey(path, key),
      message: `unknown setting ${pathText([...path, key])}${suggestion(key, known)}`,
    }));
  }
  const message = issueText(issue);
  const origin = originOf(path, context.origins);
  if (origin !== undefined) return [{ where: origin, offset: -1, message }];
  return [{ ...context.yaml.positionOf(path), message: `${pathText(path)}: ${message}` }];
}

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  if (issue.code === "invalid_type") {
    if (issue.message.endsWith("received undefined")) return "is needed";
    if (issue.expected === "int") return "must be a whole number";
  }
  if (issue.code === "too_small" && issue.origin === "number") return `must be at least ${issue.minimum}`;
  if (issue.code === "too_small" && issue.origin === "string" && issue.minimum === 1) return "must not be empty";
  if (issue.code === "too_big" && issue.origin === "number") return `must be at most ${issue.maximum}`;
  return issue.message.replace(/^Invalid (input|option): /u, "");
}

/** `lists[2].audience`. */
function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

function deepFreeze<Value>(value: Value): Readonly<Value> {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
