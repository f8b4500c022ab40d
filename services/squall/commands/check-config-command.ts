// `squall check-config [FILE]`: every fault of a configuration, or what it comes to.

import { isReadableByAll } from "../../../shared/adapters/files/secret-file.ts";
import { configDigest, configWarnings, looseSecret } from "../config-notes.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

/** Throws ConfigError with all faults. */
export async function checkConfigCommand(file: string | undefined, terminal: Terminal): Promise<ExitCode> {
  const secretFiles: string[] = [];
  const flags = file === undefined ? {} : { config: file };
  const config = await loadStandaloneConfiguration([], flags, terminal.env, (path) => secretFiles.push(path));
  const warnings = [...configWarnings(config), ...secretFiles.filter(isReadableByAll).map(looseSecret)];
  const lines = [`${file ?? "environment"}: valid`, ...configDigest(config).map((line) => `  ${line}`)];
  terminal.out(`${lines.join("\n")}\n`);
  for (const warning of warnings) terminal.err(`squall: warning: ${warning}\n`);
  return EXIT.done;
}
