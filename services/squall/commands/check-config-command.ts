// `squall check-config [FILE] [--for SERVICE]`: every fault of a configuration, or what it comes to.

import { isReadableByAll } from "../../../shared/adapters/files/secret-file.ts";
import type { Environment } from "../../../shared/runtime/config-layers.ts";
import { configDigest, configWarnings, looseSecret } from "../config-notes.ts";
import { loadConsoleConfiguration, loadServiceConfiguration, loadStandaloneConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { consoleDigest, consoleWarnings, serviceDigest, serviceWarnings } from "../service-notes.ts";
import type { KafkaReader } from "../service-settings.ts";
import type { Terminal } from "../terminal.ts";

export interface CheckConfigFlags {
  /** Undefined: standalone. */
  readonly for?: KafkaReader;
}

interface Notes {
  readonly digest: readonly string[];
  readonly warnings: readonly string[];
}

/** Throws ConfigError with all faults. */
export async function checkConfigCommand(
  file: string | undefined,
  { for: role }: CheckConfigFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const secretFiles = new Set<string>();
  const flags = file === undefined ? {} : { config: file };
  const onSecretFile = (path: string): void => void secretFiles.add(path);
  const { digest, warnings } = await notesOf(role, { flags, env: terminal.env, onSecretFile });
  const whose = role === undefined ? "" : ` for squall ${role}`;
  const lines = [`${file ?? "environment"}: valid${whose}`, ...digest.map((line) => `  ${line}`)];
  terminal.out(`${lines.join("\n")}\n`);
  const loose = [...secretFiles].filter(isReadableByAll).map(looseSecret);
  for (const warning of [...warnings, ...loose]) terminal.err(`squall: warning: ${warning}\n`);
  return EXIT.done;
}

interface Given {
  readonly flags: { readonly config?: string };
  readonly env: Environment;
  readonly onSecretFile: (path: string) => void;
}

async function notesOf(role: KafkaReader | undefined, { flags, env, onSecretFile }: Given): Promise<Notes> {
  if (role === undefined) {
    const config = await loadStandaloneConfiguration([], flags, env, onSecretFile);
    return { digest: configDigest(config), warnings: configWarnings(config) };
  }
  if (role === "console") {
    const config = await loadConsoleConfiguration(flags, env, onSecretFile);
    return { digest: consoleDigest(config), warnings: consoleWarnings(config) };
  }
  const config = await loadServiceConfiguration(flags, env, role, onSecretFile);
  return { digest: serviceDigest(config), warnings: serviceWarnings(config) };
}
