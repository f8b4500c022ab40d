import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { squallSchema } from "../../services/squall/squall-config.ts";
import { topicPlan } from "../../shared/domain/topic-plan.ts";
import type { ReportNode } from "../../shared/runtime/config-report.ts";
import { configReport } from "../../shared/runtime/config-report.ts";
import { settingsOf } from "../../shared/runtime/config-settings.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import { readYaml } from "../../shared/runtime/yaml-source.ts";
import { ROOT } from "../e2e/squall-process.ts";

const PAGE = readFileSync(join(ROOT, "docs/services.md"), "utf8");
const PARTS = new Set(["kafka", "influx", "pseudonym", "services"]);

/** First two cells of the rows whose first is code that begins so. */
function rows(begin: RegExp): string[][] {
  return [...PAGE.matchAll(/^\| `([^`]+)` \|([^|]*)\|([^|]*)/gmu)]
    .filter(([, first = ""]) => begin.test(first))
    .map((cells) => cells.slice(1).map((cell) => cell.trim()));
}

function defaultAt(node: ReportNode | undefined, path: readonly string[]): string {
  const [name, ...rest] = path;
  if (node?.kind === "value") return String(node.value);
  if (node?.kind !== "map" || name === undefined) return "";
  return defaultAt(node.entries.find(([key]) => key === name)?.[1], rest);
}

test("the table of settings has all of them, in order, with their defaults", () => {
  // Parts that are not there have no defaults.
  const file = readYaml("influx: {}\n", "squall.yaml");
  const report = configReport({ schema: squallSchema({}), file, env: {}, flags: [] });
  const settings = settingsOf(squallSchema({}), "").filter(({ path: [part = ""] }) => PARTS.has(part));
  const documented = rows(/^(?:kafka|influx|pseudonym|services)\./u);
  expect(documented.map(([name, byDefault]) => [name, byDefault])).toEqual(
    settings.map(({ path }) => [path.join("."), defaultAt(report, path)]),
  );
});

test("the table of topics is the plan", () => {
  const plan = topicPlan({ prefix: "squall", replication: 3 });
  const keptOf = ({ settings }: (typeof plan)[number]): string => {
    const retention = settings.find(({ name }) => name === "retention.ms")?.value;
    return retention === undefined ? "for ever" : formatDuration(Number(retention));
  };
  const documented = rows(/^squall\./u);
  expect(documented).toEqual(plan.map((topic) => [topic.topic, String(topic.partitions), keptOf(topic)]));
});
