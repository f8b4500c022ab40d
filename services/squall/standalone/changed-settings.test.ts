import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadStandaloneConfiguration } from "../configuration.ts";
import { changedSettings } from "./changed-settings.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-reload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(yaml: string): Promise<StandaloneConfig> {
  const config = join(folder, "squall.yaml");
  writeFileSync(config, yaml);
  return loadStandaloneConfiguration([], { config }, {});
}

const HOOK = "webhook: {url: 'https://hooks.example.org/a'}\n";

test.each<[string, string, string, string[]]>([
  ["nothing", HOOK, HOOK, []],
  ["what is said in another way", "site: site\n", "timezone: UTC\n", []],
  ["a list's rule", "", "lists: [{list: a@example.org, exempt: true}]\n", ["lists"]],
  ["a path that is not shown", HOOK, HOOK.replace("/a", "/b"), ["webhooks"]],
  ["a number of the rule, and subjects", "", "subjects: false\ndetector: {calm: 1h}\n", ["subjects", "detector"]],
  [
    "all that needs a restart",
    "",
    "inputs: [{stdin: true}]\nstate: /srv\nmetrics: {address: 'off'}\ntimezone: Europe/London\nsite: nhs\n",
    ["site", "timezone", "inputs", "state", "metrics"],
  ],
  [
    "a receiver that is gone",
    `${HOOK}onAlert: {command: a}\nheartbeat: {url: 'http://a/'}\n`,
    "",
    ["webhooks", "onAlert", "heartbeat"],
  ],
])("%s", async (_what, before, after, want) => {
  expect(changedSettings(await load(before), await load(after))).toEqual(want);
});
