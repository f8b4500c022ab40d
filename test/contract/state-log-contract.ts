// What every state log does, whatever it writes to.

import { describe, expect, test, type TestContext } from "vitest";
import type { StateEntry, StateLog, StateLogFault } from "../../shared/runtime/state-log.ts";
import { StateLogError } from "../../shared/runtime/state-log.ts";

type ScriptedFault = Extract<StateLogFault, "full" | "failed">;

/** One place that logs are opened on, one after the other. */
export interface StateLogPlace {
  readonly open: () => Promise<StateLog>;
  /** The process is gone without a word. */
  readonly kill: (log: StateLog) => Promise<void>;
  /** The next append is refused by what is below the log. */
  readonly failNext: (fault: ScriptedFault) => void;
}

function put(key: string, value: string): StateEntry {
  return { key, value: Buffer.from(value) };
}

function forget(key: string): StateEntry {
  return { key, value: undefined };
}

/** All that a log knows, as text by key. */
async function contentOf(log: StateLog): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await log.read((key, value) => {
    expect(found[key]).toBeUndefined();
    found[key] = value.toString();
  });
  return found;
}

async function afterKill(place: StateLogPlace, log: StateLog): Promise<Record<string, string>> {
  await place.kill(log);
  const next = await place.open();
  const content = await contentOf(next);
  await next.close();
  return content;
}

/** No key, one too long, one that is no text, a value too long. */
const NEVER_STORED: readonly StateEntry[] = [
  put("", "x"),
  put("k".repeat(1025), "x"),
  put("\ud800", "x"),
  { key: "k", value: Buffer.alloc(65_537) },
];

const CASES: Readonly<Record<string, (place: StateLogPlace) => Promise<void>>> = {
  "knows nothing at first": async (place) => {
    const log = await place.open();
    expect(await contentOf(log)).toEqual({});
    expect(await afterKill(place, log)).toEqual({});
  },
  "of each key the last value counts, forgotten keys are gone": async (place) => {
    const log = await place.open();
    await log.append([put("a", "1"), put("b", "1"), put("c", "1"), put("d", "")]);
    await log.append([put("a", "2"), forget("b"), forget("never")]);
    await log.append([forget("c"), put("c", "3")]);
    await log.append([put("e", "1"), forget("e")]);
    expect(await afterKill(place, log)).toEqual({ a: "2", c: "3", d: "" });
  },
  "flushes count in the order in which they were asked for, awaited or not": async (place) => {
    const log = await place.open();
    await Promise.all(Array.from({ length: 100 }, (_, n) => log.append([put("n", `${n}`), put(`n/${n}`, "x")])));
    const content = await afterKill(place, log);
    expect(content["n"]).toBe("99");
    expect(Object.keys(content)).toHaveLength(101);
  },
  "values may be reused once the flush has resolved, and what is read is nobody else's": async (place) => {
    const log = await place.open();
    const value = Buffer.from("before");
    await log.append([{ key: "k", value }]);
    value.fill("x");
    await log.close();
    const next = await place.open();
    await next.read((_key, read) => read.fill("y"));
    await next.close();
    expect(await afterKill(place, await place.open())).toEqual({ k: "before" });
  },
  "bytes of every value, keys in any script, the longest of both": async (place) => {
    const log = await place.open();
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const longest = Buffer.alloc(65_536, "z");
    const entries = [
      { key: "bytes", value: all },
      { key: "grüße/あ/\u{1F4E7}", value: all },
      { key: "k".repeat(1024), value: longest },
    ];
    await log.append(entries);
    await place.kill(log);
    const next = await place.open();
    const read: StateEntry[] = [];
    await next.read((key, value) => read.push({ key, value }));
    expect(read.sort((one, other) => (one.key < other.key ? -1 : 1))).toEqual(entries);
    await next.close();
  },
  "a flush of 20,000 entries and 20 MB, and another that changes every second one": async (place) => {
    const log = await place.open();
    const value = Buffer.alloc(1000, "v");
    const keys = Array.from({ length: 20_000 }, (_, n) => `list/${n}`);
    await log.append(keys.map((key) => ({ key, value })));
    await log.append(keys.filter((_, n) => n % 2 === 0).map((key) => put(key, "changed")));
    const content = await afterKill(place, log);
    expect(Object.keys(content)).toHaveLength(20_000);
    expect([content["list/0"], content["list/1"]?.length]).toEqual(["changed", 1000]);
  },
  "100,000 keys": async (place) => {
    const log = await place.open();
    for (let from = 0; from < 100_000; from += 10_000) {
      await log.append(Array.from({ length: 10_000 }, (_, n) => put(`mail/${from + n}`, `${from + n}`)));
    }
    const content = await afterKill(place, log);
    expect(Object.keys(content)).toHaveLength(100_000);
    expect(content["mail/77777"]).toBe("77777");
  },
  "is closed and opened again and again": async (place) => {
    for (let turn = 0; turn < 5; turn++) {
      const log = await place.open();
      expect(Object.keys(await contentOf(log))).toHaveLength(turn);
      await log.append([put(`turn/${turn}`, "x")]);
      await log.close();
      await expect(log.append([put("late", "x")])).rejects.toThrow(StateLogError);
    }
    expect(Object.keys(await afterKill(place, await place.open()))).toHaveLength(5);
  },
  "an empty flush resolves in its turn": async (place) => {
    const log = await place.open();
    await log.append([]);
    expect(await afterKill(place, log)).toEqual({});
  },
  "reading after the first flush is refused": async (place) => {
    const log = await place.open();
    await log.append([put("a", "1")]);
    await expect(contentOf(log)).rejects.toMatchObject({ fault: "misuse" });
    await log.close();
  },
  "nothing of a flush that failed counts, and nothing is taken after it": async (place) => {
    const log = await place.open();
    await log.append([put("a", "1"), put("b", "1")]);
    place.failNext("failed");
    await expect(log.append([put("a", "2"), forget("b"), put("c", "2")])).rejects.toMatchObject({ fault: "failed" });
    await expect(log.append([put("d", "3")])).rejects.toMatchObject({ fault: "failed" });
    expect(await afterKill(place, log)).toEqual({ a: "1", b: "1" });
  },
  "what can never be stored is refused, all of it": async (place) => {
    const log = await place.open();
    for (const wrong of NEVER_STORED) {
      await expect(log.append([put("fine", "x"), wrong])).rejects.toMatchObject({ fault: "misuse" });
    }
    await log.append([put("next", "x")]);
    expect(await afterKill(place, log)).toEqual({ next: "x" });
  },
};

const CASES_WITHOUT_ROOM: typeof CASES = {
  "a flush that found no room is tried again, with what changed meanwhile": async (place) => {
    const log = await place.open();
    await log.append([put("a", "1"), put("b", "1")]);
    place.failNext("full");
    await expect(log.append([put("a", "2"), forget("b"), put("c", "2")])).rejects.toMatchObject({ fault: "full" });
    await log.append([put("a", "3"), forget("b"), put("c", "2"), put("d", "3")]);
    await log.append([put("e", "4")]);
    expect(await afterKill(place, log)).toEqual({ a: "3", c: "2", d: "3", e: "4" });
  },
  "a flush that leaves out what found no room is refused": async (place) => {
    const log = await place.open();
    place.failNext("full");
    await expect(log.append([put("a", "1"), put("b", "1")])).rejects.toMatchObject({ fault: "full" });
    await expect(log.append([put("a", "2")])).rejects.toThrow(/tried again first: b is missing/);
    expect(await afterKill(place, log)).toEqual({});
  },
};

/** Of the slowest, over a network. */
const CASE_MS = 60_000;

/** `isEverFull`: it can run out of room. */
export function describeStateLog(
  name: string,
  make: (context: TestContext) => StateLogPlace | Promise<StateLogPlace>,
  { isEverFull = true }: { readonly isEverFull?: boolean } = {},
): void {
  const all = Object.entries({ ...CASES, ...(isEverFull ? CASES_WITHOUT_ROOM : {}) });
  describe(`${name}, as any state log`, () => {
    const cases = all.map(([what, expectCase]) => ({ what, expectCase }));
    test.for(cases)("$what", { timeout: CASE_MS }, async ({ expectCase }, context) => {
      await expectCase(await make(context));
      expect.hasAssertions();
    });
  });
}
