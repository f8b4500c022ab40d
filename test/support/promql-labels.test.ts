import { describe, expect, test } from "vitest";
import { askedFor, type LabelsByName } from "./promql-labels.ts";

const known: LabelsByName = new Map(
  Object.entries({
    lines: ["instance", "input"],
    evictions: ["instance", "reason"],
    seconds_bucket: ["instance", "stage", "le"],
    info: ["instance", "service"],
  }).map(([name, labels]) => [name, new Set(labels)]),
);

describe("labels that an expression leaves", () => {
  test.each([
    ['rate(lines{input!=""}[5m])', "instance input"],
    ["sum(lines)", ""],
    ["sum by (reason) (rate(evictions[5m])) > 0", "reason"],
    ["sum without (reason) (evictions)", "instance"],
    ["time() - lines", "instance input"],
    ["histogram_quantile(0.5, sum by (stage, le) (rate(seconds_bucket[5m])))", "stage"],
    ["evictions * on (instance) group_left (service) info", "instance reason service"],
    ["lines * on (instance) info", "instance"],
    ["lines and on (instance) info", "instance input"],
    ["evictions or 0 * info", "instance reason service"],
    ['label_replace(lines, "why", "a (text, so \\"to say\\")", "", "")', "instance input why"],
    ['absent(info{service="alerter",instance=~".+"})', "service"],
    ["vector(1)", ""],
  ])("%s: %s", (expression, labels) => {
    const asked = askedFor(expression, known);
    expect(asked.faults).toEqual([]);
    expect([...asked.labels].join(" ")).toBe(labels);
  });
});

describe("what is not there", () => {
  test.each([
    ["rate(line[5m])", "nobody serves or records line"],
    ['lines{outcome="lost"}', "lines has no label outcome"],
    // Other metrics have it.
    ["sum by (input) (rate(evictions[5m])) > 0", "by input, which is not there"],
    ["sum without (input) (evictions)", "without input, which is not there"],
    ["sum by (reason) (sum by (instance) (evictions))", "by reason, which is not there"],
    ["evictions * on (instance, reason) group_left (service) info", "on reason, which one side has not"],
    ["evictions * on (instance) group_left (version) info", "group_left version, which is not there"],
    ["histogram_quantile(0.5, sum by (stage) (seconds_bucket))", "a quantile of what has no label le"],
  ])("%s: %s", (expression, fault) => {
    expect(askedFor(expression, known).faults).toEqual([fault]);
  });
});

describe("what is thrown, not guessed", () => {
  test.each([
    ["sum(lines", "“,” is expected, not “”"],
    ["lines lines", "“lines” is not understood"],
    ["lines %% 2", "“ %% 2” is not understood"],
    ["rate()[5m]", "“[5m]” is not understood"],
    ["topk(3, lines)", "what labels has topk()?"],
    ["sum by reason (evictions)", "“(” is expected, not “reason”"],
    ["max(lines, evictions)", "of one thing each"],
  ])("%s: %s", (expression, said) => {
    expect(() => askedFor(expression, known)).toThrow(said);
  });
});
