// Flags, SQUALL_* variables and a YAML file -> SquallConfig, what every command of one process runs by.

import { z } from "zod";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { FlagValue } from "../../shared/runtime/config.ts";
import { loadConfig } from "../../shared/runtime/config.ts";
import type { YamlSource } from "../../shared/runtime/yaml-source.ts";
import { name, timeZone, whole } from "./config-values.ts";
import { detectorConfig } from "./detector-config.ts";
import { listRuleConfig } from "./list-rule-config.ts";

const LINE_BYTES_MAX_DEFAULT = 65_536;

const fileSchema = z.strictObject({
  site: name.default("site").describe("The mail system; stands in every record. SQUALL_SITE."),
  timezone: timeZone
    .default("UTC")
    .describe("Zone of log stamps that name none, and of the times that are shown. SQUALL_TIMEZONE."),
  subjects: z.boolean().default(true).describe("Subjects may stand in alerts. SQUALL_SUBJECTS."),
  ingest: z
    .strictObject({
      lineBytesMax: whole(1024, 16_777_216)
        .default(LINE_BYTES_MAX_DEFAULT)
        .describe("Longer lines are counted as rejected."),
      hostsMax: whole(1, 10_000_000)
        .default(10_000)
        .describe("Host names remembered; lines of further hosts are counted as rejected."),
      listServers: z.array(name).max(1000).default([]).describe("Hosts that send lists on, beside those on loopback."),
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

export interface SquallConfig {
  readonly site: string;
  /** IANA name. */
  readonly timezone: string;
  readonly ingest: {
    readonly lineBytesMax: number;
    readonly hostsMax: number;
    readonly listServers: readonly string[];
  };
  readonly detector: DetectorSettings;
}

export interface SquallConfigSources {
  readonly file?: YamlSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagValue[];
  /** Windows are wanted as output. */
  readonly emitWindows: boolean;
}

/** Throws a ConfigError with all faults. */
export function loadSquallConfig(sources: SquallConfigSources): SquallConfig {
  const { site, timezone, subjects, ingest, detector, lists } = loadConfig({ ...sources, schema: fileSchema });
  const { emitWindows } = sources;
  const settings: DetectorSettings = { ...detector, emitWindows, allowSubject: subjects, listRules: lists };
  return Object.freeze({ site, timezone, ingest, detector: Object.freeze(settings) });
}

/** JSON Schema of the file, for editors and documentation. */
export function squallConfigJsonSchema(): object {
  return z.toJSONSchema(fileSchema, { io: "input" });
}
