// A report of a configuration -> YAML that could be given as one, each value with its source behind it.

import { stringify } from "yaml";
import type { ReportNode } from "../../shared/runtime/config-report.ts";

/** Column of the sources, where values leave room for them. */
const SOURCE_COLUMN = 48;

/** Ends in a line break. */
export function configYaml(root: ReportNode): string {
  return `${mapLines(root).join("\n")}\n`;
}

function mapLines(node: ReportNode): string[] {
  if (node.kind !== "map") return [];
  return node.entries.flatMap(([name, inner]) => {
    const key = scalar(name);
    if (inner.kind === "value") return [withSource(`${key}: ${scalar(inner.value)}`, inner.source)];
    const lines = inner.kind === "map" ? mapLines(inner) : inner.items.flatMap(itemLines);
    return lines.length === 0 ? [] : [`${key}:`, ...lines.map((line) => `  ${line}`)];
  });
}

function itemLines(node: ReportNode): string[] {
  const lines = node.kind === "map" ? mapLines(node) : [];
  return lines.map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
}

function withSource(text: string, source: string): string {
  return `${text.padEnd(SOURCE_COLUMN)}  # ${source}`;
}

/** On one line. */
function scalar(value: unknown): string {
  return stringify(value, {
    collectionStyle: "flow",
    lineWidth: 0,
    defaultStringType: "PLAIN",
    blockQuote: false,
  }).trimEnd();
}
