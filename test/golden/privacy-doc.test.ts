// docs/privacy.md has a row for whatever is stored: each topic of the plan with its retention, and each kind of entry that the fixed run of every
// stage leaves in the state. What it says of people in clear holds for each topic that has them.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type PlannedTopic, topicPlan } from "../../shared/domain/topic-plan.ts";
import { STAGE_TOPICS, stateTopic, topicNames } from "../../shared/domain/topics.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import { ROOT } from "../e2e/squall-process.ts";
import { pageBlocks } from "../support/page-blocks.ts";
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

const PLAN = topicPlan({ prefix: "squall", replication: 3 });
const DAY_MS = 86_400_000;

function retentionMs({ settings }: PlannedTopic): number | undefined {
  const value = settings.find(({ name }) => name === "retention.ms")?.value;
  return value === undefined ? undefined : Number(value);
}

test("each topic stands there, with how long it is kept", () => {
  const rows = new Map(ROWS.flatMap((row) => named(row).map((name) => [name, row.at(-1) ?? ""] as const)));
  const planned = PLAN.map((plan) => {
    const retention = retentionMs(plan);
    return [plan.topic, retention === undefined ? STATE : formatDuration(retention)];
  });
  const written = planned.map(([topic = "", kept]) => [
    topic,
    kept === STATE && rows.has(topic) ? STATE : rows.get(topic),
  ]);
  expect(written).toEqual(planned);
});

describe("people in clear", () => {
  const names = topicNames("squall");
  const inputs = new Set([...STAGE_TOPICS.ingest.inputs, ...STAGE_TOPICS.assembler.inputs].map((kind) => names[kind]));
  // How far lines were read says nothing of people.
  const progress = stateTopic(names["mail-logs"], "ingest");
  const inClear = PLAN.filter(({ topic, input = topic }) => inputs.has(input) && topic !== progress);
  const keptByTime = inClear.filter((plan) => retentionMs(plan) !== undefined);
  const erased = pageBlocks("privacy.md")
    .map(({ text }) => text)
    .find((text) => text.includes("kafka-delete-records.sh"));
  const [, erasing = ""] = /^### Erase what is in clear\n(.*?)^## /msu.exec(PAGE) ?? [];
  /** In words, as pages say it. */
  const times = [...new Set(keptByTime.map(retentionMs))].map((ms = 0) =>
    ms === DAY_MS ? "a day" : `${ms / DAY_MS} days`,
  );

  test("stand in what lies before the assembler, dead letters and open mails too, and nowhere else", () => {
    const written = ROWS.filter(([, people]) => people === "in clear").flatMap(named);
    expect(written).toEqual(inClear.map(({ topic }) => topic));
  });

  test("are erased in each topic that is kept by time, and in the state", () => {
    const [, list = ""] = /^topics="([^"]+)"$/mu.exec(erased ?? "") ?? [];
    expect(list.split(" ")).toEqual(keptByTime.map(({ topic }) => topic));
    const states = inClear.filter((plan) => retentionMs(plan) === undefined).map(({ topic }) => topic);
    expect(states).toEqual(["squall.mail-fragments.assembler-state"]);
    expect(states.filter((topic) => !erasing.includes(`\`${topic}\``))).toEqual([]);
  });

  test("are kept as long as each place says that speaks of it", () => {
    expect(times).toEqual(["a day", "14 days"]);
    const services = readFileSync(join(ROOT, "docs/services.md"), "utf8");
    const places = {
      short: ROWS.find(([first]) => first === "people")?.at(-1) ?? "",
      erasing,
      services: /^## People\n(.*?)^- /msu.exec(services)?.[1] ?? "",
    };
    const missing = Object.entries(places).flatMap(([place, text]) =>
      times.filter((time) => !text.replaceAll(/\s+/gu, " ").includes(time)).map((time) => `${place}: ${time}`),
    );
    expect(missing).toEqual([]);
  });

  test("what makes the file of what is to be deleted makes such a file", () => {
    const [, program = ""] = /awk -F: '([^']+)'/u.exec(erased ?? "") ?? [];
    const offsets = "squall.mail-logs:0:17\nsquall.mail-logs:1:0\nsquall.mail-fragments:0:3\n";
    const { status, stdout } = spawnSync("awk", ["-F:", program], { input: offsets, encoding: "utf8" });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      partitions: [
        { topic: "squall.mail-logs", partition: 0, offset: -1 },
        { topic: "squall.mail-logs", partition: 1, offset: -1 },
        { topic: "squall.mail-fragments", partition: 0, offset: -1 },
      ],
    });
  });
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
