// Pieces of PromQL that several rules are made of.

import type { MixinConfig } from "./mixin-config.ts";

/** A metric of squall's, with further matchers. */
export function series({ selector }: MixinConfig, name: string, ...matchers: readonly string[]): string {
  return `${name}{${[selector, ...matchers].join(",")}}`;
}

/** What one process is known by. */
export function processLabels({ installationLabels }: MixinConfig): string {
  return [...installationLabels, "job", "instance"].join(", ");
}

/** An expression with the service that its process is, of those that the pattern names. */
export function ofService(config: MixinConfig, expression: string, services: string): string {
  const info = series(config, "squall_build_info", `service=~"${services}"`);
  return `${expression} * on (${processLabels(config)}) group_left (service) ${info}`;
}

/** An expression with a label more, that says which of several reasons it is. */
export function because(expression: string, why: string): string {
  return `label_replace(${expression}, "why", "${why}", "", "")`;
}

/** Any of them. */
export function anyOf(...expressions: readonly string[]): string {
  return expressions.join("\nor\n");
}
