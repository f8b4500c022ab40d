// What cannot be read is refused, by name: never taken up in part.

import { beforeAll, describe, expect, test } from "vitest";
import { conversation, mail, settingsWith } from "../testing/conversation.ts";
import { KeptRun } from "../testing/kept-run.ts";
import { StateEntryError, type StateEntryReason } from "./state-entry-error.ts";

const settings = settingsWith({ priceGateDeliveries: 0 });
let stored: ReadonlyMap<string, Buffer>;

beforeAll(() => {
  const run = new KeptRun(settings, new Map());
  const events = conversation({
    audience: 3000,
    gaps: Array.from({ length: 12 }, () => 10),
    person: (index) => `person${index}`,
  });
  const small = [1, 2, 3].map((index) =>
    mail({ seconds: index, id: `small${index}`, hop: "203.0.113.7", authenticated: false }),
  );
  // A group of its own.
  const again = mail({ seconds: 4, id: "small1", queueId: "again", hop: "203.0.113.7", authenticated: false });
  run.feed(
    [...events, ...small, again].map((event) => ({ kind: "event", event })),
    3,
  );
  stored = run.stored;
});

function refusal(changed: ReadonlyMap<string, Buffer>): StateEntryError {
  try {
    expect(new KeptRun(settings, changed)).toBeUndefined();
  } catch (error) {
    if (error instanceof StateEntryError) return error;
    throw error;
  }
  throw new Error("was taken up");
}

/** Every kind of entry that the run left, once. */
function kinds(): string[] {
  const found = new Map<string, string>();
  for (const key of stored.keys()) {
    const [, , kind = "", , chunk] = key.split("/");
    found.set(`${kind} ${chunk === undefined ? "" : "chunk"}`, key);
  }
  return [...found.values()];
}

describe("every kind of entry", () => {
  test("is there to be damaged", () => {
    expect(kinds().length).toBeGreaterThanOrEqual(17);
  });

  test("of another version is refused as such", () => {
    for (const key of kinds()) {
      const value = stored.get(key) ?? Buffer.of();
      const other =
        value[0] === 1
          ? Buffer.concat([Buffer.of(2), value.subarray(1)])
          : Buffer.from(value.toString().replace(/^\{"v":1|^\[2/, (begin) => begin.replace(/\d/, "3")));
      expect(refusal(new Map([...stored, [key, other]]))).toMatchObject({
        reason: "unknown-version",
        key,
      });
    }
  });

  test("that is cut short is refused as damaged", () => {
    for (const key of kinds()) {
      const value = stored.get(key) ?? Buffer.of();
      expect(refusal(new Map([...stored, [key, value.subarray(0, value.length - 3)]]))).toMatchObject({
        reason: "damaged",
        key,
      });
    }
  });

  test("that is missing where another names it is refused as missing", () => {
    for (const kind of ["fan-out", "thread", "list", "storm", "thread-replies", "minute"]) {
      const keys = [...stored.keys()].filter((key) => key.split("/")[2] === kind && key.split("/").length === 4);
      expect(keys).not.toHaveLength(0);
      const left = new Map([...stored].filter(([key]) => !keys.includes(key)));
      expect(refusal(left).reason).toBe("missing-entry");
    }
  });
});

describe("a value", () => {
  const cases: readonly (readonly [key: RegExp, from: RegExp, to: string, reason: StateEntryReason, said: string])[] = [
    [/\/thread\/\d+$/, /^\[2,"[^"]+"/, "[2,0.5", "damaged", "key is no text"],
    [/\/thread\/\d+$/, /^(\[2,"[^"]+"),\d+/, "$1,999", "missing-entry", "fan-out/999"],
    [/\/storm\/\d+$/, /"thread"/, '"both"', "damaged", "scope is not known"],
    [/\/fan-out\/\d+$/, /^\[2,1,/, "[2,9999,", "damaged", "hops is no number of items"],
    [/\/fan-out\/\d+$/, /\]$/, ",0]", "damaged", "fields, read"],
    [/\/fan-out\/\d+$/, /^\[.*\]$/, "{}", "damaged", "is no row"],
    [/\/list\/\d+$/, /"address":"[^"]+",/, "", "damaged", "address is no text"],
    [/\/site$/, /"totals":\{/, '"totals":7,"no":{', "damaged", "is no object"],
  ];

  test.each(cases)("%s with %s changed to %s", (...[pattern, from, to, reason, said]) => {
    const [key = "", value] = [...stored].find(([each]) => pattern.test(each)) ?? [];
    const text = value?.toString() ?? "";
    expect(text).toMatch(from);
    const error = refusal(new Map([...stored, [key, Buffer.from(text.replace(from, to))]]));
    expect(error).toMatchObject({ reason, key });
    expect(error.message).toContain(said);
  });

  test("in more chunks than its object has is refused", () => {
    const [key = "", value = Buffer.of()] = [...stored].find(([each]) => /\/thread\/\d+\/0$/.test(each)) ?? [];
    expect(key).not.toBe("");
    const error = refusal(new Map([...stored, [key.replace(/0$/, "9"), value]]));
    expect(error).toMatchObject({ reason: "damaged", key: key.replace(/\/0$/, "") });
    expect(error.message).toContain("has more ids than it says");
  });

  test.each([
    "detector/corp/nonsense/1",
    "detector/corp/nonsense/1/2",
    "detector/corp/login/1/2",
    "detector/corp/thread/x",
    "mail/corp/thread/1",
    "detector/corp/thread/1/2/3",
    "detector/%/site",
  ])("under the key %s is a newer squall's, and let go of", (key) => {
    const run = new KeptRun(settings, new Map([...stored, [key, Buffer.from('{"v":1}')]]));
    run.flush();
    expect(run.stored.has(key)).toBe(false);
    expect(run.stored.size).toBeGreaterThanOrEqual(stored.size);
  });

  test("of a newer squall that takes several entries is let go of as a whole", () => {
    const parts = [
      ["detector/corp/nonsense/1", "~2\nfirst"],
      ["detector/corp/nonsense/1~1", "second"],
    ] as const;
    const run = new KeptRun(
      settings,
      new Map([...stored, ...parts.map(([key, text]) => [key, Buffer.from(text)] as const)]),
    );
    run.flush();
    expect([...run.stored.keys()].filter((key) => key.includes("nonsense"))).toEqual([]);
  });
});

test("what is read back goes on: the damage above is all that is wrong", () => {
  expect(() => new KeptRun(settings, stored)).not.toThrow();
});
