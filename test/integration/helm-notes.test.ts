// What Helm prints after an installation: it is true of the values, and its commands find what they are for.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, type TestContext } from "vitest";
import { CHART } from "../../deploy/helm/schema/chart-files.ts";
import {
  chartObjects,
  NAMESPACE,
  RELEASE,
  renderedChart,
  VALUE_SETS,
  valuesPath,
} from "../support/kubernetes/helm-chart.ts";
import { kubeObjects, ofKind, podsOf } from "../support/kubernetes/kube-objects.ts";
import { freePort } from "../support/free-port.ts";
import { realPart } from "../support/real-part.ts";
import { runProgram } from "../support/run-program.ts";

const MINIMAL = "minimal-values.yaml";
const EVERYTHING = "everything-values.yaml";

async function notesOf(context: TestContext, set: string, ...more: readonly string[]): Promise<string> {
  const of = ["--namespace", NAMESPACE, "--dry-run=client", "--values", valuesPath(set), ...more];
  const out = await runProgram(realPart("helm", context), ["install", RELEASE, CHART, ...of]);
  const [, notes = ""] = out.split("NOTES:\n");
  return notes;
}

/** Pods by what a selector of kubectl wants of their labels: `a=b` and `a in (b, c)`. */
async function chosen(context: TestContext, set: string, selector: string): Promise<string[]> {
  const terms = Array.from(selector.matchAll(/([^\s,=]+)(?:=([^,]+)| in \(([^)]*)\))/gu), (term) => {
    const [, name = "", one, several = ""] = term;
    return { name, values: one === undefined ? several.split(", ") : [one] };
  });
  expect(terms.length).toBeGreaterThan(1);
  return podsOf(await chartObjects(context, set))
    .filter(({ labels }) => terms.every(({ name, values }) => values.includes(labels[name] ?? "")))
    .map(({ of }) => of.metadata.name);
}

test.for(VALUE_SETS)("those of %s say what to do next", async (name, context) => {
  const notes = await notesOf(context, name);
  expect(notes).toContain(`helm test ${RELEASE} --namespace ${NAMESPACE}`);
  expect(notes.includes("nobody is told of a storm yet")).toBe(name !== EVERYTHING);
});

describe("topics that are read", () => {
  test("are named, each with its mail system", async (context) => {
    const notes = await notesOf(context, EVERYTHING);
    expect(Array.from(notes.matchAll(/^ {5}(\S+), lines of (\S+)$/gmu), ([, ...words]) => words)).toEqual([
      ["mail.mail-logs", "north"],
      ["berlin.mail-logs", "berlin"],
      ["paris.mail-logs", "paris"],
    ]);
  });

  test("are those of the configuration", async (context) => {
    const notes = await notesOf(context, MINIMAL, "--set", "config.kafka.mailLogsTopic=logs.of.mail");
    expect(notes).toContain("logs.of.mail, lines of north");
    expect(notes).not.toContain("squall.mail-logs");
  });
});

describe("lines that come", () => {
  test("are asked of every pod of every ingest, and of no other", async (context) => {
    const [, selector = ""] = /get pods --output name \\\n *--selector '([^']+)'/u.exec(
      await notesOf(context, EVERYTHING),
    ) ?? ["", ""];
    expect(await chosen(context, EVERYTHING, selector)).toEqual([
      "squall-ingest",
      "squall-ingest-berlin",
      "squall-ingest-paris",
    ]);
  });

  test("by a command that shows the counters of lines", async (context) => {
    const port = await freePort();
    const server = createServer((_request, response) =>
      response.end("squall_lines_read_total 7\nsquall_up 1\nsquall_lines_used_total 5\n"),
    );
    await new Promise<void>((done) => server.listen(port, "localhost", done));
    onTestFinished(() => void server.close());
    const notes = await notesOf(context, MINIMAL, "--set", `metrics.port=${port}`);
    const [, script = ""] = /--eval \\\n *'([^']+)'/u.exec(notes) ?? [];
    expect(await runProgram(process.execPath, ["--eval", script])).toBe(
      "squall_lines_read_total 7\nsquall_lines_used_total 5\n",
    );
  });
});

describe("what may surprise", () => {
  test("rules whose pages are nowhere", async (context) => {
    const rules = ["--set", "prometheusRule.enabled=true"];
    const note = "prometheusRule.runbookUrl is empty: alerts link to squall.example.org";
    expect(await notesOf(context, MINIMAL, ...rules)).toContain(note);
    expect(await notesOf(context, MINIMAL)).not.toContain(note);
    const told = ["--set", "prometheusRule.runbookUrl=https://wiki.example.org"];
    expect(await notesOf(context, MINIMAL, ...rules, ...told)).not.toContain(note);
  });

  test("ports of policies, which are those of pods", async (context) => {
    const notes = await notesOf(context, EVERYTHING);
    expect(notes).toContain("to Kafka by 9093, 9094, to InfluxDB by 443, to web hooks by 443, 8443. These must be");
    expect(notes).toContain("not of a Service");
    const own = ["--set", "networkPolicy.influx.ports={8086}"];
    expect(await notesOf(context, MINIMAL, ...own)).toContain(
      "to Kafka by 9092, to InfluxDB by 8086, to web hooks by 443.",
    );
    expect(await notesOf(context, MINIMAL, "--set", "networkPolicy.enabled=false")).not.toContain("NetworkPolic");
  });
});

describe("commands of README.md", () => {
  const page = readFileSync(join(CHART, "README.md"), "utf8");
  const commands = [...page.matchAll(/kubectl ([^`]*?)--selector[ \\\n]+(?:'([^']+)'|(\S+?))[`\s]/gu)];

  test("choose by the release, in its namespace", () => {
    expect(commands).toHaveLength(2);
    for (const [, words, quoted, bare] of commands) {
      expect(words).toContain("--namespace squall");
      expect(quoted ?? bare).toContain(`app.kubernetes.io/instance=${RELEASE}`);
    }
  });

  test("take away the pods of `helm test`, and no service", async (context) => {
    const selector = commands.find(([, words]) => words?.includes("delete pod"))?.[2] ?? "";
    const doctors = podsOf(ofKind(await chartObjects(context, MINIMAL), "Pod")).map(({ of }) => of.metadata.name);
    expect(doctors).toHaveLength(6);
    expect(await chosen(context, MINIMAL, selector)).toEqual(doctors);
  });
});

test("a silence is asked for in a pod of the CronJob that is there, and of none where there is none", async (context) => {
  const renamed = ["--set", "fullnameOverride=storms"];
  const text = await renderedChart(realPart("helm", context), valuesPath(EVERYTHING), renamed);
  const made = ofKind(kubeObjects(text), "CronJob").map(({ metadata }) => metadata.name);
  expect(made).toEqual(["storms-silence"]);
  const notes = await notesOf(context, EVERYTHING, ...renamed);
  expect(notes).toContain(`kubectl --namespace ${NAMESPACE} create job silence --from=cronjob/${made.join("")}\n`);
  expect(await notesOf(context, MINIMAL)).not.toContain("cronjob");
});
