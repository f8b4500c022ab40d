// The configuration of one command: file, environment and flags read once, validated whole.

import { readFileSync } from "node:fs";
import { whatIsWrong } from "../../shared/adapters/files/file-error.ts";
import type { FlagValue } from "../../shared/runtime/config.ts";
import { ConfigError } from "../../shared/runtime/config.ts";
import type { YamlSource } from "../../shared/runtime/yaml-source.ts";
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

/** Throws ConfigError with all faults; a file that cannot be read is one. */
export async function loadConfiguration(
  { config, site, timezone, emitWindows }: ConfigurationFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SquallConfig> {
  const flags: FlagValue[] = [
    { flag: "--site", path: ["site"], value: site },
    { flag: "--timezone", path: ["timezone"], value: timezone },
  ];
  const file = config === undefined ? {} : { file: await readFile(config) };
  return loadSquallConfig({ ...file, env, flags, emitWindows });
}

/** YAML is only loaded where there is some: it would be a tenth of the start. */
async function readFile(path: string): Promise<YamlSource> {
  const text = readText(path);
  const { readYaml } = await import("../../shared/runtime/yaml-source.ts");
  return readYaml(text, path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError([{ where: path, message: whatIsWrong(error), offset: -1 }]);
  }
}
