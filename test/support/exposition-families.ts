// The text of a scrape -> what Prometheus sees of it: families of series, and what each is.

export interface Family {
  readonly name: string;
  readonly kind: string;
  readonly help: string;
  /** Those of its series that are not its kind's own. */
  readonly labels: readonly string[];
  /** Names of series: `x_bucket` and its kin of a histogram. */
  readonly series: readonly string[];
}

/** Text format 0.0.4. */
export function familiesOf(text: string): Family[] {
  return text
    .split(/^(?=# HELP )/mu)
    .filter((part) => part.startsWith("# HELP "))
    .map((part) => {
      const [, name = "", help = "", kind = ""] = /^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)/u.exec(part) ?? [];
      const lines = part.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      const labels = lines.flatMap((line) =>
        Array.from(line.matchAll(/[{,]([a-z_]+)="/gu), ([, label]) => label ?? ""),
      );
      return {
        name,
        kind,
        help,
        labels: [...new Set(labels)].filter((label) => label !== "le"),
        series: [...new Set(lines.map((line) => /^[a-z0-9_]+/iu.exec(line)?.[0] ?? ""))],
      };
    });
}
