// What of the chart is made of other files: one source each, and none is copied by hand. `npm run generate:chart` writes them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ValueComment, valueComments } from "./value-comments.ts";
import { valuesSchema } from "./values-schema.ts";

const DEPLOY = join(import.meta.dirname, "../..");
export const CHART = join(DEPLOY, "helm/squall");

const RULES = "prometheus/squall-prometheusrule.yml";
const DASHBOARDS = ["squall-itself.json", "squall-storms.json"];
const TABLE_HEAD = "| value | default | |\n| --- | --- | --- |\n";

/** Text by its path within the chart. */
export function chartFiles(): Readonly<Record<string, string>> {
  const comments = valueComments(readFileSync(join(CHART, "values.yaml"), "utf8"));
  const copied = [
    [RULES, "files/squall-prometheusrule.yml"],
    ...DASHBOARDS.map((name) => [`grafana/dashboards/${name}`, `files/dashboards/${name}`]),
  ];
  return {
    ...Object.fromEntries(copied.map(([from = "", to = ""]) => [to, readFileSync(join(DEPLOY, from), "utf8")])),
    "values.schema.json": `${JSON.stringify(valuesSchema(comments), undefined, 2)}\n`,
    "README.md": withTable(readFileSync(join(CHART, "README.md"), "utf8"), comments),
  };
}

/** The page with its table of values as they are. */
function withTable(page: string, comments: readonly ValueComment[]): string {
  const [before = "", rest] = page.split(TABLE_HEAD);
  if (rest === undefined) throw new Error("README.md of the chart has no table of values");
  const after = rest.slice(rest.search(/^(?!\|)/mu));
  const rows = comments.map(
    ({ path, comment, value }) => `| \`${path.join(".")}\` | \`${JSON.stringify(value)}\` | ${comment} |\n`,
  );
  return `${before}${TABLE_HEAD}${rows.join("")}${after}`;
}
