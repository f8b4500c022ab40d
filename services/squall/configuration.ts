// The configuration of one command: file, environment and flags read once, validated whole.

import { readFileSync } from "node:fs";
import { whatIsWrong } from "../../shared/adapters/files/file-error.ts";
import { CERTIFICATES_BYTES_MAX, readSecretFile } from "../../shared/adapters/files/secret-file.ts";
import type { AdviceSystem } from "../../shared/domain/storm-alert.ts";
import type { Environment, FlagValue } from "../../shared/runtime/config-layers.ts";
import { ConfigError } from "../../shared/runtime/config-fault.ts";
import type { YamlSource } from "../../shared/runtime/yaml-source.ts";
import type { ReadSecret } from "./secret-config.ts";
import type { ConsoleFlags, ServiceFlags } from "./service-flags.ts";
import { serviceFlagValues } from "./service-flags.ts";
import type {
  ConsoleServiceConfig,
  KafkaCommand,
  KafkaSettings,
  ServiceConfig,
  ServiceRole,
} from "./service-settings.ts";
import type { SquallConfig } from "./squall-defaults.ts";
import { defaultSquallConfig } from "./squall-defaults.ts";
import type { StandaloneFlags } from "./standalone-flags.ts";
import { standaloneFlagValues, stateFallback } from "./standalone-flags.ts";
import type { StandaloneConfig } from "./standalone/standalone-settings.ts";

/** What services say travels further than the log they read: subjects stand in it only when somebody wants them to. */
const SUBJECTS_OFF: FlagValue = { flag: "default of services", path: ["subjects"], value: false };

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
  env: Environment,
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
  const file = await fileSource(config);
  const { loadSquallConfig } = await import("./squall-config.ts");
  return loadSquallConfig({ ...file, env, flags, emitWindows });
}

/**
 * The configuration of `squall standalone`; reads the files that hold secrets. Throws ConfigError with all faults. A reload is
 * the same call again: what it throws leaves the old configuration in force. `onSecretFile` hears of each file with a secret.
 */
export async function loadStandaloneConfiguration(
  paths: readonly string[],
  flags: StandaloneFlags,
  env: Environment,
  onSecretFile: (path: string) => void = () => undefined,
): Promise<StandaloneConfig> {
  const sources = await standaloneSources(paths, flags, env);
  const { loadStandaloneConfig } = await import("./squall-config.ts");
  return loadStandaloneConfig({ ...sources, readSecret: secretReader(onSecretFile) });
}

/**
 * The configuration of one service on Kafka; reads the files that hold secrets of its role, and certificates. Throws ConfigError
 * with all faults; what the role cannot do without is one. `onSecretFile` hears of each file with a secret.
 */
export async function loadServiceConfiguration(
  flags: ServiceFlags,
  env: Environment,
  role: ServiceRole,
  onSecretFile: (path: string) => void = () => undefined,
): Promise<ServiceConfig> {
  const sources = await serviceSources(flags, env);
  const { loadServiceConfig } = await import("./service-config.ts");
  return loadServiceConfig({ ...sources, role, readSecret: secretReader(onSecretFile) });
}

/** What a command that needs nothing but Kafka runs by; reads the secrets of Kafka. Throws ConfigError with all faults. */
export async function loadKafkaConfiguration(
  flags: ServiceFlags,
  env: Environment,
  command: KafkaCommand,
): Promise<KafkaSettings> {
  const sources = await serviceSources(flags, env);
  const { loadKafkaConfig } = await import("./service-config.ts");
  return loadKafkaConfig({ ...sources, command, readSecret: secretReader(() => undefined) });
}

/** What `squall console` runs by; reads the secrets of Kafka and the page's token. Throws ConfigError with all faults. */
export async function loadConsoleConfiguration(
  flags: ConsoleFlags,
  env: Environment,
  onSecretFile: (path: string) => void = () => undefined,
): Promise<ConsoleServiceConfig> {
  const sources = await consoleSources(flags, env);
  const { loadConsoleConfig } = await import("./service-config.ts");
  return loadConsoleConfig({ ...sources, readSecret: secretReader(onSecretFile) });
}

/** The layers of the live page's configuration, not yet put together. */
export async function consoleSources({ console: address, ...flags }: ConsoleFlags, env: Environment) {
  const sources = await serviceSources(flags, env);
  const own: FlagValue = { flag: "--console", path: ["console", "address"], value: address };
  return { ...sources, flags: [...sources.flags, own] };
}

/** The layers of a service's configuration, not yet put together. */
export async function serviceSources(flags: ServiceFlags, env: Environment) {
  const fallbacks = [SUBJECTS_OFF];
  return { ...(await fileSource(flags.config)), env, flags: serviceFlagValues(flags), fallbacks };
}

/** The layers of a standalone configuration, not yet put together. */
export async function standaloneSources(paths: readonly string[], flags: StandaloneFlags, env: Environment) {
  const values = standaloneFlagValues(paths, flags);
  return { ...(await fileSource(flags.config)), env, flags: values, fallbacks: [stateFallback(env)] };
}

function secretReader(onSecretFile: (path: string) => void): NonNullable<ReadSecret> {
  return (path, holds) => {
    if (holds === "certificates") return readSecretFile(path, CERTIFICATES_BYTES_MAX);
    onSecretFile(path);
    return readSecretFile(path);
  };
}

function isSetBy(env: Environment): boolean {
  return Object.entries(env).some(([name, value]) => name.startsWith("SQUALL_") && value !== "");
}

async function fileSource(path: string | undefined): Promise<{ file?: YamlSource }> {
  if (path === undefined) return {};
  const text = readText(path);
  const { readYaml } = await import("../../shared/runtime/yaml-source.ts");
  return { file: readYaml(text, path) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError([{ where: path, message: whatIsWrong(error), offset: -1 }]);
  }
}
