// The configuration of one command: file, environment and flags read once, validated whole.

import { readFileSync } from "node:fs";
import { inWords } from "../../shared/adapters/files/file-error.ts";
import type { FlagValue } from "../../shared/runtime/config.ts";
import type { SquallConfig } from "./squall-config.ts";
import { loadSquallConfig } from "./squall-config.ts";

export interface ConfigurationFlags {
  /** YAML file. */
  readonly config?: string | undefined;
  readonly site?: string | undefined;
  readonly timezone?: string | undefined;
  /** Windows are wanted as output. */
  readonly emitWindows: boolean;
}

/** Throws ConfigError with all faults, or InputError when the file cannot be read. */
export function loadConfiguration(
  flags: ConfigurationFlags,
  env: Readonly<Record<string, string | undefined>>,
): SquallConfig {
  const values: FlagValue[] = [{ flag: "--windows", path: ["detector", "emitWindows"], value: flags.emitWindows }];
  if (flags.site !== undefined) values.push({ flag: "--site", path: ["site"], value: flags.site });
  if (flags.timezone !== undefined) values.push({ flag: "--timezone", path: ["timezone"], value: flags.timezone });
  const file = flags.config === undefined ? {} : { yamlText: readText(flags.config), fileName: flags.config };
  return loadSquallConfig({ ...file, env, flags: values });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw inWords(path, error);
  }
}
