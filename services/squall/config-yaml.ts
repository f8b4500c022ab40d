// A report of a configuration -> YAML that could be given as one, each value with its source behind it.

import { stringify } from "yaml";
import type { ReportNode } from "../../shared/runtime/config-report.ts";

/** Column of the sources, where values leave room for them. */
const SOURCE_COLUMN = 48;

interface Line {
  readonly text: string;
  /** Of a value; undefined for what only holds others. */
  readonly source: string | undefined;
}

/** Ends in a line break. */
export function configYaml(root: ReportNode): string {
  return `${mapLines(root).map(withSource).join("\n")}\n`;
}

function mapLines(node: ReportNode): Line[] {
  if (node.kind !== "map") return [];
  return node.entries.flatMap(([name, inner]) => {
    const key = scalar(name);
    if (inner.kind === "value") return [{ text: `${key}: ${scalar(inner.value)}`, source: inner.source }];
    const lines = inner.kind === "map" ? mapLines(inner) : inner.items.flatMap(itemLines);
    if (lines.length === 0) return [];
    return [{ text: `${key}:`, source: undefined }, ...lines.map((line) => indented("  ", line))];
  });
}

function itemLines(node: ReportNode): Line[] {
  return mapLines(node).map((line, index) => indented(index === 0 ? "- " : "  ", line));
}

function indented(margin: string, { text, source }: Line): Line {
  return { text: `${margin}${text}`, source };
}

function withSource({ text, source }: Line): string {
  return source === undefined ? text : `${text.padEnd(SOURCE_COLUMN)}  # ${source}`;
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
