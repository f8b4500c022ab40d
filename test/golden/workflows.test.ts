// The workflows for the public forge: least permissions, nothing that floats but what is named, and whatever they run is there.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import packageJson from "../../package.json" with { type: "json" };
import { ROOT } from "../e2e/squall-process.ts";

const FOLDER = join(ROOT, ".github/workflows");
const step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.unknown()).optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const permissions = z.record(z.string(), z.string());
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.unknown(),
  jobs: z.record(
    z.string(),
    z.object({
      "timeout-minutes": z.number(),
      container: z.object({ image: z.string(), options: z.string() }).optional(),
      permissions: permissions.optional(),
      steps: z.array(step),
    }),
  ),
});
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
      file === "release.yml"
        ? ["image attestations", "image id-token", "image packages", "package id-token", "page contents"]
        : [];
    expect(more.toSorted()).toEqual(wanted);
  });

  test("runs nobody's code with rights of ours", () => {
    expect(Object.keys(on)).not.toContain("pull_request_target");
    const words = steps.map(({ run = "" }) => run).join("\n");
    // What a stranger names a branch would be a command: such values come as variables.
    expect(words).not.toContain("${{");
  });

  test("takes actions by commit", () => {
    const uses = steps.flatMap((one) => one.uses ?? []);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((one) => !/@[0-9a-f]{40}$/u.test(one))).toEqual([]);
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

test.each(FILES)(
  "%s: the checks have what Debian 12 and Docker do not give them: a Go that builds the parts, and mounts",
  (file) => {
    const { container, steps = [] } = read(file).jobs["checks"] ?? {};
    for (const option of ["--cap-add SYS_ADMIN", "seccomp=unconfined", "apparmor=unconfined"])
      expect(container?.options).toContain(option);
    const go = steps.findIndex(({ uses }) => uses?.startsWith("actions/setup-go@"));
    expect(go).toBeGreaterThan(-1);
    expect(steps[go]?.with?.["go-version"]).toMatch(/^1\.26\.\d+$/u);
    expect(steps.findIndex(({ run }) => run === ".ci/run")).toBeGreaterThan(go);
  },
);

test.each([
  ["nothing", undefined, 1],
  ["another repository", "git+https://forge.example/else/where.git", 1],
  ["the repository", "git+https://forge.example/squall/squall.git", 0],
])("a release ends with words where package.json names %s as its repository", (_what, url, status) => {
  const script =
    read("release.yml").jobs["checks"]?.steps.find(({ env }) => env?.["REPOSITORY"] !== undefined)?.run ?? "";
  const folder = mkdtempSync(join(tmpdir(), "squall-release-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "package.json"), JSON.stringify(url === undefined ? {} : { repository: { url } }));
  const env = { ...process.env, REPOSITORY: "https://forge.example/squall/squall" };
  const ended = spawnSync("sh", ["-e", "-c", script], { cwd: folder, env, encoding: "utf8" });
  expect(ended.status).toBe(status);
  expect(ended.stderr.includes("E422")).toBe(status === 1);
});

test("the release's page has the changelog's words of that version, and of no other", () => {
  const { run = "", env } = read("release.yml").jobs["page"]?.steps.find(({ env: has }) => has?.["TAG"]) ?? {};
  expect(env).toHaveProperty("GH_TOKEN");
  const folder = mkdtempSync(join(tmpdir(), "squall-release-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const text =
    "# Changelog\n\n## 1.10.0 (2027-03-01)\n\n- newer\n\n## 1.1.0 (2027-02-01)\n\n- this one\n\n## 1.0.0 (2027-01-01)\n\n- older\n";
  writeFileSync(join(folder, "CHANGELOG.md"), text);
  writeFileSync(join(folder, "gh"), '#!/bin/sh\necho "$@"\ncat notes\n', { mode: 0o755 });
  const at = (TAG: string) =>
    spawnSync("bash", ["-e", "-c", run], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, TAG },
      encoding: "utf8",
    });
  const { stdout } = at("v1.1.0");
  expect(stdout).toContain("release create v1.1.0 release/* --verify-tag --title squall 1.1.0 --notes-file notes");
  expect(stdout).toContain("- this one");
  expect(stdout).not.toMatch(/newer|older|##/u);
  expect(at("v3.0.0").status).toBe(1);
});

test("what a job waits for is a job", () => {
  expect(Object.keys(read("release.yml").jobs)).toEqual(["checks", "package", "image", "page"]);
  expect(FILES.toSorted()).toEqual(["ci.yml", "release.yml"]);
});

test("updates are looked for of packages, actions, the image's bases and what compose runs beside it", () => {
  const { updates } = z
    .object({ updates: z.array(z.object({ "package-ecosystem": z.string(), directory: z.string() })) })
    .parse(parse(readFileSync(join(ROOT, ".github/dependabot.yml"), "utf8")));
  expect(updates.map((one) => one["package-ecosystem"]).toSorted()).toEqual([
    "docker",
    "docker-compose",
    "github-actions",
    "npm",
  ]);
  expect(updates.filter(({ directory }) => !existsSync(join(ROOT, directory)))).toEqual([]);
});

test("the changelog has the version of the package on top", () => {
  const [, version, when] =
    /^## (\S+) \((unreleased|\d{4}-\d\d-\d\d)\)$/mu.exec(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")) ?? [];
  expect([version, when]).toEqual([packageJson.version, expect.any(String)]);
});
