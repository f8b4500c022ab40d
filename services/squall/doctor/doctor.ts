// A configuration of standalone -> findings on all that it needs, told one by one as they are made.

import type { whyDenied } from "../../../shared/adapters/files/file-rights.ts";
import { isReadableByAll } from "../../../shared/adapters/files/secret-file.ts";
import { tryTcpPort, tryUdpPort } from "../../../shared/adapters/net/port-trial.ts";
import type { probeConnection } from "../../../shared/adapters/net/connection-probe.ts";
import { looseSecret } from "../config-notes.ts";
import { DEFAULT_LOGS } from "../default-log.ts";
import type { FileInput, InputSettings, StandaloneConfig } from "../standalone/standalone-settings.ts";
import type { Finding } from "./finding.ts";
import type { InputCheckDeps } from "./input-check.ts";
import { fileFindings, folderFindings } from "./input-check.ts";
import type { OwnPort } from "../own-ports.ts";
import { metricsFinding, pageFinding } from "./own-ports-check.ts";
import { portFinding } from "./port-check.ts";
import type { ReceiverCheckDeps, SendTest } from "./receiver-check.ts";
import { heartbeatFindings, onAlertFinding, webhookFindings } from "./receiver-check.ts";
import type { StateHolder } from "./state-check.ts";
import { stateFacts } from "./state-check.ts";
import { testAlerts } from "./test-alert.ts";

/** The parts of squall that a check asks. */
export interface DoctorPorts {
  readonly stateHolder: StateHolder;
  /** What the squall that holds the directory has not got; none when it cannot be asked. */
  readonly missingPorts: (directory: string) => Promise<readonly OwnPort[]>;
  readonly sendTest: SendTest;
  readonly isPublic: (address: string) => boolean;
  readonly probe: typeof probeConnection;
  readonly whyDenied: typeof whyDenied;
}

export interface DoctorOptions {
  readonly config: StandaloneConfig;
  readonly secretFiles: readonly string[];
  readonly sendTest: boolean;
  readonly nodeVersion: string;
  /** Something is piped into standard input. */
  readonly hasPipedInput: boolean;
  /** The log that is read where nobody says what; undefined: the system has none. */
  readonly defaultInput: FileInput | undefined;
  /** PATH. */
  readonly searchPath: string;
  /** Zone of this machine. */
  readonly ownZone: string;
  readonly nowMs: () => number;
  readonly ports: DoctorPorts;
}

export async function* doctorFindings(options: DoctorOptions): AsyncGenerator<Finding> {
  const { config, ports } = options;
  yield* startFindings(options);
  const state = await stateFacts(config.state, ports.stateHolder);
  yield* state.findings;
  yield* inputsFindings(options, state.holder);
  yield* receiverFindings(options);
  const { holder } = state;
  const missing = holder === undefined ? [] : await ports.missingPorts(config.state);
  const own = (port: OwnPort) => ({ holder, isMissing: missing.includes(port) });
  yield await metricsFinding(config.metrics.address, own("metrics"));
  yield await pageFinding(config.console.address, own("live page"));
}

/** What comes before all else: the program, its configuration, the files of secrets. */
export function* startFindings({
  nodeVersion,
  secretFiles,
}: Pick<DoctorOptions, "nodeVersion" | "secretFiles">): Generator<Finding> {
  yield { level: "ok", subject: "node", text: nodeVersion };
  yield { level: "ok", subject: "configuration", text: "valid" };
  for (const path of secretFiles.filter(isReadableByAll)) {
    const [text = "", mend = ""] = looseSecret(path).split(/:\s(?=chmod)/u);
    yield { level: "warn", subject: "configuration", text, mend: [mend] };
  }
}

async function* inputsFindings(options: DoctorOptions, holder: string | undefined): AsyncGenerator<Finding> {
  const { config, nowMs, ownZone, ports } = options;
  const deps: InputCheckDeps = { config, nowMs: nowMs(), ownZone, whyDenied: ports.whyDenied };
  if (config.inputs.length > 0) {
    for (const input of config.inputs) yield* inputFindings(input, { options, deps, holder });
    return;
  }
  const { defaultInput } = options;
  if (defaultInput === undefined) {
    yield noInputs();
    return;
  }
  const text = `none is named: squall standalone reads a pipe, else ${defaultInput.name}, which is there`;
  yield { level: "ok", subject: "inputs", text };
  yield* inputFindings(defaultInput, { options, deps, holder });
}

interface InputContext {
  readonly options: DoctorOptions;
  readonly deps: InputCheckDeps;
  readonly holder: string | undefined;
}

async function* inputFindings(input: InputSettings, { options, deps, holder }: InputContext): AsyncGenerator<Finding> {
  const subject = `input ${input.name}`;
  switch (input.kind) {
    case "file":
      yield* fileFindings(input, deps);
      return;
    case "files":
      yield* folderFindings(input, deps);
      return;
    case "stdin": {
      if (options.hasPipedInput) yield { level: "ok", subject, text: "something is piped in; it was not read" };
      else
        yield {
          level: "warn",
          subject,
          text: "nothing is piped in here",
          mend: ["journalctl -f … | squall standalone -"],
        };
      return;
    }
    case "syslog": {
      const mend = "set another port in inputs, or with --syslog-udp and --syslog-tcp";
      const { udp, tcp } = input;
      const check = { holder, mend };
      if (udp !== undefined)
        yield await portFinding({ subject: "syslog udp", address: udp, tryPort: tryUdpPort, ...check });
      if (tcp !== undefined)
        yield await portFinding({ subject: "syslog tcp", address: tcp, tryPort: tryTcpPort, ...check });
    }
  }
}

function noInputs(): Finding {
  const mend = [
    "Name a log, a folder or a port: squall standalone --help",
    "or write it to inputs: in the configuration.",
  ];
  const text = `nothing is read: none is named, and none of ${DEFAULT_LOGS.join(", ")} is there`;
  return { level: "fail", subject: "inputs", text, mend };
}

export interface ReceiverOptions extends Pick<DoctorOptions, "sendTest" | "searchPath" | "nowMs"> {
  readonly config: Pick<StandaloneConfig, "webhooks" | "onAlert" | "heartbeat" | "site">;
  readonly ports: Pick<DoctorPorts, "probe" | "isPublic" | "sendTest">;
}

/** `otherwise`: what becomes of alerts that nobody is told. */
export async function* receiverFindings(
  options: ReceiverOptions,
  otherwise = "are only printed",
): AsyncGenerator<Finding> {
  const { config, nowMs, searchPath, ports } = options;
  const { webhooks, onAlert, heartbeat } = config;
  const deps: ReceiverCheckDeps = {
    probe: ports.probe,
    isPublic: ports.isPublic,
    sendTest: ports.sendTest,
    testAlerts: options.sendTest ? testAlerts(config.site, nowMs()) : [],
    nowMs: nowMs(),
  };
  if (webhooks.length === 0 && onAlert === undefined) {
    const mend = ["Set SQUALL_WEBHOOK_URL, webhooks: or onAlert: in the configuration."];
    yield { level: "warn", subject: "receivers", text: `nobody is told of a storm: alerts ${otherwise}`, mend };
  }
  for (const webhook of webhooks) yield* await webhookFindings(webhook, deps);
  if (onAlert !== undefined) yield onAlertFinding(onAlert, searchPath);
  if (heartbeat === undefined) {
    const mend = ["Set heartbeat: {url: …} to a URL of a service that tells you when it is no longer called."];
    yield { level: "warn", subject: "heartbeat", text: "none: if squall itself dies, nobody learns of it", mend };
  } else yield* await heartbeatFindings(heartbeat, deps);
}
