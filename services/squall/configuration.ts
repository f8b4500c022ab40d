// The configuration of one command: file, environment and flags read once, validated whole.

import { readFileSync } from "node:fs";
import { whatIsWrong } from "../../shared/adapters/files/file-error.ts";
import type { AdviceSystem } from "../../shared/domain/storm-alert.ts";
import type { FlagValue } from "../../shared/runtime/config.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import type { YamlSource } from "../../shared/runtime/yaml-source.ts";
import type { SquallConfig } from "./squall-defaults.ts";
import { defaultSquallConfig } from "./squall-defaults.ts";

export interface ConfigurationFlags {
  /** YAML file. */
  readonly config?: string | undefined;
  readonly site?: string | undefined;
  readonly timezone?: string | undefined;
  readonly advice?: readonly AdviceSystem[] | undefined;
  /** Windows are wanted as output. */
  readonly emitWindows: boolean;
}

/** Throws ConfigError with all faults; a file that cannot be read is one. */
export async function loadConfiguration(
  { config, site, timezone, advice, emitWindows }: ConfigurationFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SquallConfig> {
  const flags: FlagValue[] = [
    { flag: "--site", path: ["site"], value: site },
    { flag: "--timezone", path: ["timezone"], value: timezone },
    { flag: "--advice", path: ["advice"], value: advice },
  ];
  // Most replays set nothing: the schema, and what it is made with, would be a third of their start.
  if (config === undefined && flags.every(({ value }) => value === undefined) && !isSetBy(env)) {
    return { ...defaultSquallConfig, detector: { ...defaultSquallConfig.detector, emitWindows } };
  }
  const file = config === undefined ? {} : { file: await readFile(config) };
  const { loadSquallConfig } = await import("./squall-config.ts");
  return loadSquallConfig({ ...file, env, flags, emitWindows });
}

function isSetBy(env: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(env).some(([name, value]) => name.startsWith("SQUALL_") && value !== "");
}

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
