// The workflows for the public forge: least permissions, nothing that floats but what is named, and whatever they run is there.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import packageJson from "../../package.json" with { type: "json" };
import { ROOT } from "../e2e/squall-process.ts";

const FOLDER = join(ROOT, ".github/workflows");
const step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const permissions = z.record(z.string(), z.string());
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.unknown(),
  jobs: z.record(
    z.string(),
    z.object({ "timeout-minutes": z.number(), permissions: permissions.optional(), steps: z.array(step) }),
  ),
});
/** Of the forge itself; their commits were not known where this was written. */
const BY_TAG: ReadonlySet<string> = new Set(["actions/attest-build-provenance@v2"]);

const FILES = readdirSync(FOLDER);
const read = (file: string): z.infer<typeof workflow> =>
  workflow.parse(parse(readFileSync(join(FOLDER, file), "utf8")));

describe.each(FILES)("%s", (file) => {
  const { on, permissions: all, jobs } = read(file);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("may read the repository, and what a job may beside that is for what it publishes", () => {
    expect(all).toEqual({ contents: "read" });
    const more = Object.entries(jobs).flatMap(([name, job]) =>
      Object.entries(job.permissions ?? {})
        .filter(([, right]) => right === "write")
        .map(([what]) => `${name} ${what}`),
    );
    const wanted =
      file === "release.yml" ? ["image attestations", "image id-token", "image packages", "package id-token"] : [];
    expect(more.toSorted()).toEqual(wanted);
  });

  test("runs nobody's code with rights of ours", () => {
    expect(Object.keys(on)).not.toContain("pull_request_target");
    const words = steps.map(({ run = "" }) => run).join("\n");
    // What a stranger names a branch would be a command: such values come as variables.
    expect(words).not.toContain("${{");
  });

  test("takes actions by commit, but for those that are named", () => {
    const floating = steps.flatMap(({ uses }) => (uses === undefined || /@[0-9a-f]{40}$/u.test(uses) ? [] : [uses]));
    expect(floating.filter((uses) => !BY_TAG.has(uses))).toEqual([]);
  });

  test("leaves no login behind in a checkout", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    expect(checkouts.filter(({ with: how }) => how?.["persist-credentials"] !== false)).toEqual([]);
  });

  test("runs scripts that are there", () => {
    const words = steps.map(({ run = "" }) => run).join("\n");
    const scripts = [...words.matchAll(/npm run ([\w:-]+)/gu)].map(([, name = ""]) => name);
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    const paths = [...words.matchAll(/(?<![\w/.-])((?:\.ci|deploy\/image|test)\/[\w./-]+)/gu)].map(
      ([, path = ""]) => path,
    );
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

test("what a job waits for is a job", () => {
  expect(Object.keys(read("release.yml").jobs)).toEqual(["checks", "package", "image"]);
  expect(FILES.toSorted()).toEqual(["ci.yml", "release.yml"]);
});

test("updates are looked for in all that is pinned", () => {
  const { updates } = z
    .object({ updates: z.array(z.object({ "package-ecosystem": z.string(), directory: z.string() })) })
    .parse(parse(readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8")));
  expect(updates.map((one) => one["package-ecosystem"]).toSorted()).toEqual(["docker", "github-actions", "npm"]);
  expect(updates.filter(({ directory }) => !existsSync(join(ROOT, directory)))).toEqual([]);
});

test("the changelog has the version of the package on top", () => {
  const [, version, when] =
    /^## (\S+) \((unreleased|\d{4}-\d\d-\d\d)\)$/mu.exec(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")) ?? [];
  expect([version, when]).toEqual([packageJson.version, expect.any(String)]);
});
