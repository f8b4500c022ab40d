// docs/privacy.md has a row for whatever is stored: each topic of the plan with its retention, and each kind of entry that the fixed run of every
// stage leaves in the state.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { topicPlan } from "../../shared/domain/topic-plan.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { entryOf, wireSamples } from "../support/wire-samples.ts";

const PAGE = readFileSync(join(ROOT, "docs/privacy.md"), "utf8");
const ROWS = PAGE.split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );

/** Kept by key; the page says in words for how long. */
const STATE = "by key";

/** What stands as code in the first cell of a row. */
function named([first = ""]: readonly string[]): string[] {
  return [...first.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => name);
}

test("each topic stands there, with how long it is kept", () => {
  const rows = new Map(ROWS.flatMap((row) => named(row).map((name) => [name, row.at(-1) ?? ""] as const)));
  const planned = topicPlan({ prefix: "squall", replication: 3 }).map(({ topic, settings }) => {
    const retention = settings.find(({ name }) => name === "retention.ms")?.value;
    return [topic, retention === undefined ? STATE : formatDuration(Number(retention))];
  });
  const written = planned.map(([topic = "", kept]) => [
    topic,
    kept === STATE && rows.has(topic) ? STATE : rows.get(topic),
  ]);
  expect(written).toEqual(planned);
});

test("each kind of entry of the state stands there", () => {
  const names = ROWS.flatMap(named);
  const isNamed = (key: string): boolean => {
    const [first = "", , kind = first] = key.split("/");
    if (first !== "detector") return names.some((name) => name.endsWith("/") && key.startsWith(name));
    return (
      names.includes(kind) || names.includes(`detector/…/${kind}`) || names.includes(key.slice("detector/".length))
    );
  };
  const samples = wireSamples();
  const keys = ["state-standalone", "state-detector", "state-alerter"].flatMap((name) =>
    (samples.get(name) ?? []).map((line) => entryOf(line).key),
  );
  // How far the services' inputs have come, and whether detectors speak: no person, no list.
  const ofProgress = /^(?:progress|order|pulse)(?:\/|$)/u;
  expect(keys.filter((key) => !ofProgress.test(key) && !isNamed(key))).toEqual([]);
  expect(isNamed("detector/site/elephant/1")).toBe(false);
});
