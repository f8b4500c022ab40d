// `squall check-config [FILE] [--for SERVICE]`: every fault of a configuration, or what it comes to.

import { isReadableByAll } from "../../../shared/adapters/files/secret-file.ts";
import { configDigest, configWarnings, looseSecret } from "../config-notes.ts";
import { loadServiceConfiguration, loadStandaloneConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { serviceDigest, serviceWarnings } from "../service-notes.ts";
import type { ServiceRole } from "../service-settings.ts";
import type { Terminal } from "../terminal.ts";

export interface CheckConfigFlags {
  /** Undefined: standalone. */
  readonly for?: ServiceRole;
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
  const { digest, warnings } =
    role === undefined
      ? notesOf(await loadStandaloneConfiguration([], flags, terminal.env, onSecretFile))
      : serviceNotesOf(await loadServiceConfiguration(flags, terminal.env, role, onSecretFile));
  const whose = role === undefined ? "" : ` for squall ${role}`;
  const lines = [`${file ?? "environment"}: valid${whose}`, ...digest.map((line) => `  ${line}`)];
  terminal.out(`${lines.join("\n")}\n`);
  const loose = [...secretFiles].filter(isReadableByAll).map(looseSecret);
  for (const warning of [...warnings, ...loose]) terminal.err(`squall: warning: ${warning}\n`);
  return EXIT.done;
}

function notesOf(config: Parameters<typeof configDigest>[0]): Notes {
  return { digest: configDigest(config), warnings: configWarnings(config) };
}

function serviceNotesOf(config: Parameters<typeof serviceDigest>[0]): Notes {
  return { digest: serviceDigest(config), warnings: serviceWarnings(config) };
}
