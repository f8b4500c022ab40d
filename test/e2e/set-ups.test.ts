// One storm, written by each mail system in its own way: squall names the same list, the same reach and one storm.

import { describe, expect, test } from "vitest";
import { FORMAT_NAMES } from "../../services/ingest/formats.ts";
import { SET_UP_NAMES } from "../../services/squall/simulate/set-up.ts";
import { faultsOf, play } from "./simulated-storms.ts";

const STORM = { scenario: "nhs-2016", seed: 4, scale: 0.0004, until: 4200 } as const;
const readable: readonly string[] = FORMAT_NAMES;
const postfix = SET_UP_NAMES.map((setUp) => [setUp, { setUp }] as const);
/** As soon as squall reads it. */
const exchange = readable.includes("exchange") ? [["exchange", { format: "exchange" }] as const] : [];

describe.each([...postfix, ...exchange])("%s", (name, how) => {
  test("one storm on the right list, its reach within 5 %", async () => {
    const played = await play({ ...STORM, ...how });
    const [storm] = played.truth.storms;
    const audience = storm?.audience ?? 0;
    expect(played.opened.map(({ list }) => list)).toEqual([storm?.list]);
    expect(played.opened[0]?.evidence.audience).toBeGreaterThan(audience * 0.95);
    expect(played.opened[0]?.evidence.audience).toBeLessThan(audience * 1.05);
    // Exchange shows no thread headers: what has a subject of its own is a thread of its own there, and it may open later.
    expect(name === "exchange" ? [] : faultsOf(played, "defaultGate")).toEqual([]);
  });
});

test.each(postfix)("%s without header lines: one storm on the right list, too", async (_name, how) => {
  const { truth, opened } = await play({ ...STORM, ...how, headers: false });
  expect(opened.map(({ list }) => list)).toEqual([truth.storms[0]?.list]);
});

test.each([true, false])("two aliases in one mail are two lists of one storm, header lines: %s", async (headers) => {
  const { truth, opened } = await play({
    scenario: "two-lists",
    seed: 2,
    scale: 0.1,
    until: 3600,
    setUp: "include-alias",
    headers,
  });
  expect(opened.map(({ list }) => truth.storms[0]?.lists.some(({ address }) => address === list))).toEqual([true]);
  expect(opened[0]?.evidence.audience).toBeGreaterThan((truth.storms[0]?.audience ?? 0) * 0.95);
});

test("the storm is the same whatever writes it down", async () => {
  const options = { scenario: "cisco-2013", seed: 2, scale: 0.003, until: 3600 } as const;
  const [first, ...others] = await Promise.all(
    [...postfix, ["exchange", { format: "exchange" }] as const].map(([, how]) => timesOf({ ...options, ...how })),
  );
  expect(first?.length).toBeGreaterThan(30);
  for (const times of others) expect(times).toEqual(first);
});

async function timesOf(options: Parameters<typeof play>[0]): Promise<readonly string[] | undefined> {
  const { truth } = await play(options);
  return truth.storms[0]?.replyAllTimes;
}
