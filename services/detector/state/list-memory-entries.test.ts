// Who has written to a list: told in slices, of which only those that changed are told again.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { firstSeenAt } from "../list-memory.ts";
import { type ListState, rememberWriter, useList } from "../list-table.ts";
import { siteOf } from "../detector.ts";
import { KeptRun } from "../testing/kept-run.ts";

const AT = 1_795_420_800_000;

function listOf(run: KeptRun): ListState {
  const site = siteOf(run.state, "corp");
  if (site === undefined) throw new Error("no site");
  return useList(site.lists, { address: "a@corp.example", via: "orig_to", at: AT }, site.settings, site.counters);
}

function remember(run: KeptRun, persons: readonly number[], at = AT): void {
  const site = siteOf(run.state, "corp");
  const list = listOf(run);
  if (site === undefined) throw new Error("no site");
  for (const person of persons)
    rememberWriter(site.lists, list, { person: `p${person}@corp.example`, at: at + person }, site);
}

function upTo(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Bytes told by the next flush. */
function toldBytes(run: KeptRun): number {
  let bytes = 0;
  run.entries.changes((key, value) => {
    bytes += value?.length ?? 0;
    if (value === undefined) run.stored.delete(key);
    else run.stored.set(key, value);
  });
  return bytes;
}

test("whoever was remembered is after a restart, however the memory grew and whenever it was told", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 900 }), { minLength: 1, maxLength: 8 }), (counts) => {
      const run = new KeptRun(defaultDetectorSettings, new Map());
      let from = 0;
      for (const count of counts) {
        remember(run, upTo(count, from), AT - from * 1000);
        from += Math.ceil(count / 2);
        run.flush();
      }
      const again = new KeptRun(defaultDetectorSettings, run.stored);
      const memory = listOf(run).memory;
      const back = listOf(again).memory;
      expect(back.persons).toBe(memory.persons);
      for (const person of upTo(from + 1000)) {
        const name = `p${person}@corp.example`;
        expect(firstSeenAt(back, name)).toBe(firstSeenAt(memory, name));
      }
      expect([...(siteOf(again.state, "corp")?.lists.lists.keys() ?? [])]).toEqual(["a@corp.example"]);
    }),
    { seed: 20_161_114, numRuns: 40 },
  );
});

describe("a list of 20,000 writers", () => {
  const run = new KeptRun(defaultDetectorSettings, new Map());
  remember(run, upTo(20_000));
  const all = toldBytes(run);

  test("takes their bytes and little more", () => {
    expect(all).toBeGreaterThan(20_000 * 12);
    expect(all).toBeLessThan(20_000 * 12 * 1.1);
  });

  test("tells one slice when one person is added, and none when one writes again", () => {
    remember(run, [50_000]);
    expect(toldBytes(run)).toBeLessThan(4000);
    remember(run, [7]);
    expect(toldBytes(run)).toBeLessThan(1000);
  });

  test("that is evicted leaves nothing", () => {
    const site = siteOf(run.state, "corp");
    if (site === undefined) throw new Error("no site");
    site.settings = { ...site.settings, bounds: { ...site.settings.bounds, listsMax: 1 } };
    useList(site.lists, { address: "b@corp.example", via: "orig_to", at: AT }, site.settings, site.counters);
    run.feed([{ kind: "tick", watermark: AT }], 1);
    expect([...run.stored.keys()].filter((key) => /\/list\/\d+\//.test(key))).toEqual([]);
    expect([...run.stored.keys()].filter((key) => key.includes("/list/"))).toHaveLength(1);
  });
});
