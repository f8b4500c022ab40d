// `squall standalone` as a process beside a server that writes: Exchange's hourly files that appear in folders, a log that is simulated in the time of the clock.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closersAfterEach } from "../support/closers.ts";
import type { GroundTruth } from "../../services/squall/simulate/ground-truth.ts";
import type { AlertReceiver } from "../support/alert-receiver.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import { exchangeStorm, type StormFile } from "../support/exchange-storm.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { newHome, shown, type StandaloneHome, talk } from "../support/standalone-home.ts";
import { squall } from "./squall-process.ts";

const DEADLINE_MS = 30_000;
const closers = closersAfterEach();

async function setUp(): Promise<{ home: StandaloneHome; hook: AlertReceiver }> {
  const home = newHome(closers);
  const hook = await alertReceiver();
  closers.push(hook.close);
  return { home, hook };
}

function heard(hook: AlertReceiver, type: string): number {
  return hook.heard.filter(({ alert }) => alert.type === type).length;
}

const HOUR_MS = 3_600_000;
/** Of the test data, whole hours: the last row is written at 10:01, which is an hour ago at most. */
const SHIFT_MS = Math.floor((Date.now() - Date.UTC(2016, 10, 14, 10, 2)) / HOUR_MS) * HOUR_MS;

/** A log of a past that is proved by nothing is waited for: the same in these hours. */
function today(text: string): string {
  return text.replaceAll(/2016-11-14T[\d:.]+Z/g, (stamp) => new Date(Date.parse(stamp) + SHIFT_MS).toISOString());
}

/** `2016111408` as the hour is named in file names of today. */
function hourName(hour: number): string {
  return new Date(Date.UTC(2016, 10, 14, hour) + SHIFT_MS).toISOString().slice(0, 13).replaceAll(/[-T]/g, "");
}

test("Exchange's hourly files of two servers appear one after the other: a storm across two hours is one, all of it counted", async () => {
  const storm = exchangeStorm({ members: 3000 });
  const { home, hook } = await setUp();
  home.makeFolder("EX01");
  home.makeFolder("EX02");
  home.configure(
    `inputs: [{files: "${home.path("EX01")}/MSGTRK*.LOG"}, {files: "${home.path("EX02")}/"}]\nwebhook: {url: "${hook.url}"}\n`,
  );
  const live = await home.reading("--config", home.config);
  const [eight = [], nine = []] = ["2016111408", "2016111409"].map((hour, index) =>
    storm.files
      .filter(({ name }) => name.includes(hour))
      .map(({ name, text }) => ({ name: name.replace(hour, hourName(8 + index)), text: today(text) })),
  );
  const appear = (files: readonly StormFile[]): void => {
    for (const { name, text } of files) {
      // The last row of what is there is mostly cut.
      const cut = Math.floor(text.length * 0.6);
      home.write(text.slice(0, cut), name);
      home.write(text.slice(cut), name);
    }
  };
  appear(eight);
  await pollUntil(() => heard(hook, "storm.opened") > 0, { deadlineMs: DEADLINE_MS, what: "the storm to be told" });
  appear(nine);
  // An hour later one more row is written into each: of talk between two.
  for (const { name, text } of nine) {
    const lines = text.split("\r\n");
    const row = (lines.at(-2) ?? "").replace(/^[^,]+/, today("2016-11-14T10:01:00.000Z"));
    home.write([...lines.slice(0, 5), row, ""].join("\r\n"), name.replace(hourName(9), hourName(10)));
  }
  await pollUntil(() => heard(hook, "storm.resolved") > 0, { deadlineMs: DEADLINE_MS, what: "the storm to end" });
  expect(await live.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(heard(hook, "storm.opened")).toBe(1);
  const end = hook.heard.at(-1)?.alert;
  expect(end).toMatchObject({ type: "storm.resolved", list: storm.group });
  const files = [...eight, ...nine].map(({ name }) => home.path(name));
  const [opened] = shown(await squall(["replay", "-q", "--output", "ndjson", ...files]));
  expect(end?.stormId).toBe(opened?.stormId);
  expect(end?.evidence.replyAlls).toBe(storm.repliesAt.length);
  expect(end?.evidence.deliveriesSoFar).toBe(storm.members * (storm.repliesAt.length + 1));
});

test("a storm that is simulated in the time of the clock is told while it goes on, as a replay tells it", async () => {
  const { home, hook } = await setUp();
  home.configure(
    `lists: [{list: "sep-training1@*", priceGateDeliveries: 1000}]\ninputs: [{file: ${home.log}}]\nwebhook: {url: "${hook.url}"}\n`,
  );
  const live = await home.reading("--config", home.config);
  const args = [
    "simulate",
    "cisco-2013",
    "--scale",
    "0.003",
    "--until",
    "2700",
    "--live",
    "--speed",
    "600",
    "--output",
    home.log,
  ];
  const simulation = new LiveSquall(args);
  closers.push(async () => void (await simulation.signal("SIGKILL")));
  await pollUntil(() => heard(hook, "storm.opened") > 0, { deadlineMs: DEADLINE_MS, what: "the storm to be told" });
  expect(simulation.hasEnded).toBe(false);
  expect(await simulation.end()).toEqual({ code: 0, signal: null });
  expect(await live.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  const [replayed] = shown(await squall(["replay", "-q", "--output", "ndjson", "--config", home.config, home.log]));
  const [opened, ...later] = hook.heard.map(({ alert }) => alert);
  expect(opened).toMatchObject({ type: "storm.opened", stormId: replayed?.stormId });
  expect(later.filter(({ type }) => type === "storm.opened")).toEqual([]);
  expect(Math.abs((opened?.evidence.replyAlls ?? 0) - (replayed?.evidence.replyAlls ?? 0))).toBeLessThanOrEqual(1);
  const truth = JSON.parse(readFileSync(`${home.log}.truth.json`, "utf8")) as GroundTruth;
  expect(truth.storms.map(({ list }) => list)).toEqual([opened?.list]);
});

test("a log of a pattern that appears while nothing runs is read from its start", async () => {
  const { home, hook } = await setUp();
  const pattern = join(home.makeFolder("logs"), "*.ndjson");
  const first = await home.reading(pattern, "--webhook", hook.url);
  expect(await first.signal("SIGTERM")).toEqual({ code: 0, signal: null });
  home.write(talk({ list: "all@example.org", atMs: Date.now() - 300_000, mails: 5 }), "logs/new.ndjson");
  await home.reading(pattern, "--webhook", hook.url);
  await pollUntil(() => heard(hook, "storm.opened") > 0, { deadlineMs: DEADLINE_MS, what: "the storm to be told" });
});
