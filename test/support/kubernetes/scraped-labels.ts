// What becomes of labels on the way into Prometheus: the operator gives each target some, relabelings change them, and a process's own label of the
// same name is called exported_… from then on.

import { z } from "zod";
import { METERED, metricsAtTheirBounds } from "../bounded-metrics.ts";
import { familiesOf } from "../exposition-families.ts";

/** As ServiceMonitor and PodMonitor have them, those that the chart uses. */
export const relabeling = z.union([
  z.strictObject({ action: z.literal("labeldrop"), regex: z.string() }),
  z.strictObject({ targetLabel: z.string(), replacement: z.string() }),
]);
type Relabeling = z.infer<typeof relabeling>;
type Labels = ReadonlyMap<string, string>;

/** By the operator, before relabelings; of a PodMonitor without `service`. */
const OF_OPERATOR = {
  ServiceMonitor: ["namespace", "service", "pod", "container", "endpoint", "job", "instance"],
  PodMonitor: ["namespace", "pod", "container", "endpoint", "job", "instance"],
} as const;

/** Of a target that a monitor of this kind finds. */
export function targetLabels(kind: keyof typeof OF_OPERATOR, relabelings: readonly Relabeling[]): Labels {
  const labels = new Map<string, string>(OF_OPERATOR[kind].map((name) => [name, `target-${name}`]));
  for (const one of relabelings) {
    if ("targetLabel" in one) labels.set(one.targetLabel, one.replacement);
    else for (const name of labels.keys()) if (new RegExp(`^(?:${one.regex})$`, "u").test(name)) labels.delete(name);
  }
  return labels;
}

/** Labels that processes give their series themselves, by its name. */
export async function ownLabels(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const own = new Map<string, ReadonlySet<string>>();
  for (const service of METERED) {
    for (const { series, labels } of familiesOf(await metricsAtTheirBounds(service).render("text"))) {
      for (const name of series) own.set(name, new Set([...(own.get(name) ?? []), ...labels]));
    }
  }
  return own;
}

/** A text with series, `name{label="value"}`, as they are once Prometheus has scraped them of a target of these labels. */
export function asScraped(text: string, own: ReadonlyMap<string, ReadonlySet<string>>, target: Labels): string {
  return text.replaceAll(/\b([a-z_]+)\{([^}]*)\}/gu, (whole, name: string, labels: string) => {
    const taken = [...(own.get(name) ?? [])].filter((label) => target.has(label) && labels.includes(`${label}="`));
    if (taken.length === 0) return whole;
    const renamed = labels.replaceAll(/\b([a-z_]+)="/gu, (label, word: string) =>
      taken.includes(word) ? `exported_${label}` : label,
    );
    return `${name}{${[renamed, ...taken.map((label) => `${label}="${target.get(label)}"`)].join(",")}}`;
  });
}
