// `squall doctor`: looks at all that standalone needs and says, line by line, what is wrong and how to mend it.

import { probeConnection } from "../../../shared/adapters/net/connection-probe.ts";
import { whyDenied } from "../../../shared/adapters/files/file-rights.ts";
import { placeOfAddress } from "../../../shared/domain/ip-network.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import { doctorFindings } from "../doctor/doctor.ts";
import type { DoctorPorts } from "../doctor/doctor.ts";
import type { Finding } from "../doctor/finding.ts";
import { countText, exitOf, findingText } from "../doctor/finding.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { hasPipedInput } from "../piped-input.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import type { Terminal } from "../terminal.ts";

export interface DoctorFlags extends StandaloneFlags {
  readonly sendTest?: boolean;
}

const PORTS: DoctorPorts = {
  probe: probeConnection,
  whyDenied,
  isPublic: (address) => placeOfAddress(address) === "outside",
  stateHolder: () => Promise.resolve(undefined),
  sendTest: () => Promise.resolve({ ok: false, text: "cannot be sent by this version" }),
};

/** Throws ConfigError with all faults. */
export async function doctorCommand(
  paths: readonly string[],
  flags: DoctorFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const secretFiles: string[] = [];
  const onSecretFile = (path: string): void => void secretFiles.push(path);
  const config = await loadStandaloneConfiguration(paths, flags, terminal.env, onSecretFile);
  const findings: Finding[] = [];
  const options = {
    config,
    secretFiles,
    sendTest: flags.sendTest === true,
    nodeVersion: process.version,
    hasPipedInput: hasPipedInput(),
    searchPath: terminal.env["PATH"] ?? "",
    ownZone: new Intl.DateTimeFormat("en").resolvedOptions().timeZone,
    nowMs: terminal.nowMs,
    ports: PORTS,
  };
  for await (const finding of doctorFindings(options)) {
    findings.push(finding);
    terminal.out(findingText(finding, terminal.color));
    if (terminal.signal.aborted) return EXIT.interrupted;
  }
  terminal.out(`\n${countText(findings)}\n`);
  return exitOf(findings);
}
