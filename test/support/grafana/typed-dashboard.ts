// Dashboards as a file of TypeScript that compiles only if Grafana's own types, as its kit has them, take all of their members.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DASHBOARDS } from "./dashboard-file.ts";

const KIT = "@grafana/grafana-foundation-sdk";
const KINDS = ["stat", "table", "timeseries"] as const;

/** Words of an enumeration are texts in JSON. What a query is made of is each data source's own. */
const PLAIN = `
type Left = "targets" | "target" | "_implementsDataqueryVariant";
type Plain<T> = T extends readonly (infer One)[] ? Plain<One>[]
  : T extends string ? \`\${T}\`
  : T extends number ? (\`\${T}\` extends \`\${infer N extends number}\` ? N : never)
  : T extends object ? { [Key in keyof T as Key extends Left ? never : Key]: Plain<T[Key]> }
  : T;
type Options<T> = Partial<Plain<T>>;
`;

const panel = z.looseObject({
  type: z.enum(["row", ...KINDS]),
  options: z.unknown().optional(),
  fieldConfig: z.object({ defaults: z.looseObject({ custom: z.unknown().optional() }) }).optional(),
});
const dashboard = z.looseObject({
  panels: z.array(z.looseObject({ ...panel.shape, panels: z.array(panel).default([]) })),
});

/** `names`: of files. */
export function typedDashboards(names: readonly string[]): string {
  const imports = ["dashboard", ...KINDS].map((part) => `import type * as ${part} from "${KIT}/${part}";`);
  const values = names.flatMap(typedValues);
  const constants = values.map(({ type, value }, index) => `export const value${index}: ${type} = ${value};`);
  return [...imports, PLAIN, ...constants, ""].join("\n");
}

interface TypedValue {
  readonly type: string;
  readonly value: string;
}

/** The whole; and of each panel what its kind makes of it, to which the whole gives no type. */
function typedValues(name: string): TypedValue[] {
  const parsed: unknown = JSON.parse(readFileSync(join(DASHBOARDS, name), "utf8"));
  const withoutQueries = JSON.stringify(parsed, (key: string, value: unknown) =>
    key === "targets" || key === "target" ? undefined : value,
  );
  const panels = dashboard.parse(parsed).panels.flatMap((one) => [one, ...one.panels]);
  return [{ type: "Plain<dashboard.Dashboard>", value: withoutQueries }, ...panels.flatMap(ofItsKind)];
}

function ofItsKind({ type, options, fieldConfig }: z.infer<typeof panel>): TypedValue[] {
  if (type === "row") return [];
  const custom = fieldConfig?.defaults.custom ?? {};
  return [
    { type: `Options<${type}.Options>`, value: JSON.stringify(options) },
    { type: type === "stat" ? "Record<string, never>" : `Options<${type}.FieldConfig>`, value: JSON.stringify(custom) },
  ];
}
