// squall's rules for Prometheus as they are shipped, only that nobody waits for minutes.

import { type RuleGroups, ruleGroups } from "../../deploy/prometheus/mixin/mixin.ts";
import {
  ALERT_NAMES,
  type AlertName,
  defaultMixinConfig,
  type MixinConfig,
} from "../../deploy/prometheus/mixin/mixin-config.ts";

/** `holds`: how long an alert must hold, where it is not a second. */
export function quickRules(
  thresholds: Partial<MixinConfig["thresholds"]> = {},
  holds: Partial<Record<AlertName, string>> = {},
): RuleGroups {
  const alerts = { ...defaultMixinConfig.alerts };
  for (const name of ALERT_NAMES) alerts[name] = { ...alerts[name], for: holds[name] ?? "1s" };
  return ruleGroups({ ...defaultMixinConfig, thresholds: { ...defaultMixinConfig.thresholds, ...thresholds }, alerts });
}
