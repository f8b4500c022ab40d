// Flags, SQUALL_* variables and a YAML file -> SquallConfig, what every command of one process runs by, and StandaloneConfig.

import { resolve } from "node:path";
import { z } from "zod";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import { ADVICE_SYSTEMS } from "../../shared/domain/storm-alert.ts";
import type { Environment, FlagValue } from "../../shared/runtime/config-layers.ts";
import { loadConfig } from "../../shared/runtime/config.ts";
import type { YamlSource } from "../../shared/runtime/yaml-source.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import { duration, listenAddressOrOff, name, path, timeZone, whole } from "./config-values.ts";
import { consoleConfig, consoleSettings } from "./console-config.ts";
import { detectorConfig } from "./detector-config.ts";
import { influxConfig } from "./influx-config.ts";
import { inputsConfig, inputSettings } from "./input-config.ts";
import { kafkaConfig } from "./kafka-config.ts";
import { listRuleConfig } from "./list-rule-config.ts";
import { pseudonymConfig } from "./pseudonym-config.ts";
import { between, heartbeatConfig, onAlertConfig, webhookConfig, webhooksConfig } from "./receiver-config.ts";
import type { FileReads, ReadSecret } from "./secret-config.ts";
import { defaultFlushEveryMs } from "./service-settings.ts";
import type { SquallConfig } from "./squall-defaults.ts";
import { defaultSquallConfig } from "./squall-defaults.ts";
import type { StandaloneConfig } from "./standalone/standalone-settings.ts";
import { DEFAULT_METRICS_ADDRESS } from "./standalone/standalone-settings.ts";

const { ingest: reading, ...defaults } = defaultSquallConfig;

const everyCommand = {
  site: name.default(defaults.site).describe("The mail system; stands in every record. SQUALL_SITE."),
  timezone: timeZone
    .default(defaults.timezone)
    .describe("Zone of log stamps that name none, and of the times that are shown. SQUALL_TIMEZONE."),
  subjects: z
    .boolean()
    .default(defaults.detector.allowSubject)
    .describe("Subjects may stand in alerts. SQUALL_SUBJECTS."),
  advice: z
    .array(z.enum(ADVICE_SYSTEMS))
    .min(1)
    .default([...defaults.advice])
    .describe("Mail systems whose advice the text of an alert has; NDJSON has all. SQUALL_ADVICE."),
  ingest: z
    .strictObject({
      lineBytesMax: whole(1024, 16_777_216)
        .default(reading.lineBytesMax)
        .describe("Longer lines are counted as rejected."),
      hostsMax: whole(1, 10_000_000)
        .default(reading.hostsMax)
        .describe("Host names remembered; lines of further hosts are counted as rejected."),
      listServers: z
        .array(name)
        .max(1000)
        .default([...reading.listServers])
        .describe("Hosts that send lists on, beside those on loopback."),
    })
    .prefault({})
    .describe("Reading lines."),
  detector: detectorConfig.describe("The storm rule. Durations are written 30s, 5m, 1h, 250ms or 2d."),
  lists: z
    .array(listRuleConfig)
    .max(10_000)
    .default([])
    .describe("What lists set for themselves. The first entry that matches and has a field decides it."),
};

const metricsConfig = z
  .strictObject({
    address: listenAddressOrOff
      .prefault(DEFAULT_METRICS_ADDRESS)
      .describe("/metrics, /healthz and /readyz; off: none. SQUALL_METRICS_ADDRESS."),
  })
  .prefault({});

const servicesConfig = z
  .strictObject({
    flushEvery: duration("10ms", "5s")
      .prefault(formatDuration(defaultFlushEveryMs))
      .describe("How long what there is to say may wait for more; an alert waits for nothing."),
  })
  .prefault({});

/** The one schema. `reads`: reads files with secrets of the parts that the command has; none: of no part. */
export function squallSchema({ receivers: read, kafka, influx, pseudonym, console: page }: FileReads) {
  const [once, when] = between(isNamedOnce);
  const fields = z.strictObject({
    ...everyCommand,
    inputs: inputsConfig.default([]).describe("What squall standalone reads."),
    state: path
      .exactOptional()
      .describe(
        "Directory of what must survive a restart. Default: STATE_DIRECTORY, else ~/.local/state/squall. SQUALL_STATE.",
      ),
    webhook: webhookConfig(read).exactOptional().describe("The shortest way to one web hook: SQUALL_WEBHOOK_URL."),
    webhooks: webhooksConfig(read)
      .default([])
      .describe("Who is told of storms. A receiver that hangs delays no other.")
      .superRefine(namesOnce),
    onAlert: onAlertConfig.exactOptional().describe("A command that is run for each alert. SQUALL_ON_ALERT_COMMAND."),
    heartbeat: heartbeatConfig(read)
      .exactOptional()
      .describe("Called while all is well, so that somebody learns when squall itself has died. SQUALL_HEARTBEAT_URL."),
    metrics: metricsConfig.describe("Metrics and health over HTTP."),
    console: consoleConfig(page).describe("The live page."),
    kafka: kafkaConfig(kafka).describe("Of the services: the brokers, and our topics on them."),
    influx: influxConfig(influx).exactOptional().describe("Of squall recorder: where it writes windows and storms."),
    pseudonym: pseudonymConfig(pseudonym).describe("Of the services: what stands for people."),
    services: servicesConfig.describe("Of all services."),
  });
  return fields.refine(once, { error: "is the name of an entry of webhooks too", path: ["webhook", "name"], ...when });
}

interface Named {
  readonly name?: string;
}

function isNamedOnce({
  webhook,
  webhooks = [],
}: {
  readonly webhook?: Named;
  readonly webhooks?: readonly Named[];
}): boolean {
  return webhook?.name === undefined || !webhooks.some(({ name: other }) => other === webhook.name);
}

function namesOnce(webhooks: readonly { readonly name: string }[], context: z.core.$RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { name: given }] of webhooks.entries()) {
    if (seen.has(given)) context.addIssue({ code: "custom", path: [index, "name"], message: "is used twice" });
    seen.add(given);
  }
}

export interface SquallConfigSources {
  readonly file?: YamlSource;
  readonly env: Environment;
  readonly flags: readonly FlagValue[];
  /** Windows are wanted as output. */
  readonly emitWindows: boolean;
}

export interface StandaloneConfigSources extends Omit<SquallConfigSources, "emitWindows"> {
  /** What holds where nothing else is said, worked out from the process: `state` at least. */
  readonly fallbacks: readonly FlagValue[];
  readonly readSecret: ReadSecret;
}

/** For a command that tells nobody: files with secrets are not read. Throws a ConfigError with all faults. */
export function loadSquallConfig(sources: SquallConfigSources): SquallConfig {
  return Object.freeze(commonConfig(loadConfig({ ...sources, schema: squallSchema({}) }), sources.emitWindows));
}

/** Throws a ConfigError with all faults; a file with a secret that cannot be read is one. */
export function loadStandaloneConfig(sources: StandaloneConfigSources): StandaloneConfig {
  const reads = { receivers: sources.readSecret, console: sources.readSecret };
  const given = loadConfig({ ...sources, schema: squallSchema(reads) });
  const { inputs, state = ".", webhook, webhooks, onAlert, heartbeat, metrics, timezone } = given;
  const page = consoleSettings(given.console);
  return Object.freeze({
    // Windows are for the page alone.
    ...commonConfig(given, page.address !== undefined),
    inputs: inputSettings(inputs, timezone),
    state: resolve(state),
    webhooks: webhook === undefined ? webhooks : [webhook, ...webhooks],
    onAlert,
    heartbeat,
    metrics: { address: metrics.address },
    console: page,
  });
}

/** What every command runs by. */
export function commonConfig(
  { site, timezone, subjects, advice, ingest, detector, lists }: z.output<ReturnType<typeof squallSchema>>,
  emitWindows: boolean,
): SquallConfig {
  const settings: DetectorSettings = { ...detector, emitWindows, allowSubject: subjects, listRules: lists };
  return { site, timezone, advice, ingest, detector: Object.freeze(settings) };
}
