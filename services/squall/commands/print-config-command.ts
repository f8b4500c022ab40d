// `squall print-config`: the configuration as it would be in force, as YAML, each value with its source; secrets masked.

import { configReport } from "../../../shared/runtime/config-report.ts";
import { configYaml } from "../config-yaml.ts";
import { consoleSources, serviceSources, standaloneSources } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { loadConsoleConfig, loadServiceConfig } from "../service-config.ts";
import { serviceFlagsOf } from "../service-flags.ts";
import type { KafkaReader } from "../service-settings.ts";
import { loadStandaloneConfig, squallSchema } from "../squall-config.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import type { Terminal } from "../terminal.ts";

export interface PrintConfigFlags extends StandaloneFlags {
  /** Undefined: standalone. */
  readonly for?: KafkaReader;
}

interface PrintConfigDeps {
  readonly terminal: Terminal;
  readonly version: string;
}

/** Throws ConfigError with all faults: what is wrong is not in force. */
export async function printConfigCommand(
  paths: readonly string[],
  { for: role, ...flags }: PrintConfigFlags,
  { terminal, version }: PrintConfigDeps,
): Promise<ExitCode> {
  const sources =
    role === undefined
      ? await judgedStandalone(paths, flags, terminal)
      : await judgedReader(role, paths, flags, terminal);
  const report = configReport({ ...sources, schema: squallSchema({}) });
  const whose = role === undefined ? "" : ` for squall ${role}`;
  terminal.out(`# Configuration in force${whose}, squall ${version}. Secrets are shown as ***.\n${configYaml(report)}`);
  return EXIT.done;
}

// Files with secrets are not read: who may see where they stand need not be allowed to see what they hold.
// Sources are made anew for the report: to judge them puts them together.

async function judgedStandalone(paths: readonly string[], flags: StandaloneFlags, { env }: Terminal) {
  const judged = await standaloneSources(paths, flags, env);
  loadStandaloneConfig({ ...judged, readSecret: undefined });
  return standaloneSources(paths, flags, env);
}

async function judgedReader(role: KafkaReader, paths: readonly string[], given: StandaloneFlags, { env }: Terminal) {
  if (role === "console") {
    const { console: page, ...others } = given;
    const flags = { ...serviceFlagsOf(role, paths, others), console: page };
    loadConsoleConfig({ ...(await consoleSources(flags, env)), readSecret: undefined });
    return consoleSources(flags, env);
  }
  const flags = serviceFlagsOf(role, paths, given);
  loadServiceConfig({ ...(await serviceSources(flags, env)), role, readSecret: undefined });
  return serviceSources(flags, env);
}
