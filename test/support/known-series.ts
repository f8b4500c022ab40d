// Series that a Prometheus has of squall, by name, with the labels that each may have.

import { ruleGroups } from "../../deploy/prometheus/mixin/mixin.ts";
import { defaultMixinConfig } from "../../deploy/prometheus/mixin/mixin-config.ts";
import { METERED, metricsAtTheirBounds } from "./bounded-metrics.ts";
import { familiesOf } from "./exposition-families.ts";
import { askedFor, type LabelsByName } from "./promql-labels.ts";

/** Of whatever is scraped. */
const OF_TARGET = ["job", "instance", ...defaultMixinConfig.installationLabels];

/** What processes serve, `x_bucket` and its kin of histograms; what one of them labels, whichever it is. */
export async function servedSeries(): Promise<LabelsByName> {
  const served = new Map<string, ReadonlySet<string>>();
  for (const service of METERED) {
    for (const { series, labels } of familiesOf(await metricsAtTheirBounds(service).render("text"))) {
      for (const name of series) {
        const ofKind = name.endsWith("_bucket") ? ["le"] : [];
        served.set(name, new Set([...(served.get(name) ?? OF_TARGET), ...labels, ...ofKind]));
      }
    }
  }
  return served;
}

/** With what is Prometheus' own, and what the rules record of it. */
export function knownSeries(served: LabelsByName): LabelsByName {
  const known = new Map(served);
  known.set("up", new Set(OF_TARGET));
  known.set("ALERTS", new Set([...OF_TARGET, "alertname", "alertstate", "severity"]));
  for (const rule of ruleGroups(defaultMixinConfig).groups.flatMap(({ rules }) => rules)) {
    if ("record" in rule) known.set(rule.record, askedFor(rule.expr, known).labels);
  }
  return known;
}
