// `squall doctor [--for SERVICE]`: looks at all that standalone, or a service, needs and says, line by line, what is wrong and how to mend it.

import { askControl, NoAnswer } from "../../../shared/adapters/control/control-client.ts";
import { folderHolder } from "../../../shared/adapters/files/folder-lock.ts";
import { holderWords } from "../../../shared/adapters/files/lock-holder.ts";
import { createHttpClient, defaultHttpClientOptions } from "../../../shared/adapters/http/http-client.ts";
import { proxyOf } from "../../../shared/adapters/http/proxy-settings.ts";
import { whyDenied } from "../../../shared/adapters/files/file-rights.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import { defaultLog } from "../default-log.ts";
import { doctorFindings } from "../doctor/doctor.ts";
import type { ExitCode } from "../exit-codes.ts";
import { MISSING_PORTS_QUESTION, missingPortsIn, type OwnPort } from "../own-ports.ts";
import { hasPipedInput } from "../piped-input.ts";
import type { DoctorCall, DoctorContext, DoctorFlags } from "./doctor-context.ts";
import { circumstances, printFindings, receiverPorts } from "./doctor-context.ts";

async function stateHolder(directory: string): Promise<string | undefined> {
  const holder = await folderHolder(directory);
  return holder === undefined ? undefined : holderWords(holder);
}

/** It is one of several things to look at: a squall that does not answer is waited for no longer. */
const ASK_MS = 3_000;

async function missingPorts(directory: string): Promise<readonly OwnPort[]> {
  const holder = await folderHolder(directory);
  if (holder === undefined || holder.isBrief) return [];
  try {
    const answer = await askControl(directory, holder.socket, MISSING_PORTS_QUESTION, ASK_MS);
    return "answer" in answer ? missingPortsIn(answer.answer) : [];
  } catch (error) {
    if (error instanceof NoAnswer) return [];
    throw error;
  }
}

/** Throws ConfigError with all faults. */
export async function doctorCommand(
  paths: readonly string[],
  { for: role, ...flags }: DoctorFlags,
  context: DoctorContext,
): Promise<ExitCode> {
  const http = createHttpClient({ ...defaultHttpClientOptions, proxy: proxyOf(context.terminal.env) });
  try {
    const call = { paths, flags, http, context };
    if (role === undefined) return await standaloneDoctor(call);
    const { serviceDoctor } = await import("./service-doctor.ts");
    return await serviceDoctor(role, call);
  } finally {
    await http.close();
  }
}

async function standaloneDoctor({ paths, flags, http, context }: DoctorCall): Promise<ExitCode> {
  const { terminal } = context;
  const secretFiles: string[] = [];
  const onSecretFile = (path: string): void => void secretFiles.push(path);
  const config = await loadStandaloneConfiguration(paths, flags, terminal.env, onSecretFile);
  const findings = doctorFindings({
    ...circumstances(flags, terminal),
    config,
    secretFiles,
    hasPipedInput: hasPipedInput(),
    defaultInput: defaultLog(config.timezone),
    ownZone: new Intl.DateTimeFormat("en").resolvedOptions().timeZone,
    ports: { ...receiverPorts(config, http, context), whyDenied, stateHolder, missingPorts },
  });
  return printFindings(findings, terminal);
}
