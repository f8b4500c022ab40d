// A storm of 2016, small, for services on a log in memory (memory-services.ts), and what must come out of them whatever becomes of the processes:
// what `squall replay` of the same log has.

import { expect } from "vitest";
import { loadConfiguration } from "../../services/squall/configuration.ts";
import type { GroundTruth } from "../../services/squall/simulate/ground-truth.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { decodeStreamProgress } from "../../shared/domain/stream-progress.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { replayChunks } from "../e2e/memory-input.ts";
import type { MemoryBroker } from "./memory-log/memory-broker.ts";
import { type MemoryServices, PARTITIONS, SITE, TOPICS } from "./memory-services.ts";
import { collect } from "./simulated-log.ts";

/** The last word on each minute, by what it is of. */
function lastWindows(windows: readonly ThreadWindow[]): Map<string, ThreadWindow> {
  return new Map(windows.map((window) => [`${window.scope} ${window.key} ${window.windowStart}`, window]));
}

/** A storm of 2016, small, and what a replay says of it. */
export interface MemoryStorm {
  readonly lines: readonly Buffer[];
  readonly truth: GroundTruth;
  readonly replayed: { readonly alerts: readonly StormAlert[]; readonly windows: ReadonlyMap<string, ThreadWindow> };
}

export async function memoryStorm(): Promise<MemoryStorm> {
  const { truth, log } = collect({ scenario: "nhs-2016", seed: 1, scale: 0.0005 });
  const text = log.toString("latin1").split("\n").slice(0, -1);
  const lines = text.map((line) => Buffer.from(line, "latin1"));
  const windows: ThreadWindow[] = [];
  const config = await loadConfiguration({ emitWindows: true, site: SITE }, {});
  const { alerts } = await replayChunks([log].values(), config, (window) => void windows.push(window));
  return { lines, truth, replayed: { alerts, windows: lastWindows(windows) } };
}

/** `perRecord` lines a record, records at random over the partitions. Writes a minute or so of the log with each call. */
export function* written(
  { lines }: MemoryStorm,
  broker: MemoryBroker,
  { perRecord, random }: { readonly perRecord: number; readonly random: () => number },
): Generator<void> {
  const batch = Math.ceil(lines.length / 200);
  for (let from = 0; from < lines.length; from += batch) {
    const part = lines.slice(from, from + batch);
    for (let at = 0; at < part.length; at += perRecord) {
      const value = Buffer.from(part.slice(at, at + perRecord).join("\n"));
      const partition = Math.floor(random() * PARTITIONS);
      broker.append([{ topic: TOPICS["mail-logs"], partition, key: undefined, value }]);
    }
    yield;
  }
}

/** What was counted. List, audience and score are as they were known when the minute was told: a replay tells it later. */
function countsOf({ list: _list, audience: _audience, score: _score, ...counts }: ThreadWindow): Partial<ThreadWindow> {
  return counts;
}

export function expectTheStorm(services: MemoryServices, { truth, replayed }: MemoryStorm): void {
  const opened = services.alerts().filter(({ type }) => type === "storm.opened");
  const expected = replayed.alerts.find(({ type }) => type === "storm.opened");
  expect(opened.map(({ list }) => list)).toEqual(truth.storms.map(({ list }) => list));
  expect(opened.map(({ list, threadKey }) => [list, threadKey])).toEqual([[expected?.list, expected?.threadKey]]);
  const replyAlls = opened[0]?.evidence.replyAlls ?? 0;
  expect(Math.abs(replyAlls - (expected?.evidence.replyAlls ?? 0))).toBeLessThanOrEqual(1);
  // Each word on a storm stands there once.
  const words = services.alerts().map(({ stormId, revision }) => `${stormId} ${revision}`);
  expect(words).toEqual([...new Set(words)]);
}

/**
 * `mailsMax`: mails that may be judged otherwise. Three hours pass within seconds here: while a partition is taken over the others run
 * minutes ahead, and of two mails the later may come first. A mail counts in three windows: of its thread, its list and its site.
 */
export function expectTheWindows(services: MemoryServices, { truth, replayed }: MemoryStorm, mailsMax: number): void {
  const windows = lastWindows(services.windows());
  const deliveries = [...windows.values()]
    .filter(({ scope }) => scope === "site")
    .reduce((sum, window) => sum + window.deliveries, 0);
  expect(deliveries).toBe(truth.deliveries.sent);
  expect([...windows.values()].filter(({ final }) => !final)).toEqual([]);
  // Replay ends with the log: what it did not close is closed here.
  const expected = [...replayed.windows].filter(([, { final }]) => final);
  expect(expected.length).toBeGreaterThan(100);
  let judgedOtherwise = 0;
  for (const [name, window] of expected) {
    const ours = windows.get(name) ?? { ...window, messages: -1 };
    const { replyAlls, distinctRepliers } = ours;
    expect({ ...countsOf(ours), replyAlls: 0, distinctRepliers: 0 }).toEqual({
      ...countsOf(window),
      replyAlls: 0,
      distinctRepliers: 0,
    });
    const difference = Math.max(
      Math.abs(replyAlls - window.replyAlls),
      Math.abs(distinctRepliers - window.distinctRepliers),
    );
    judgedOtherwise += difference;
  }
  expect(judgedOtherwise).toBeLessThanOrEqual(3 * mailsMax);
}

export function expectTheProgress(services: MemoryServices, { truth }: MemoryStorm): void {
  const reached = new Map<string, number>();
  for (const kind of ["mail-fragments", "mail-events"] as const) {
    for (const line of services.lines(kind)) {
      const decoded = decodeStreamProgress(line);
      if (decoded.ok) reached.set(`${decoded.progress.input}/${decoded.progress.partition}`, decoded.progress.at ?? 0);
    }
  }
  const endMs = Date.parse(truth.endedAt);
  expect(reached.size).toBe(2 * PARTITIONS);
  for (const at of reached.values()) expect(at).toBeGreaterThanOrEqual(endMs);
}

export function expectAllUsed(services: MemoryServices): void {
  const dead = [...services.broker.partitions].filter(
    ([name, { length }]) => name.includes("dead-letters") && length > 0,
  );
  expect(dead).toEqual([]);
}
