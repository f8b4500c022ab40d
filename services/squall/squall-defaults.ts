// What every command of one process runs by, and what that is when nothing is set.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { AdviceSystem } from "../../shared/domain/storm-alert.ts";
import { ADVICE_SYSTEMS } from "../../shared/domain/storm-alert.ts";

export interface SquallConfig {
  readonly site: string;
  /** IANA name. */
  readonly timezone: string;
  readonly advice: readonly AdviceSystem[];
  readonly ingest: {
    readonly lineBytesMax: number;
    readonly hostsMax: number;
    readonly listServers: readonly string[];
  };
  readonly detector: DetectorSettings;
}

export const defaultSquallConfig: SquallConfig = {
  site: "site",
  timezone: "UTC",
  advice: ADVICE_SYSTEMS,
  ingest: { lineBytesMax: 65_536, hostsMax: 10_000, listServers: [] },
  detector: defaultDetectorSettings,
};
