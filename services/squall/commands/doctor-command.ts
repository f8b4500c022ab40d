// `squall doctor`: looks at all that standalone needs and says, line by line, what is wrong and how to mend it.

import { folderHolder } from "../../../shared/adapters/files/folder-lock.ts";
import { holderWords } from "../../../shared/adapters/files/lock-holder.ts";
import { isPublicAddress } from "../../../shared/adapters/http/address-guard.ts";
import type { HttpClient } from "../../../shared/adapters/http/http-client.ts";
import { createHttpClient, defaultHttpClientOptions } from "../../../shared/adapters/http/http-client.ts";
import { proxyOf } from "../../../shared/adapters/http/proxy-settings.ts";
import { tellOnce } from "../../alerter/attempt-shell.ts";
import { outcomeInWords } from "../../alerter/receiver-answer.ts";
import { probeConnection } from "../../../shared/adapters/net/connection-probe.ts";
import { whyDenied } from "../../../shared/adapters/files/file-rights.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import { doctorFindings } from "../doctor/doctor.ts";
import type { DoctorPorts } from "../doctor/doctor.ts";
import type { Finding } from "../doctor/finding.ts";
import { countText, exitOf, findingText } from "../doctor/finding.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { hasPipedInput } from "../piped-input.ts";
import type { StandaloneConfig } from "../standalone/standalone-settings.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import type { Terminal } from "../terminal.ts";

export interface DoctorFlags extends StandaloneFlags {
  readonly sendTest?: boolean;
}

/** A test alert waits no longer than this, ms, whatever a receiver's own time. */
const SEND_TEST_MS = 60_000;

function portsOf(config: StandaloneConfig, http: HttpClient, { terminal, version }: DoctorContext): DoctorPorts {
  const { timezone: timeZone, advice } = config;
  const tools = {
    http,
    text: { timeZone, advice },
    userAgent: `squall/${version}`,
    env: terminal.env,
    nowMs: terminal.nowMs,
    signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(SEND_TEST_MS)]),
  };
  return {
    probe: probeConnection,
    whyDenied,
    isPublic: isPublicAddress,
    stateHolder: async (directory) => {
      const holder = await folderHolder(directory);
      return holder === undefined ? undefined : holderWords(holder);
    },
    sendTest: async (receiver, alert) => {
      const outcome = await tellOnce(receiver, alert, tools);
      return { ok: outcome.kind === "delivered", text: outcomeInWords(outcome) };
    },
  };
}

interface DoctorContext {
  readonly terminal: Terminal;
  readonly version: string;
}

/** Throws ConfigError with all faults. */
export async function doctorCommand(
  paths: readonly string[],
  flags: DoctorFlags,
  context: DoctorContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const secretFiles: string[] = [];
  const onSecretFile = (path: string): void => void secretFiles.push(path);
  const config = await loadStandaloneConfiguration(paths, flags, terminal.env, onSecretFile);
  const findings: Finding[] = [];
  const http = createHttpClient({ ...defaultHttpClientOptions, proxy: proxyOf(terminal.env) });
  const options = {
    config,
    secretFiles,
    sendTest: flags.sendTest === true,
    nodeVersion: process.version,
    hasPipedInput: hasPipedInput(),
    searchPath: terminal.env["PATH"] ?? "",
    ownZone: new Intl.DateTimeFormat("en").resolvedOptions().timeZone,
    nowMs: terminal.nowMs,
    ports: portsOf(config, http, context),
  };
  try {
    for await (const finding of doctorFindings(options)) {
      findings.push(finding);
      terminal.out(findingText(finding, terminal.color));
      if (terminal.signal.aborted) return EXIT.interrupted;
    }
  } finally {
    await http.close();
  }
  terminal.out(`\n${countText(findings)}\n`);
  return exitOf(findings);
}
