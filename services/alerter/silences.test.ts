import { describe, expect, test } from "vitest";
import { stormAlert } from "../../test/support/storm-alert.ts";
import type { Silence } from "./silence.ts";
import { SilenceEntryError, Silences } from "./silences.ts";

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 10, 26, 9);

function silence(silences: Silences, target: string, nowMs = T0, durationMs = 4 * HOUR): Silence {
  const added = silences.add({ target, durationMs, why: "town hall", who: "anna" }, nowMs);
  if ("fault" in added) throw new Error(added.fault);
  return added;
}

/** What a state log would hold after every change. */
class Entries {
  readonly values = new Map<string, Buffer>();
  readonly keys: string[] = [];

  take(silences: Silences): this {
    this.keys.length = 0;
    silences.changes((key, value) => {
      this.keys.push(key);
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, value);
    });
    return this;
  }

  restored(): Silences {
    const silences = new Silences();
    for (const [key, value] of Array.from(this.values).toReversed()) silences.restore(key, value);
    silences.restored();
    return silences;
  }
}

describe("which alerts are silenced", () => {
  const alert = stormAlert({ stormId: "a23d9e6284d71437", threadKey: "1@x.example", list: "All-Staff@example.org" });
  test.each([
    ["all-staff@example.org", true],
    ["ALL-*@example.org", true],
    ["*@example.org", true],
    ["*", true],
    ["1@x.example", true],
    ["<1@x.example>", true],
    ["a23d9e6284d71437", true],
    // A thread's name is no pattern: people who silence their lists do not mean all threads that began at home.
    ["*@x.example", false],
    ["staff@example.org", false],
    ["2@x.example", false],
    ["a23d9e6284d71438", false],
  ])("%s: %s", (target, isSilenced) => {
    const silences = new Silences();
    silence(silences, target);
    expect(silences.isSilenced(alert, T0)).toBe(isSilenced);
  });

  test("a storm without a list, by its thread or with all", () => {
    const { list: _list, ...alone } = alert;
    for (const [target, isSilenced] of [
      ["*@*", false],
      ["1@x.example", true],
      ["*", true],
    ] as const) {
      const silences = new Silences();
      silence(silences, target);
      expect([target, silences.isSilenced(alone, T0)]).toEqual([target, isSilenced]);
    }
  });

  test("until its time is over, not a moment longer", () => {
    const silences = new Silences();
    silence(silences, "*", T0, HOUR);
    expect(silences.isSilenced(alert, T0 + HOUR - 1)).toBe(true);
    expect(silences.isSilenced(alert, T0 + HOUR)).toBe(false);
    expect(silences.list(T0 + HOUR)).toEqual([]);
    expect(silences.counters).toMatchObject({ expired: 1, silenced: 1 });
  });
});

describe("when a silence ends", () => {
  const opened = stormAlert({ stormId: "s1", revision: 2, list: "all@example.org" });
  const updated = stormAlert({ stormId: "s1", revision: 3, type: "storm.updated", list: "all@example.org" });
  const resolved = stormAlert({ stormId: "s1", revision: 4, type: "storm.resolved", list: "all@example.org" });

  test("the latest alert of a storm that is still open is told, once", () => {
    const silences = new Silences();
    silence(silences, "all@*", T0, HOUR);
    expect(silences.isSilenced(opened, T0)).toBe(true);
    expect(silences.isSilenced(updated, T0 + 1)).toBe(true);
    // Asked again before a try of the one before.
    expect(silences.isSilenced(opened, T0 + 2)).toBe(true);
    expect(silences.dueAt()).toBe(T0 + HOUR);
    expect(silences.due(T0 + HOUR - 1)).toEqual([]);
    expect(silences.due(T0 + HOUR)).toEqual([updated]);
    expect(silences.due(T0 + HOUR)).toEqual([]);
    expect(silences.dueAt()).toBe(Number.POSITIVE_INFINITY);
    expect(silences.isSilenced(updated, T0 + HOUR)).toBe(false);
    expect(silences.counters.toldAfterwards).toBe(1);
  });

  test("before its time, by its number", () => {
    const silences = new Silences();
    const { id } = silence(silences, "all@*");
    silences.isSilenced(opened, T0);
    expect(silences.end(id, T0 + 5)).toMatchObject({ id, target: "all@*" });
    expect(silences.end(id, T0 + 5)).toBeUndefined();
    expect(silences.dueAt()).toBe(Number.NEGATIVE_INFINITY);
    expect(silences.due(T0 + 5)).toEqual([opened]);
  });

  test("a storm that is over is not told", () => {
    const silences = new Silences();
    silence(silences, "all@*", T0, HOUR);
    silences.isSilenced(opened, T0);
    expect(silences.isSilenced(resolved, T0 + 1)).toBe(true);
    expect(silences.due(T0 + HOUR)).toEqual([]);
    expect(silences.size()).toEqual({ silences: 0, waiting: 0 });
  });

  test("another silence that covers the storm keeps it waiting", () => {
    const silences = new Silences();
    silence(silences, "all@*", T0, HOUR);
    const other = silence(silences, "s1", T0, 2 * HOUR);
    silences.isSilenced(opened, T0);
    expect(silences.due(T0 + HOUR)).toEqual([]);
    expect(silences.list(T0 + HOUR)).toEqual([other]);
    expect(silences.due(T0 + 2 * HOUR)).toEqual([opened]);
  });

  test("an alert that was told before and a watch do not wait", () => {
    const silences = new Silences();
    expect(silences.isSilenced(opened, T0)).toBe(false);
    silence(silences, "all@*", T0, HOUR);
    expect(silences.isSilenced(stormAlert({ stormId: "s2", type: "storm.watch", list: "all@example.org" }), T0)).toBe(
      true,
    );
    expect(silences.due(T0 + HOUR)).toEqual([]);
  });

  test("what waits is outdated by a later alert that is told", () => {
    const silences = new Silences();
    const { id } = silence(silences, "all@*");
    silences.isSilenced(opened, T0);
    silences.end(id, T0);
    expect(silences.isSilenced(updated, T0)).toBe(false);
    expect(silences.due(T0)).toEqual([]);
  });
});

describe("what is kept", () => {
  test("a process that takes over has the same silences, the same storms wait, and numbers go on", () => {
    const silences = new Silences();
    const entries = new Entries();
    const kept = silence(silences, "all@*", T0, HOUR);
    silence(silences, "other@*", T0, 2000);
    silences.isSilenced(stormAlert({ stormId: "s1", list: "all@example.org" }), T0);
    silences.isSilenced(stormAlert({ stormId: "s2", list: "all@example.org" }), T0);
    silences.isSilenced(stormAlert({ stormId: "s2", type: "storm.resolved", list: "all@example.org" }), T0 + 1);
    const next = entries.take(silences).restored();
    expect(next.list(T0 + 2000)).toEqual([kept]);
    expect(next.size()).toEqual({ silences: 1, waiting: 1 });
    expect(silence(next, "x").id).toBe(3);
    expect(next.due(T0 + HOUR)).toEqual(silences.due(T0 + HOUR));
    expect(entries.take(next).values.size).toBe(2);
    expect([...entries.values.keys()].sort()).toEqual(["silence/last-id", "silence/set/3"]);
  });

  test("a silence that ended while nobody ran tells what waited", () => {
    const silences = new Silences();
    silence(silences, "all@*", T0, HOUR);
    const alert = stormAlert({ stormId: "s1", list: "all@example.org" });
    silences.isSilenced(alert, T0);
    const next = new Entries().take(silences).restored();
    expect(next.due(T0 + 5 * HOUR)).toEqual([alert]);
  });

  test("every change is told once, and nothing else", () => {
    const silences = new Silences();
    const entries = new Entries();
    const { id } = silence(silences, "all@*");
    expect(entries.take(silences).keys).toEqual(["silence/set/1", "silence/last-id"]);
    expect(entries.take(silences).keys).toEqual([]);
    silences.isSilenced(stormAlert({ stormId: "s1", list: "nobody@example.org" }), T0);
    expect(entries.take(silences).keys).toEqual([]);
    silences.end(id, T0);
    expect(entries.take(silences).keys).toEqual(["silence/set/1"]);
    expect(entries.values.has("silence/set/1")).toBe(false);
  });

  test("an alert that is larger than an entry waits without its lists", () => {
    const silences = new Silences();
    silence(silences, "*", T0, HOUR);
    const whole = stormAlert({ stormId: "s1" });
    const messageIds = Array.from({ length: 50 }, (_, n) => `${n}`.padEnd(900, "x"));
    const advice = Array.from({ length: 5 }, () => ({
      system: "postfix" as const,
      text: "t",
      command: "c".repeat(20_000),
    }));
    silences.isSilenced({ ...whole, evidence: { ...whole.evidence, messageIds }, advice }, T0);
    const entries = new Entries().take(silences);
    for (const value of entries.values.values()) expect(value.length).toBeLessThan(65_536);
    const [told] = entries.restored().due(T0 + HOUR);
    expect(told).toMatchObject({ stormId: "s1", advice: [], evidence: { messageIds: messageIds.slice(-5) } });
  });

  test.each([
    ["silence/set/1", '{"v":2,"id":1}'],
    ["silence/set/1", "no JSON"],
    ["silence/last-id", '{"v":2,"lastId":1}'],
    ["silence/waiting/x", "{}"],
  ])("an entry that is not understood is refused: %s %s", (key, value) => {
    expect(() => {
      new Silences().restore(key, Buffer.from(value));
    }).toThrow(SilenceEntryError);
  });
});

describe("bounds", () => {
  test("so many silences", () => {
    const silences = new Silences({ silencesMax: 2, waitingMax: 10 });
    silence(silences, "a", T0, HOUR);
    silence(silences, "b", T0, 2 * HOUR);
    expect(silences.add({ target: "c", durationMs: HOUR, why: "w", who: "x" }, T0)).toEqual({
      fault: "2 silences are set already: end some first",
    });
    silence(silences, "c", T0 + HOUR);
  });

  test("storms that find no room to wait are told rather than forgotten", () => {
    const silences = new Silences({ silencesMax: 2, waitingMax: 2 });
    silence(silences, "*");
    const told = ["s1", "s2", "s3", "s1"].map((stormId) => silences.isSilenced(stormAlert({ stormId }), T0));
    expect(told).toEqual([true, true, false, true]);
    expect(silences.counters).toMatchObject({ silenced: 3, toldForWantOfRoom: 1 });
  });

  test.each([
    [{ target: " " }, /which thread or list/],
    [{ target: "a\u0007" }, /which thread or list/],
    [{ target: "x".repeat(999) }, /which thread or list/],
    [{ why: "" }, /why\?/],
    [{ why: "a\nb" }, /why\?/],
    [{ who: "" }, /who\?/],
    [{ durationMs: 0 }, /for how long/],
    [{ durationMs: 91 * 24 * HOUR }, /for how long\? 1s to 90d/],
    [{ durationMs: 1.5 }, /for how long/],
  ])("a request that makes no silence: %j", (change, words) => {
    const added = new Silences().add({ target: "a", durationMs: HOUR, why: "w", who: "x", ...change }, T0);
    expect(added).toEqual({ fault: expect.stringMatching(words) as string });
  });
});
