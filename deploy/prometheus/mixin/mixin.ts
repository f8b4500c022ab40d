// The configuration of the rules -> groups of rules, as Prometheus reads them from a file and the Prometheus operator from an object.

import type { AlertText } from "./alert-text.ts";
import { flowAlerts } from "./flow-alerts.ts";
import type { MixinConfig } from "./mixin-config.ts";
import { outputAlerts } from "./output-alerts.ts";
import { processAlerts } from "./process-alerts.ts";
import { type RecordingRule, recordingRules } from "./recording-rules.ts";

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

export function ruleGroups(config: MixinConfig): RuleGroups {
  const alerts = [...processAlerts(config), ...flowAlerts(config), ...outputAlerts(config)];
  // One group: within it rules are evaluated in order, and an alert judges by what was recorded in the same moment.
  const rules = [...recordingRules(config), ...alerts.map((alert) => alertingRule(alert, config))];
  return { groups: [{ name: "squall", rules }] };
}

/** For the Prometheus operator on Kubernetes. */
export function prometheusRule(config: MixinConfig): object {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "squall", labels: { "app.kubernetes.io/name": "squall", role: "alert-rules" } },
    spec: ruleGroups(config),
  };
}

function alertingRule({ alert, expr, summary, description }: AlertText, config: MixinConfig): AlertingRule {
  const { for: holds, severity } = config.alerts[alert];
  const runbook_url = `${config.runbookUrl}/${alert}.md`;
  return { alert, expr, for: holds, labels: { severity }, annotations: { summary, description, runbook_url } };
}
