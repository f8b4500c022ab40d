// Flags, SQUALL_* variables and a YAML file -> SquallConfig, what every command of one process runs by.

import { z } from "zod";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import { ADVICE_SYSTEMS } from "../../shared/domain/storm-alert.ts";
import type { FlagValue } from "../../shared/runtime/config.ts";
import { loadConfig } from "../../shared/runtime/config.ts";
import type { YamlSource } from "../../shared/runtime/yaml-source.ts";
import { name, timeZone, whole } from "./config-values.ts";
import { detectorConfig } from "./detector-config.ts";
import { listRuleConfig } from "./list-rule-config.ts";
import type { SquallConfig } from "./squall-defaults.ts";
import { defaultSquallConfig } from "./squall-defaults.ts";

const { ingest: reading, ...defaults } = defaultSquallConfig;

const fileSchema = z.strictObject({
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
});

export interface SquallConfigSources {
  readonly file?: YamlSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagValue[];
  /** Windows are wanted as output. */
  readonly emitWindows: boolean;
}

/** Throws a ConfigError with all faults. */
export function loadSquallConfig(sources: SquallConfigSources): SquallConfig {
  const { site, timezone, subjects, advice, ingest, detector, lists } = loadConfig({ ...sources, schema: fileSchema });
  const { emitWindows } = sources;
  const settings: DetectorSettings = { ...detector, emitWindows, allowSubject: subjects, listRules: lists };
  return Object.freeze({ site, timezone, advice, ingest, detector: Object.freeze(settings) });
}
