// What the two doctors, of standalone and of services, share: what they are called with, and how they tell what they find.

import { isPublicAddress } from "../../../shared/adapters/http/address-guard.ts";
import type { HttpClient } from "../../../shared/adapters/http/http-client.ts";
import { probeConnection } from "../../../shared/adapters/net/connection-probe.ts";
import { tellOnce } from "../../alerter/attempt-shell.ts";
import { outcomeInWords } from "../../alerter/receiver-answer.ts";
import type { DoctorPorts } from "../doctor/doctor.ts";
import type { Finding } from "../doctor/finding.ts";
import { countText, exitOf, findingText } from "../doctor/finding.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import type { KafkaReader } from "../service-settings.ts";
import type { StandaloneConfig } from "../standalone/standalone-settings.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import type { Terminal } from "../terminal.ts";

export interface DoctorFlags extends StandaloneFlags {
  readonly sendTest?: boolean;
  /** Undefined: standalone. */
  readonly for?: KafkaReader;
}

export interface DoctorContext {
  readonly terminal: Terminal;
  readonly version: string;
}

export interface DoctorCall {
  readonly paths: readonly string[];
  readonly flags: Omit<DoctorFlags, "for">;
  readonly http: HttpClient;
  readonly context: DoctorContext;
}

/** A test alert waits no longer than this, ms, whatever a receiver's own time. */
const SEND_TEST_MS = 60_000;

type ReceiverPorts = Pick<DoctorPorts, "probe" | "isPublic" | "sendTest">;

/** A test alert that is sent is told of as it is. */
export function receiverPorts(
  { timezone: timeZone, advice }: Pick<StandaloneConfig, "timezone" | "advice">,
  http: HttpClient,
  { terminal, version }: DoctorContext,
): ReceiverPorts {
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
    isPublic: isPublicAddress,
    sendTest: async (receiver, alert) => {
      const outcome = await tellOnce(receiver, alert, tools);
      return { ok: outcome.kind === "delivered", text: outcomeInWords(outcome) };
    },
  };
}

export function circumstances(flags: DoctorFlags, { env, nowMs }: Terminal) {
  return { sendTest: flags.sendTest === true, nodeVersion: process.version, searchPath: env["PATH"] ?? "", nowMs };
}

/** As they come, with a count at the end. */
export async function printFindings(findings: AsyncIterable<Finding>, terminal: Terminal): Promise<ExitCode> {
  const told: Finding[] = [];
  for await (const finding of findings) {
    told.push(finding);
    terminal.out(findingText(finding, terminal.color));
    if (terminal.signal.aborted) return EXIT.interrupted;
  }
  terminal.out(`\n${countText(told)}\n`);
  return exitOf(told);
}
