// `squall print-config`: the configuration as it would be in force, as YAML, each value with its source; secrets masked.

import { configReport } from "../../../shared/runtime/config-report.ts";
import { configYaml } from "../config-yaml.ts";
import { standaloneSources } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { loadStandaloneConfig, squallSchema } from "../squall-config.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import type { Terminal } from "../terminal.ts";

interface PrintConfigDeps {
  readonly terminal: Terminal;
  readonly version: string;
}

/** Throws ConfigError with all faults: what is wrong is not in force. */
export async function printConfigCommand(
  paths: readonly string[],
  flags: StandaloneFlags,
  { terminal, version }: PrintConfigDeps,
): Promise<ExitCode> {
  // Files with secrets are not read: who may see where they stand need not be allowed to see what they hold.
  const judged = await standaloneSources(paths, flags, terminal.env);
  loadStandaloneConfig({ ...judged, emitWindows: false, readSecret: undefined });
  const sources = await standaloneSources(paths, flags, terminal.env);
  const report = configReport({ ...sources, schema: squallSchema(undefined) });
  terminal.out(`# Configuration in force, squall ${version}. Secrets are shown as ***.\n${configYaml(report)}`);
  return EXIT.done;
}
