import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const SMALL_STORM = join(ROOT, "test/testdata/postfix/small-storm.log");
const TARBALL_BYTES_MAX = 720_000;
const SLOW_MS = 180_000;

const run = promisify(execFile);

describe("the packed package", { timeout: SLOW_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), "squall-package-"));
  const installed = join(folder, "elsewhere");
  const squall = join(installed, "node_modules/.bin/squall");
  let tarball = "";

  beforeAll(async () => {
    await run("npm", ["pack", "--pack-destination", folder], { cwd: ROOT });
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "(no tarball)");
    mkdirSync(installed);
    writeFileSync(join(installed, "package.json"), '{ "name": "elsewhere", "private": true }\n');
    const quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
    await run("npm", ["install", ...quiet, tarball], { cwd: installed });
  }, SLOW_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("holds the program and nothing else", async () => {
    const { stdout } = await run("tar", ["-tzf", tarball]);
    const files = stdout.trim().split("\n");
    const expected = [
      "package.json",
      "LICENSE",
      "README.md",
      "services/squall/squall.js",
      "dist/services/squall/main.js",
    ];
    expect(expected.filter((file) => !files.includes(`package/${file}`))).toEqual([]);
    // What does not come of the build is named here, one by one.
    const others = files
      .filter((file) => !file.startsWith("package/dist/"))
      .map((file) => file.replace("package/", ""));
    expect(others.toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "man/squall.1",
      "package.json",
      "services/squall/squall.js",
    ]);
    const built = files.filter((file) => file.startsWith("package/dist/"));
    expect(
      built.filter((file) => !/^package\/dist\/(?:services|shared)\/.*\.(?:js|json|html|css|svg)$/u.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => /\.test\.|\/testing\/|\/test\/|testdata/.test(file))).toEqual([]);
    expect(statSync(tarball).size).toBeLessThan(TARBALL_BYTES_MAX);
  });

  test.each(["mail-fragment", "mail-event", "thread-window", "storm-alert", "squall-config"])(
    "hands out the schema of %s",
    (noun) => {
      const schema = createRequire(join(installed, "package.json"))(`squall/schemas/${noun}.json`) as { title: string };
      expect(schema.title.toLowerCase()).toContain(noun.replace("-", ""));
    },
  );

  test("installed for a machine, as docs/standalone.md has it, it can be carried to another in one file", async () => {
    const prefix = join(folder, "installed");
    const other = join(folder, "other");
    mkdirSync(other);
    await run("npm", ["install", "--global", "--prefix", prefix, "--no-audit", "--no-fund", tarball]);
    await run("tar", ["-C", prefix, "-czf", join(folder, "installed.tar.gz"), "bin", "lib"]);
    rmSync(prefix, { recursive: true });
    await run("tar", ["-xzf", join(folder, "installed.tar.gz"), "-C", other, "--no-same-owner", "--no-overwrite-dir"]);
    const { stdout } = await run(join(other, "bin/squall"), ["replay", "--quiet", SMALL_STORM]);
    expect(stdout).toMatch(/^storm\.opened/u);
  });

  test("satisfies publint", async () => {
    const { stdout } = await run("publint", ["--strict", tarball], { cwd: ROOT });
    expect(stdout).toContain("All good!");
  });

  test("satisfies attw", async () => {
    // attw deletes the tarball that it is given. squall is a command and exports no module: that is what it must find.
    const copy = join(folder, "copy-for-attw.tgz");
    copyFileSync(tarball, copy);
    const { stdout } = await run("attw", ["--profile", "esm-only", copy], { cwd: ROOT });
    expect(stdout).toContain("does not contain types");
  });

  test("installed globally, brings the command and its manual page to where they are looked for", async () => {
    const prefix = join(folder, "global");
    const quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
    await run("npm", ["install", "--global", "--prefix", prefix, ...quiet, tarball], { cwd: installed });
    // npm links what stands in a list of package.json, and nothing else.
    expect(readFileSync(join(prefix, "share/man/man1/squall.1"), "utf8")).toMatch(/^\.TH SQUALL 1 /mu);
    const { stdout } = await run(join(prefix, "bin/squall"), ["completions", "bash"]);
    expect(stdout).toContain("complete -o bashdefault -F _squall squall");
  });

  test("says its version", async () => {
    const { stdout } = await run(squall, ["--version"], { cwd: installed });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("replays a log where it was installed", async () => {
    const { stdout } = await run(squall, ["replay", SMALL_STORM], { cwd: installed });
    expect(stdout).toMatch(/^storm\.opened /m);
  });
});
