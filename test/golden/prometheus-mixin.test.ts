// Rules for Prometheus: the files are those that their source makes, each alert has its page and each page its alert, and nothing is asked
// for that no process serves.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { prometheusRule, ruleGroups } from "../../deploy/prometheus/mixin/mixin.ts";
import { ALERT_NAMES, defaultMixinConfig } from "../../deploy/prometheus/mixin/mixin-config.ts";
import { ROOT, squall } from "../e2e/squall-process.ts";
import { METERED, metricsAtTheirBounds } from "../support/bounded-metrics.ts";
import { knownSeries, servedSeries } from "../support/known-series.ts";
import { askedFor, type LabelsByName } from "../support/promql-labels.ts";
import { realPart } from "../support/real-part.ts";

const FOLDER = join(ROOT, "deploy/prometheus");
const RUNBOOKS = join(ROOT, "docs/runbooks");
const HEAD = "# Written by `npm run generate:mixin` from mixin/mixin-config.ts: change that.\n";
const FILES = {
  "squall-rules.yml": ruleGroups(defaultMixinConfig),
  "squall-prometheusrule.yml": prometheusRule(defaultMixinConfig),
};

const rules = ruleGroups(defaultMixinConfig).groups.flatMap((group) => group.rules);
const alerts = rules.flatMap((rule) => ("alert" in rule ? [rule] : []));
let served: LabelsByName = new Map();
/** With what is recorded of them. */
let allSeries: LabelsByName = new Map();

beforeAll(async () => {
  served = await servedSeries();
  allSeries = knownSeries(served);
});

test.each(Object.entries(FILES))("%s is as its source makes it; UPDATE_GOLDENS=1 writes it", (name, content) => {
  const text = HEAD + stringify(content, { lineWidth: 0 });
  const path = join(FOLDER, name);
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, text);
  expect(readFileSync(path, "utf8")).toBe(text);
});

describe("alerts", () => {
  test("each that is configured is made, once", () => {
    expect(alerts.map(({ alert }) => alert).toSorted()).toEqual([...ALERT_NAMES].toSorted());
  });

  test.each(alerts)("$alert waits, has a severity, says what is the case, and where to read on", (alert) => {
    const { annotations, labels } = alert;
    expect(alert.for).toMatch(/^[1-9][0-9]*m$/u);
    expect(["critical", "warning", "none"]).toContain(labels["severity"]);
    expect(annotations["summary"]).toMatch(/^[A-Z\w].*\.$/u);
    expect(annotations["description"]).toMatch(/\.$/u);
    expect(annotations["runbook_url"]).toBe(`${defaultMixinConfig.runbookUrl}/${alert.alert}.md`);
  });

  test("each has its page, and each page its alert", () => {
    const pages = globSync("*.md", { cwd: RUNBOOKS }).map((page) => basename(page, ".md"));
    expect(pages.toSorted()).toEqual([...ALERT_NAMES].toSorted());
  });

  test("the table of docs/prometheus.md has them all, as they are; UPDATE_GOLDENS=1 writes it", () => {
    const path = join(ROOT, "docs/prometheus.md");
    const page = readFileSync(path, "utf8");
    const head = "| alert | severity | after | means |\n| --- | --- | --- | --- |\n";
    const [before = "", rest = ""] = page.split(head);
    const made = alerts.map(({ alert, labels, annotations, for: holds }) => {
      const means = annotations["summary"] ?? "";
      return `| [${alert}](runbooks/${alert}.md) | ${labels["severity"]} | ${holds} | ${means} |\n`;
    });
    const end = rest.search(/\n/u) === 0 ? 0 : rest.indexOf("\n\n") + 1;
    if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, before + head + made.join("") + rest.slice(end));
    const [, now = ""] = readFileSync(path, "utf8").split(head);
    expect(now.slice(0, made.join("").length + 1)).toBe(`${made.join("")}\n`);
  });
});

test.each(rules)("$alert$record asks only for what is there, by labels that it has", ({ expr }) => {
  const { names, faults } = askedFor(expr, allSeries);
  expect(faults).toEqual([]);
  expect(names.length > 0 || expr === "vector(1)").toBe(true);
});

test("kinds that rules choose by are those of the metric", async () => {
  const texts = await Promise.all(METERED.map((service) => metricsAtTheirBounds(service).render("text")));
  const isServed = (kind: string): boolean =>
    texts.some((text) => text.includes(`squall_state_fill_ratio{kind="${kind}"}`));
  expect(defaultMixinConfig.stateKinds.filter(isServed)).toEqual(defaultMixinConfig.stateKinds);
});

function promtool(
  program: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: FOLDER, encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
}

describe("promtool", () => {
  test("takes rules and example, and has no doubts", (context) => {
    const checked = promtool(realPart("promtool", context), "check", "config", "--lint=all", "prometheus.yml");
    expect(checked.said).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(checked.status).toBe(0);
  });

  test("and what the example shows switched off is right too", (context) => {
    const folder = mkdtempSync(join(tmpdir(), "squall-prometheus-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const text = readFileSync(join(FOLDER, "prometheus.yml"), "utf8");
    const on = text.replaceAll(/^( *)# (?=- | {2}|external_labels)/gmu, "$1");
    expect(on.match(/^ *- (?:job_name|targets|\{ targets)/gmu)).toHaveLength(7);
    writeFileSync(join(folder, "prometheus.yml"), on);
    cpSync(join(FOLDER, "squall-rules.yml"), join(folder, "squall-rules.yml"));
    expect(promtool(realPart("promtool", context), "check", "config", join(folder, "prometheus.yml")).status).toBe(0);
  });

  test.for(globSync("tests/*.yml", { cwd: FOLDER }))("%s", (file, context) => {
    const tested = promtool(realPart("promtool", context), "test", "rules", file);
    expect(tested).toEqual({ status: 0, said: `Unit Testing:  ${file}\n  SUCCESS\n\n` });
  });
});

const PAGES = [join(ROOT, "docs/prometheus.md"), ...ALERT_NAMES.map((name) => join(RUNBOOKS, `${name}.md`))];

/** What stands in blocks of code and between backticks: meant to be typed. */
function codeIn(text: string): string[] {
  const blocks = Array.from(text.matchAll(/^```\w*\n(.*?)^```/gmsu), ([, block = ""]) => block.split("\n")).flat();
  const inline = Array.from(text.replaceAll(/^```.*?^```/gmsu, "").matchAll(/`([^`\n]+)`/gu), ([, code = ""]) => code);
  return [...blocks, ...inline];
}

describe("pages", () => {
  test.each(PAGES)("%s names no metric that is not there", (page) => {
    const text = readFileSync(page, "utf8");
    const named = Array.from(text.matchAll(/\b(?:[a-z]+:)?squall_[a-z0-9_:]+/gu), ([name]) => name);
    // `squall_sink_…` stands for those that begin so.
    const isPart = (name: string): boolean => [...served.keys()].some((one) => one.startsWith(name));
    expect(named.filter((name) => !allSeries.has(name) && !isPart(name))).toEqual([]);
  });

  test.each(ALERT_NAMES)(
    "docs/runbooks/%s.md says what it means and costs, how to find out, and what to do",
    (name) => {
      const text = readFileSync(join(RUNBOOKS, `${name}.md`), "utf8");
      const heads = Array.from(text.matchAll(/^#+ .*$/gmu), ([head]) => head);
      expect(heads).toEqual([`# ${name}`, "## Meaning", "## Impact", "## Diagnosis", "## Mend", "## Silence"]);
    },
  );

  test.each(ALERT_NAMES)("docs/runbooks/%s.md says how to find out on Kubernetes too, in one namespace", (name) => {
    const text = readFileSync(join(RUNBOOKS, `${name}.md`), "utf8");
    const commands = codeIn(text).filter((code) => code.startsWith("kubectl ") && code.includes("--"));
    // Only a standalone has a state directory.
    expect(commands.length > 0).toBe(name !== "SquallStateNotWritten");
    // Rules may be in whatever namespace Prometheus looks for them.
    expect(commands.filter((code) => !/ --(?:namespace squall|all-namespaces) /u.test(code))).toEqual([]);
    const wide = commands.filter((code) => /--selector (?!'?app\.kubernetes\.io\/instance=)/u.test(code));
    expect(wide.filter((code) => !code.startsWith("kubectl get "))).toEqual([]);
    // Another release has other names.
    expect(text.includes("](../kubernetes.md#names)")).toBe(commands.length > 0);
  });

  test("rules that were loaded without the chart are found too", () => {
    const rule = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) });
    const { labels } = rule.parse(prometheusRule(defaultMixinConfig)).metadata;
    const asks = PAGES.flatMap((page) => codeIn(readFileSync(page, "utf8"))).filter((code) =>
      code.startsWith("kubectl get prometheusrules "),
    );
    expect(asks.length).toBeGreaterThan(0);
    const chosenBy = asks.flatMap((code) => /--selector (\S+)/u.exec(code)?.[1] ?? []);
    expect(chosenBy.filter((one) => !Object.entries(labels).some((label) => label.join("=") === one))).toEqual([]);
  });

  test("the page for a storm leads to what stops it", () => {
    expect(readFileSync(join(RUNBOOKS, "SquallStormOpen.md"), "utf8")).toContain("](../containment.md)");
  });

  test("their links lead somewhere", () => {
    const dead = PAGES.flatMap((page) => {
      const links = Array.from(readFileSync(page, "utf8").matchAll(/\]\(([^)#:]+)[^)]*\)/gu), ([, link = ""]) => link);
      return links.filter((link) => !existsSync(join(dirname(page), link))).map((link) => `${page}: ${link}`);
    });
    expect(dead).toEqual([]);
  });

  describe("ports", () => {
    const services = readFileSync(join(ROOT, "docs/services.md"), "utf8");
    const [, first, names = ""] = /^port=(\d+); for service in ([a-z ]+); do$/mu.exec(services) ?? [];
    const ports = new Map(names.split(" ").map((name, index) => [name, String(Number(first) + index)]));

    test("docs/services.md gives each service its own", () => {
      expect([...ports.keys()].toSorted()).toEqual([
        "alerter",
        "assembler",
        "console",
        "detector",
        "ingest",
        "recorder",
      ]);
    });

    test.each(ALERT_NAMES)("docs/runbooks/%s.md has those of docs/services.md, by service", (name) => {
      const text = readFileSync(join(RUNBOOKS, `${name}.md`), "utf8");
      const named = Array.from(text.matchAll(/\b(94\d\d) ([a-z]+)/gu), ([, port, service = ""]) => ({
        port,
        service,
      })).filter(({ service }) => service !== "is");
      expect(named.filter(({ port, service }) => ports.get(service) !== port)).toEqual([]);
      const asked = Array.from(text.matchAll(/127\.0\.0\.1:(94(?:6[^5]|7\d))/gu), ([, port]) => port);
      // Only a standalone has a state directory.
      const isOfServices = asked.length > 0 && name !== "SquallStateNotWritten";
      expect(named.length > 0).toBe(isOfServices);
      expect(asked.filter((port) => port !== "9464" && ![...ports.values()].includes(port ?? ""))).toEqual([]);
    });

    test("what asks the live page has a token with it, and silences are those of services too", () => {
      const codes = PAGES.flatMap((page) => codeIn(readFileSync(page, "utf8")));
      const asks = codes.filter((code) => code.includes(":9465/api/"));
      expect(asks.length).toBeGreaterThan(0);
      expect(asks.filter((code) => !code.includes('-H "Authorization: Bearer $TOKEN"'))).toEqual([]);
      expect(codes).toContain("squall silences --kafka --config /etc/squall/squall.yaml");
    });
  });

  test("squall has every command and option that they name", async () => {
    const options = new Map<string, Set<string>>();
    for (const code of PAGES.flatMap((page) => codeIn(readFileSync(page, "utf8")))) {
      const [, name, rest = ""] = /^(?:sudo -u squall )?squall ([a-z]+(?:-[a-z]+)*)(.*)$/u.exec(code) ?? [];
      if (name === undefined) continue;
      const known = options.get(name) ?? new Set();
      for (const [option] of rest.matchAll(/--[a-z-]+/gu)) known.add(option);
      options.set(name, known);
    }
    expect(options.size).toBeGreaterThan(5);
    for (const [name, named] of options) {
      const { code, out } = await squall([name, "--help"]);
      expect({ name, code }).toEqual({ name, code: 0 });
      expect([...named].filter((option) => !out.includes(`${option} `))).toEqual([]);
    }
  });
});
