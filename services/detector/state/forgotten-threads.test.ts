import { expect, test } from "vitest";
import type { DetectorInput } from "../detector.ts";
import { conversation, settingsWith, START_AT } from "../testing/conversation.ts";
import { KeptRun } from "../testing/kept-run.ts";

const settings = settingsWith({});
const HOUR = 3_600_000;
const HOURS = 60;

test("of threads that were given up nothing is left in the state, of long ones neither", () => {
  const run = new KeptRun({ ...settings, bounds: { ...settings.bounds, threadsMax: 4, fanOutsMax: 40 } }, new Map());
  for (let hour = 0; hour < HOURS; hour += 1) {
    const rootId = `root${hour}@corp.example`;
    const gaps = Array.from({ length: 7 }, () => 60);
    const events = conversation({ audience: 50, gaps, rootId, startSeconds: (hour * HOUR) / 1000 });
    const inputs: DetectorInput[] = events.map((event) => ({ kind: "event", event }));
    inputs.push({ kind: "tick", watermark: START_AT + (hour + 1) * HOUR });
    run.feed(inputs, 3);
  }
  const ids = (kind: string): string[] =>
    [...run.stored.keys()].map((key) => key.split("/")).flatMap(([, , of, id = ""]) => (of === kind ? [id] : []));
  const threads = new Set(ids("thread"));
  expect(threads.size).toBeLessThan(HOURS / 2);
  expect(ids("thread-replies").length).toBeGreaterThan(0);
  expect(ids("thread-replies").filter((id) => !threads.has(id))).toEqual([]);
});
