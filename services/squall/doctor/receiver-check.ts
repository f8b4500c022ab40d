// Web hooks, the heartbeat and the command -> can they be reached. Nothing is sent unless a test is asked for.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Secret } from "../../../shared/domain/secret.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { Probe } from "../../../shared/adapters/net/connection-probe.ts";
import type { HeartbeatSettings, OnAlertSettings, WebhookSettings } from "../../alerter/receiver-settings.ts";
import type { Finding } from "./finding.ts";

/** What became of one test alert: "answered 204 after 35 ms"; or why it was not taken. Sent once, never again. */
export type SendTest = (
  receiver: WebhookSettings,
  alert: StormAlert,
) => Promise<{ readonly ok: boolean; readonly text: string }>;

export interface ReceiverCheckDeps {
  readonly probe: (url: URL, timeoutMs: number) => Promise<Probe>;
  /** Is it an address of the public Internet? */
  readonly isPublic: (address: string) => boolean;
  readonly sendTest: SendTest;
  /** To be sent to every web hook, in this order; none: they are connected to, and that is all. */
  readonly testAlerts: readonly StormAlert[];
  readonly nowMs: number;
}

const NOTHING_SENT = "nothing was sent";
const SOON_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;
const HEARTBEAT_TIMEOUT_MS = 10_000;

export async function webhookFindings(receiver: WebhookSettings, deps: ReceiverCheckDeps): Promise<Finding[]> {
  const subject = `webhook ${receiver.name}`;
  const { url, timeoutMs, forbidPrivate, signingSecrets, body } = receiver;
  const findings = await reach(subject, url, { timeoutMs, forbidPrivate, deps });
  if (signingSecrets.length === 0 && body === "standard") {
    const mend = ['Set secret to a key that the receiver knows too: echo "whsec_$(openssl rand -base64 32)"'];
    findings.push({
      level: "warn",
      subject,
      text: "posts are not signed: its receiver cannot tell whose they are",
      mend,
    });
  }
  if (findings.some(({ level }) => level === "fail")) return findings;
  for (const alert of deps.testAlerts) {
    const { ok, text } = await deps.sendTest(receiver, alert);
    findings.push({ level: ok ? "ok" : "fail", subject, text: `test alert (${alert.type}): ${text}` });
    if (!ok) break;
  }
  return findings;
}

export async function heartbeatFindings(heartbeat: HeartbeatSettings, deps: ReceiverCheckDeps): Promise<Finding[]> {
  return reach("heartbeat", heartbeat.url, { timeoutMs: HEARTBEAT_TIMEOUT_MS, forbidPrivate: false, deps });
}

interface ReachOptions {
  readonly timeoutMs: number;
  readonly forbidPrivate: boolean;
  readonly deps: ReceiverCheckDeps;
}

async function reach(
  subject: string,
  secret: Secret,
  { timeoutMs, forbidPrivate, deps }: ReachOptions,
): Promise<Finding[]> {
  const url = new URL(secret.reveal());
  if (forbidPrivate && url.protocol === "http:") {
    const mend = ["Write https, or set forbidPrivate: false for a receiver of your own."];
    return [{ level: "fail", subject, text: `${secret.shown}: http, which forbidPrivate refuses`, mend }];
  }
  const { addresses, connectedTo = "", certificateUntilMs, fault } = await deps.probe(url, timeoutMs);
  const inside = forbidPrivate ? addresses.find((address) => !deps.isPublic(address)) : undefined;
  if (inside !== undefined) {
    const mend = ["Set forbidPrivate: false for a receiver of your own."];
    return [{ level: "fail", subject, text: `${secret.shown}: is at ${inside}, which forbidPrivate refuses`, mend }];
  }
  if (fault !== undefined) {
    const text = `${secret.shown}: ${STAGES[fault.stage]}: ${fault.message}`;
    return [{ level: "fail", subject, text, mend: MENDS[fault.stage] }];
  }
  const answered: Finding = {
    level: "ok",
    subject,
    text: `${secret.shown}: connected to ${connectedTo}; ${NOTHING_SENT}`,
  };
  return [answered, ...certificateFindings(subject, certificateUntilMs, deps.nowMs)];
}

const STAGES = { lookup: "its name", connect: "no connection", tls: "TLS" } as const;
const MENDS: Readonly<Record<keyof typeof STAGES, readonly string[]>> = {
  lookup: ["Is the name written right? getent hosts NAME"],
  connect: ["Does it run, and does the firewall let this machine through?"],
  tls: ["A certificate of a company's own authority is trusted with NODE_EXTRA_CA_CERTS=/path/ca.pem"],
};

/** `untilMs`: its end, undefined where there is none. A finding where that is near. */
export function certificateFindings(subject: string, untilMs: number | undefined, nowMs: number): Finding[] {
  if (untilMs === undefined || !(untilMs - nowMs < SOON_MS)) return [];
  const days = Math.max(0, Math.floor((untilMs - nowMs) / DAY_MS));
  return [{ level: "warn", subject, text: `its certificate ends in ${days} days`, mend: ["Renew it."] }];
}

/** The program that the command begins with. */
export function onAlertFinding({ command }: OnAlertSettings, searchPath: string): Finding {
  const subject = "onAlert";
  const [, doubled, single, bare] = /^\s*(?:"([^"]+)"|'([^']+)'|([^\s"'\\]+))(?:\s|$)/u.exec(command) ?? [];
  const program = doubled ?? single ?? bare;
  if (program === undefined)
    return { level: "ok", subject, text: "was not run, and not looked at: its quoting is unusual" };
  const places = program.includes("/") ? [program] : searchPath.split(delimiter).map((folder) => join(folder, program));
  const found = places.find(isExecutable);
  if (found !== undefined) return { level: "ok", subject, text: `${found} is there; it was not run` };
  const where = program.includes("/") ? "is not there or may not be run" : `is in no folder of PATH (${searchPath})`;
  const mend = ["Write its whole path, and make it executable: chmod +x. For a shell's words: sh -c '…'"];
  return { level: "fail", subject, text: `${program} ${where}`, mend };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
