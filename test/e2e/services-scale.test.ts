// More processes tell what one of each tells; and the measurements of test/bench run to their end, in small.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runDetectors } from "../bench/services/detector-run.ts";
import { sharedRealKafka } from "../support/real-kafka.ts";
import { realPart } from "../support/real-part.ts";
import { runStorm, smallStorm } from "../support/services/storm-run.ts";
import { ROOT } from "./squall-process.ts";

const TEST_MS = 240_000;
const SCRIPT_MS = 200_000;
vi.setConfig({ testTimeout: TEST_MS });
const kafkaFor = sharedRealKafka();

test("a backlog through two of ingest and assembler is told as through one of each", async (context) => {
  const kafka = await kafkaFor(context);
  const storm = smallStorm();
  const run = (count: number): ReturnType<typeof runStorm> =>
    runStorm(kafka, {
      storm,
      linesPerSecond: 50_000,
      site: { processes: { ingest: count, assembler: count, detector: 1, alerter: 1 } },
    });
  const one = await run(1);
  const two = await run(2);
  expect(Object.keys(one.outcome.storms)).not.toHaveLength(0);
  expect(Object.keys(two.outcome.storms)).toEqual(Object.keys(one.outcome.storms));
  for (const [list, { opened, resolved, at }] of Object.entries(two.outcome.storms)) {
    expect({ list, opened, resolved }).toEqual({ list, opened: 1, resolved: 1 });
    expect(Math.abs(at - (one.outcome.storms[list]?.at ?? 0))).toBeLessThanOrEqual(1);
  }
  expect(two.outcome.windows).toEqual(one.outcome.windows);
  expect([one.repeats, two.repeats, ...one.unheard, ...two.unheard]).toEqual([0, 0]);
});

test("two sites are told by two detectors as by one", async (context) => {
  const kafka = await kafkaFor(context);
  const options = { events: 84_000, partitions: 4 };
  const one = await runDetectors(kafka, { ...options, detectors: 1 });
  const two = await runDetectors(kafka, { ...options, detectors: 2 });
  expect(Object.keys(one.opened)).toHaveLength(6);
  expect(Object.values(one.opened).every((storms) => storms.length === 1)).toBe(true);
  expect(two.opened).toEqual(one.opened);
});

/** Exit code, and what it printed. */
function bench(script: string, ...args: readonly string[]): { readonly code: number | null; readonly out: string } {
  const path = join(ROOT, "test/bench/services", script);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    encoding: "utf8",
    timeout: SCRIPT_MS,
  });
  return { code: status, out: status === 0 ? stdout : `${stdout}${stderr}` };
}

test("from a line to the web hook: every storm is heard", (context) => {
  realPart("java", context);
  const { code, out } = bench("latency.ts", "--seconds", "16", "--lines-per-second", "4000");
  expect({ code, out }).toMatchObject({ code: 0 });
  const begun = /(\d+) storms begun/u.exec(out)?.[1];
  expect(Number(begun)).toBeGreaterThan(0);
  expect(out).toContain(`| ${begun} |`);
});

test("a site with 2,000 threads, 50 lists and 5,000 known senders is taken over", (context) => {
  realPart("java", context);
  const size = ["--threads", "2000", "--lists", "50", "--persons", "5000", "--repetitions", "1"];
  const { code, out } = bench("takeover.ts", ...size);
  expect({ code, out }).toMatchObject({ code: 0 });
  expect(out).toMatch(/kill -9 until the next tells of a storm \|/u);
});
