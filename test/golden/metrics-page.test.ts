// What every process serves under /metrics, with each label at its bound: few series, nothing for Prometheus' own linter to say, and the
// table of docs/prometheus.md.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../e2e/squall-process.ts";
import { METERED, metricsAtTheirBounds } from "../support/bounded-metrics.ts";
import { familiesOf } from "../support/exposition-families.ts";
import { realPart } from "../support/real-part.ts";

const PAGE = join(ROOT, "docs/prometheus.md");
const SERIES_MAX = 2_000;
const HEAD = "| metric | kind | labels | of | is |\n| --- | --- | --- | --- | --- |\n";

test.each(METERED)("%s: fewer than 2,000 series, each metric with one at least", async (service) => {
  const metrics = metricsAtTheirBounds(service);
  expect(await metrics.seriesCount()).toBeLessThan(SERIES_MAX);
  const families = familiesOf(await metrics.render("text")).filter(({ name }) => name.startsWith("squall_"));
  expect(families.filter(({ series }) => series.length === 0).map(({ name }) => name)).toEqual([]);
  expect(families.length).toBeGreaterThan(8);
});

test.for(METERED)("promtool has nothing to say against a metric of %s", async (service, context) => {
  const promtool = realPart("promtool", context);
  const input = await metricsAtTheirBounds(service).render("text");
  const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], { input, encoding: "utf8" });
  expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: "" });
});

/** One row a metric; two where services mean different things by it. */
async function table(): Promise<string> {
  const rows = new Map<string, { readonly name: string; readonly services: string[]; readonly cells: string[] }>();
  for (const service of METERED) {
    for (const { name, kind, help, labels } of familiesOf(await metricsAtTheirBounds(service).render("text"))) {
      if (!name.startsWith("squall_")) continue;
      const cells = [kind, labels.map((label) => `\`${label}\``).join(", "), help.replaceAll("|", "\\|")];
      const key = [name, ...cells].join("\n");
      const row = rows.get(key) ?? { name, services: [], cells };
      row.services.push(service);
      rows.set(key, row);
    }
  }
  const lines = [...rows.values()]
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map(({ name, services, cells: [kind, labels, help] }) => {
      const all = services.length === METERED.length ? "all" : services.join(", ");
      return `| \`${name}\` | ${kind} | ${labels} | ${all} | ${help} |\n`;
    });
  return HEAD + lines.join("");
}

test("the table of docs/prometheus.md is what is served; UPDATE_GOLDENS=1 writes it", async () => {
  const page = readFileSync(PAGE, "utf8");
  const from = page.indexOf(HEAD);
  const end = page.indexOf("\n\n", from);
  expect(from).toBeGreaterThan(0);
  const made = await table();
  if (process.env["UPDATE_GOLDENS"] === "1") {
    writeFileSync(PAGE, `${page.slice(0, from)}${made}${page.slice(end + 1)}`);
    return;
  }
  expect(page.slice(from, end + 1)).toBe(made);
});
