import { expect, test } from "vitest";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { encodeStreamProgress } from "../../shared/domain/stream-progress.ts";
import { FoldRun } from "../../test/support/fold-run.ts";
import { stormAlert } from "../../test/support/storm-alert.ts";
import { tellingTo } from "../../test/support/telling-to.ts";
import { AlerterPartition } from "./alerter-partition-shell.ts";

const MINUTE = 60_000;

function runOf(partition: number): { readonly run: FoldRun<AlerterPartition>; readonly told: string[] } {
  const told: string[] = [];
  const createTelling = () => tellingTo(({ stormId }) => void told.push(stormId));
  const at = { topic: "alerts", partition };
  return {
    run: new FoldRun(() => new AlerterPartition({ at, createTelling, deadLetters: "dead", version: "1.2.3" })),
    told,
  };
}

function word(partition: number, at: number): string {
  return encodeStreamProgress({ site: "corp", input: "events", partition, of: 6, at, state: "known" });
}

test("detectors' words among the alerts say whether alerts would come; they are no alerts, and no dead letters", () => {
  const { run, told } = runOf(0);
  expect(run.fold.isPipelineAlive(0)).toBeUndefined();
  run.fold.advance(0);
  expect(run.fold.isPipelineAlive(MINUTE)).toBe(true);
  run.take([word(1, 1_000), encodeStormAlert(stormAlert({ stormId: "s" })), word(2, 1_000)]);
  expect(told).toEqual(["s"]);
  expect(run.flush().filter(({ topic }) => topic === "dead")).toEqual([]);
  run.fold.advance(2 * MINUTE);
  run.take([word(1, 2_000)]);
  run.fold.advance(4 * MINUTE);
  expect(run.fold.isPipelineAlive(4 * MINUTE)).toBe(false);
  run.take([word(1, 3_000), word(2, 3_000)]);
  expect(run.fold.isPipelineAlive(4 * MINUTE)).toBe(true);
  run.flush();
  // Another process waits for both to speak again.
  const next = run.restarted();
  next.fold.advance(10 * MINUTE);
  expect(next.fold.isPipelineAlive(13 * MINUTE - 1)).toBe(true);
  expect(next.fold.isPipelineAlive(13 * MINUTE)).toBe(false);
});

test("of another partition nobody can tell by its words", () => {
  const { run } = runOf(1);
  run.fold.advance(0);
  run.take([word(1, 1_000)]);
  expect(run.fold.isPipelineAlive(0)).toBeUndefined();
});

test("a word that is none is a dead letter", () => {
  const { run } = runOf(0);
  run.fold.advance(0);
  run.take([word(1, 1_000).replace('"of":6', '"of":0')]);
  expect(run.flush().map(({ topic, headers }) => [topic, headers?.["reason"]])).toEqual([["dead", "out-of-range"]]);
});
