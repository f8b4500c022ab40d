import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const SQUALL = join(ROOT, "services/squall/squall.js");
const REQUIRE_NODE = join(ROOT, "test/support/require-node.js");

/** Runs a script on this Node while it believes to be on another. */
function runAs(version: string, script: string): { status: number | null; stderr: string } {
  const disguise = `Object.defineProperty(process, "versions", { value: { node: "${version}" } })`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(disguise)}`, script, "--version"],
    { encoding: "utf8" },
  );
  return { status, stderr };
}

describe("squall.js", () => {
  test.each(["18.20.0", "20.20.2", "22.18.0"])("refuses Node %s in one sentence", (version) => {
    expect(runAs(version, SQUALL)).toEqual({
      status: 1,
      stderr: `squall needs Node 22.19 or later; this is Node ${version}.\n`,
    });
  });

  test.each(["22.19.0", "24.0.0", "26.1.0"])("runs on Node %s", (version) => {
    expect(runAs(version, SQUALL)).toEqual({ status: 0, stderr: "" });
  });
});

describe("require-node.js", () => {
  test.each(["20.20.2", "22.19.0"])("refuses Node %s and names the way out", (version) => {
    const { status, stderr } = runAs(version, REQUIRE_NODE);
    expect(status).toBe(1);
    expect(stderr).toContain(`this is Node ${version}.`);
    expect(stderr).toContain("npm rebuild node");
  });

  test("lets Node 24 pass", () => {
    expect(runAs("24.0.0", REQUIRE_NODE)).toEqual({ status: 0, stderr: "" });
  });
});
