import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test.each([
  ["eval.ts", ["--audience", "many"], "eval: --audience takes a number of people"],
  ["eval.ts", ["--threads", "subject"], "eval: --threads takes references or in-reply-to"],
  ["eval.ts", ["--bogus"], "eval: Unknown option '--bogus'"],
  ["scenarios.ts", ["--scenario", "nhs"], "scenarios: no scenario nhs: nhs-2016, "],
  ["scenarios.ts", ["--scale", "2"], "scenarios: --scale takes a number above 0, at most 1"],
  ["scenarios.ts", ["--seeds", "0"], "scenarios: --seeds takes a number of seeds"],
  ["scenarios.ts", ["--bogus"], "scenarios: Unknown option '--bogus'"],
])("a wrong option of %s, %j: exit 2, in words", (script, args, words) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    encoding: "utf8",
  });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr.slice(0, words.length)).toBe(words);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});
