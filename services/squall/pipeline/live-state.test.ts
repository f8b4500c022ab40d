import { expect, test } from "vitest";
import { LiveRun } from "../../../test/support/live-run.ts";
import { numbersOf } from "../../../test/support/numbers.ts";
import { StateEntries } from "../../../test/support/state-entries.ts";
import { StateValueError } from "../../../shared/domain/state-value.ts";

const NOON = Date.UTC(2026, 10, 24, 12);
const LINE = "2026-11-24T12:00:00Z mx postfix/qmgr[1]: 97CA59841E6: removed\n";

const entries = new StateEntries();
const run = new LiveRun();
run.turn(Buffer.from(LINE), NOON, true);
run.flush(entries);

test("what was put is taken back, and position with it", () => {
  expect([...entries.keys()].toSorted()).toEqual(["input/log", "mail/rows/1", "mail/table", "time/live"]);
  const { run: other, position } = LiveRun.from(entries, {});
  expect(position).toBe(LINE.length);
  // Nothing changed: nothing is told.
  const told: string[] = [];
  const other2 = new StateEntries(entries);
  other2.take = (changes) => {
    changes((key) => void told.push(key));
  };
  other.flush(other2);
  expect(told).toEqual([]);
});

test.each<[string, RegExp, string, string]>([
  ["of another version", /"v":1/, '"v":2', "unknown-version"],
  ["damaged", /\}$/, "", "not-json"],
  ["with a time that is none", /"atMs":\d+/, '"atMs":"noon"', "wrong-type"],
  ["without a field", /,"isUnsure":false/, "", "missing-field"],
])("a value %s is refused", (_name, from, to, reason) => {
  const key = "time/live";
  const damaged = new StateEntries(entries);
  damaged.set(key, Buffer.from((entries.get(key)?.toString() ?? "").replace(from, to)));
  const read = (): unknown => LiveRun.from(damaged, {});
  expect(read).toThrow(StateValueError);
  expect(read).toThrow(expect.objectContaining({ key, reason }));
});

test("whatever byte is damaged, nothing else is thrown than the named refusal", () => {
  const random = numbersOf(7);
  let refused = 0;
  for (let turn = 0; turn < 2_000; turn += 1) {
    const damaged = new StateEntries(entries);
    const keys = [...damaged.keys()];
    const key = keys[Math.floor(random() * keys.length)] ?? "";
    const value = Buffer.from(damaged.get(key) ?? "");
    const at = Math.floor(random() * value.length);
    value[at] = Math.floor(random() * 256);
    damaged.set(key, random() < 0.1 ? value.subarray(0, at) : value);
    try {
      LiveRun.from(damaged, {});
    } catch (error) {
      if (!(error instanceof StateValueError) || error.key !== key) throw error;
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(1_000);
});

test("a key that a newer squall kept is let go of", () => {
  const more = new StateEntries([...entries, ["time/other", Buffer.from("{}")]]);
  LiveRun.from(more, {}).run.flush(more);
  expect(more.has("time/other")).toBe(false);
  expect(more.has("time/live")).toBe(true);
});
