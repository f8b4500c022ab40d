// An expression of PromQL -> labels that its series may have, and what it asks for that is not there: a metric that nobody serves, a label that
// this metric has not, that was summed away, or that the other side of an operator lacks.

import type { PromqlAggregation, PromqlCall, PromqlNode, PromqlOperation, PromqlSeries } from "./promql-tree.ts";
import { promqlTree } from "./promql-tree.ts";

/** Labels that each series may have, by its name. */
export type LabelsByName = ReadonlyMap<string, ReadonlySet<string>>;

export interface Asked {
  /** Of series, Prometheus' own among them. */
  readonly names: readonly string[];
  /** What is found may have these. */
  readonly labels: ReadonlySet<string>;
  /** One sentence a fault. */
  readonly faults: readonly string[];
}

interface Reading {
  readonly known: LabelsByName;
  readonly names: Set<string>;
  readonly faults: string[];
}

/** A number has none, and goes with whatever stands beside it. */
type Labels = ReadonlySet<string> | "of a number";
const NONE: ReadonlySet<string> = new Set();

export function askedFor(expression: string, known: LabelsByName): Asked {
  const reading: Reading = { known, names: new Set(), faults: [] };
  const labels = labelsOf(promqlTree(expression), reading);
  return { names: [...reading.names], labels: ofSeriesOnly(labels), faults: reading.faults };
}

function ofSeriesOnly(labels: Labels): ReadonlySet<string> {
  return labels === "of a number" ? NONE : labels;
}

function labelsOf(node: PromqlNode, reading: Reading): Labels {
  switch (node.kind) {
    case "number":
    case "text":
      return "of a number";
    case "series":
      return ofSeries(node, reading);
    case "call":
      return ofCall(node, reading);
    case "aggregation":
      return ofAggregation(node, reading);
    default:
      return ofOperation(node, reading);
  }
}

function ofSeries({ name, matchers }: PromqlSeries, { known, names, faults }: Reading): Labels {
  names.add(name);
  const labels = known.get(name);
  if (labels === undefined) faults.push(`nobody serves or records ${name}`);
  else for (const { label } of matchers) if (!labels.has(label)) faults.push(`${name} has no label ${label}`);
  return labels ?? NONE;
}

/** What is made of one series, with its labels. */
const OF_ONE = new Set(["rate", "increase", "changes", "delta", "deriv", "max_over_time"]);

function ofCall({ name, args }: PromqlCall, reading: Reading): Labels {
  const [first = NONE, second = NONE] = args.map((one) => labelsOf(one, reading));
  if (name === "time") return "of a number";
  if (name === "vector") return NONE;
  const [of, added] = args;
  if (name === "absent" && of?.kind === "series") return labelsGiven(of);
  if (OF_ONE.has(name)) return first;
  if (name === "histogram_quantile") return ofQuantile(ofSeriesOnly(second), reading);
  if (name === "label_replace" && added?.kind === "text") return new Set([...ofSeriesOnly(first), added.text]);
  throw new Error(`what labels has ${name}()?`);
}

/** What is not there has the labels by which it was asked for. */
function labelsGiven({ matchers }: PromqlSeries): ReadonlySet<string> {
  return new Set(matchers.filter(({ operator }) => operator === "=").map(({ label }) => label));
}

function ofQuantile(buckets: ReadonlySet<string>, { faults }: Reading): Labels {
  const labels = new Set(buckets);
  if (!labels.delete("le")) faults.push("a quantile of what has no label le");
  return labels;
}

function ofAggregation({ keeps, labels, of }: PromqlAggregation, reading: Reading): Labels {
  const before = ofSeriesOnly(labelsOf(of, reading));
  for (const label of labels) if (!before.has(label)) reading.faults.push(`${keeps} ${label}, which is not there`);
  return new Set(keeps === "by" ? labels : [...before].filter((label) => !labels.includes(label)));
}

function ofOperation({ operator, left, right, on, brought }: PromqlOperation, reading: Reading): Labels {
  const lefts = labelsOf(left, reading);
  const rights = labelsOf(right, reading);
  if (lefts === "of a number") return rights;
  if (rights === "of a number") return lefts;
  const isOnOneSide = (label: string): boolean => !lefts.has(label) || !rights.has(label);
  for (const label of on?.filter(isOnOneSide) ?? []) reading.faults.push(`on ${label}, which one side has not`);
  for (const label of brought?.filter((one) => !rights.has(one)) ?? []) {
    reading.faults.push(`group_left ${label}, which is not there`);
  }
  if (operator === "or") return new Set([...lefts, ...rights]);
  if (brought !== undefined) return new Set([...lefts, ...brought]);
  const isOfSets = operator === "and" || operator === "unless";
  return on === undefined || isOfSets ? lefts : new Set(on);
}
