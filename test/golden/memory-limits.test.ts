// How much memory each process may take: the same in the chart, docker-compose.yml, the systemd units and docs/sizing.md, and well above what was
// measured there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../e2e/squall-process.ts";

const SERVICES = ["ingest", "assembler", "detector", "recorder", "alerter", "console"] as const;
/** What was measured is a machine's and a day's; Node needs room to collect in. */
const ROOM = 1.5;

const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const SIZING = textOf("docs/sizing.md");

/** "2Gi", "2g", "2G" and "512Mi" -> MiB. */
function mib(written: string): number {
  const [, count = "", unit = ""] = /^(\d+)([gm])i?$/iu.exec(written) ?? [];
  return Number(count) * (unit.toUpperCase() === "G" ? 1024 : 1);
}

const memory = z.object({ memory: z.string() });
const chart = z
  .object({ services: z.record(z.string(), z.object({ resources: z.object({ requests: memory, limits: memory }) })) })
  .parse(parse(textOf("deploy/helm/squall/values.yaml"))).services;
const compose = z
  .object({ services: z.record(z.string(), z.object({ mem_limit: z.string().optional() })) })
  .parse(parse(textOf("docker-compose.yml"), { merge: true })).services;

/** By sizing.md, of whatever is called so: the most of several. */
function measured(name: string): number {
  const inTable = SIZING.split("\n").filter((line) => line.startsWith("|"));
  const found = inTable.flatMap((line) => [
    ...Array.from(line.matchAll(new RegExp(`\\b${name} (\\d+)(?=[^|;]* MiB)`, "gu")), ([, count]) => Number(count)),
    ...Array.from(line.matchAll(new RegExp(`\\b${name} [^|]*\\|[^|]*?(\\d+) MiB at most`, "gu")), ([, count]) =>
      Number(count),
    ),
  ]);
  return Math.max(...found);
}

describe.each(SERVICES)("%s", (name) => {
  const limit = mib(chart[name]?.resources.limits.memory ?? "");

  test("may take as much in the chart as in docker-compose.yml, and no more by systemd's unit than that has", () => {
    expect(limit).toBeGreaterThanOrEqual(1024);
    expect(mib(compose[name]?.mem_limit ?? "")).toBe(limit);
    const [, unit = ""] = /^MemoryMax=(.*)$/mu.exec(textOf("deploy/systemd/squall@.service")) ?? [];
    expect(mib(unit)).toBeGreaterThanOrEqual(limit);
    expect(mib(chart[name]?.resources.requests.memory ?? "")).toBeLessThanOrEqual(limit / 2);
  });

  test("may take as much as docs/sizing.md says", () => {
    const [, usual, more, names = ""] =
      /\*\*Memory\*\*: (\d+) GiB a process, (\d+) GiB for ([a-z ]+): /u.exec(SIZING) ?? [];
    const own = names.split(" and ").includes(name) ? more : usual;
    expect(Number(own) * 1024).toBe(limit);
  });
});

test.each([
  ["ingest", 442],
  ["assembler", 942],
  ["detector", 954],
  ["alerter", 132],
] as const)("%s was measured at %i MiB at most, and has room beyond it", (name, most) => {
  expect(measured(name)).toBe(most);
  expect(mib(chart[name]?.resources.limits.memory ?? "")).toBeGreaterThanOrEqual(most * ROOM);
});
