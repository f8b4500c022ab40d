import { expect, test } from "vitest";
import { ConfigError } from "../../../shared/runtime/config-fault.ts";
import type { ListRule } from "../../../shared/domain/detector-settings.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import { Reloads } from "./reloads.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";

interface Bench {
  readonly reloads: Reloads;
  readonly said: string[];
  readonly rules: (readonly ListRule[])[];
  /** What the next reload reads; an error: it is thrown. */
  next: StandaloneConfig | ConfigError;
}

async function bench(): Promise<Bench> {
  const config = await loadStandaloneConfiguration([], {}, {});
  const said: string[] = [];
  const rules: (readonly ListRule[])[] = [];
  const made: { next: StandaloneConfig | ConfigError } = { next: config };
  const reloads = new Reloads({
    config,
    load: () => (made.next instanceof ConfigError ? Promise.reject(made.next) : Promise.resolve(made.next)),
    changeLists: (list) => void rules.push(list),
    changeReceivers: () => undefined,
    say: (line) => void said.push(line),
  });
  return Object.assign(made, { reloads, said, rules });
}

test("what waits for a restart is said at every reload, not at the first alone", async () => {
  const one = await bench();
  if (one.next instanceof ConfigError) throw one.next;
  one.next = {
    ...one.next,
    site: "other",
    detector: { ...one.next.detector, calmMs: 1, listRules: [{ list: "a@example.org", exempt: true }] },
  };
  await one.reloads.reload();
  await one.reloads.reload();
  const left = "changed too, but read at the start only: site, detector: restart squall for it";
  expect(one.said).toEqual([
    "the configuration was reloaded: changed: lists",
    left,
    "the configuration was reloaded: nothing changed",
    left,
  ]);
  expect(one.rules.map((rules) => rules.map(({ list }) => list))).toEqual([["a@example.org"], ["a@example.org"]]);
  expect([one.reloads.done, one.reloads.refused]).toEqual([2, 0]);
});

test("a bad configuration changes nothing, and all that is wrong is said", async () => {
  const one = await bench();
  one.next = new ConfigError([
    { where: "squall.yaml:1:1", message: "unknown setting sight", offset: 0 },
    { where: "squall.yaml:2:1", message: "must be a number", offset: 9 },
  ]);
  await one.reloads.reload();
  expect(one.said).toEqual([
    "squall.yaml:1:1: unknown setting sight",
    "squall.yaml:2:1: must be a number",
    "the configuration was not reloaded: the old one stays in force",
  ]);
  expect(one.rules).toEqual([]);
  expect([one.reloads.done, one.reloads.refused]).toEqual([0, 1]);
});
