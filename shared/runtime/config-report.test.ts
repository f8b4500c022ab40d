import { expect, test } from "vitest";
import { z } from "zod";
import type { ReportNode } from "./config-report.ts";
import { configReport } from "./config-report.ts";
import { readYaml } from "./yaml-source.ts";

const secret = z.string().meta({ writeOnly: true });
const schema = z.strictObject({
  site: z.string().default("site"),
  every: z
    .string()
    .transform((text) => text.length)
    .prefault("30s"),
  absent: z.string().exactOptional(),
  words: z.array(z.string()).default(["a"]),
  inner: z.strictObject({ deep: z.number().default(1), token: secret.exactOptional() }).prefault({}),
  keys: z.array(secret).default([]),
  hooks: z
    .array(
      z.strictObject({
        url: z.string().meta({ writeOnly: true, format: "uri" }).exactOptional(),
        headers: z.record(z.string(), secret).exactOptional(),
        level: z.string().default("low"),
      }),
    )
    .default([]),
});

/** One line a leaf. */
function flat(node: ReportNode, path = ""): string[] {
  if (node.kind === "value") return [`${path} = ${JSON.stringify(node.value)} (${node.source})`];
  if (node.kind === "list") return node.items.flatMap((item, index) => flat(item, `${path}[${index}]`));
  return node.entries.flatMap(([name, inner]) => flat(inner, path === "" ? name : `${path}.${name}`));
}

test("nothing given: defaults, as they would be written", () => {
  expect(flat(configReport({ schema, env: {}, flags: [] }))).toEqual([
    'site = "site" (default)',
    'every = "30s" (default)',
    'words = ["a"] (default)',
    "inner.deep = 1 (default)",
    "keys = [] (default)",
    "hooks = [] (default)",
  ]);
});

test("every setting with where it came from, no secret among them", () => {
  const yaml = `site: file
inner: {token: hunter2}
keys: [hunter2, hunter2]
hooks:
  - url: https://hooks.example.org/hunter2
    headers: {X-Token: hunter2}
  - {level: high, url: "hunter2"}
`;
  const report = configReport({
    schema,
    file: readYaml(yaml, "squall.yaml"),
    env: { SQUALL_INNER_DEEP: "4", SQUALL_EVERY: "10s" },
    flags: [{ flag: "--site", path: ["site"], value: "flag" }],
    fallbacks: [
      { flag: "HOME", path: ["absent"], value: "there" },
      { flag: "HOME", path: ["every"], value: "never" },
    ],
  });
  expect(flat(report)).toEqual([
    'site = "flag" (--site)',
    'every = "10s" (SQUALL_EVERY)',
    'absent = "there" (HOME)',
    'words = ["a"] (default)',
    "inner.deep = 4 (SQUALL_INNER_DEEP)",
    'inner.token = "***" (squall.yaml:2:16)',
    'keys = ["***","***"] (squall.yaml:3:7)',
    'hooks[0].url = "https://hooks.example.org/***" (squall.yaml:5:10)',
    'hooks[0].headers.X-Token = "***" (squall.yaml:6:24)',
    'hooks[0].level = "low" (default)',
    'hooks[1].url = "***" (squall.yaml:7:24)',
    'hooks[1].level = "high" (squall.yaml:7:13)',
  ]);
  expect(JSON.stringify(report)).not.toContain("hunter2");
});
