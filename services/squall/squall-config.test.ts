import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { ConfigError } from "../../shared/runtime/config.ts";
import type { SquallConfig } from "./squall-config.ts";
import { loadSquallConfig, squallConfigJsonSchema } from "./squall-config.ts";

const directory = new URL("../../test/testdata/config/", import.meta.url);

function load(fileName: string): SquallConfig {
  const yamlText = readFileSync(new URL(fileName, directory), "utf8");
  return loadSquallConfig({ yamlText, fileName, env: {}, flags: [] });
}

function faults(fileName: string): string[] {
  try {
    load(fileName);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const WANT: Readonly<Record<string, readonly string[]>> = {
  "everything-set.yaml": [],
};

test("nothing given: the documented defaults", () => {
  expect(loadSquallConfig({ env: {}, flags: [] })).toEqual({
    site: "site",
    timezone: "UTC",
    ingest: { lineBytesMax: 65_536, hostsMax: 10_000, listServers: [] },
    detector: defaultDetectorSettings,
  });
});

test("everything set", () => {
  const config = load("everything-set.yaml");
  expect(config).toMatchObject({ site: "nhs", timezone: "Europe/London" });
  expect(config.ingest).toEqual({
    lineBytesMax: 131_072,
    hostsMax: 10_000,
    listServers: ["lists.nhs.example", "10.0.0.9"],
  });
  const { thresholds, kernel } = defaultDetectorSettings;
  expect(config.detector).toEqual({
    ...defaultDetectorSettings,
    allowSubject: false,
    allowedLatenessMs: 45_000,
    priceGateDeliveries: 1000,
    sharedLogins: ["webmail"],
    thresholds: { ...thresholds, burstMs: 900_000, burstPeople: 7 },
    kernel: { ...kernel, talkDelaysMs: [600_000, 7_200_000, 129_600_000] },
    listRules: [
      {
        list: "all-staff@nhs.example",
        audience: 840_000,
        priceGateDeliveries: 5000,
        thresholds: { repliersMin: 2, listBurstFastMs: 600_000 },
        trustedDomains: ["nhs.example"],
      },
      {
        list: "announce-*@nhs.example",
        announceOnly: true,
        expectedRepliesUntil: Date.UTC(2026, 11, 24, 17, 0, 0),
      },
      { list: "*@test.nhs.example", exempt: true },
    ],
  });
});

test("variables", () => {
  const env = {
    SQUALL_SITE: "nhs",
    SQUALL_TIMEZONE: "Asia/Kolkata",
    SQUALL_SUBJECTS: "false",
    SQUALL_DETECTOR_ALLOWED_LATENESS: "1m",
    SQUALL_DETECTOR_THRESHOLDS_BURST_PEOPLE: "9",
    SQUALL_INGEST_LIST_SERVERS: "a.example,b.example",
  };
  const config = loadSquallConfig({ env, flags: [] });
  expect(config).toMatchObject({ site: "nhs", timezone: "Asia/Kolkata" });
  expect(config.ingest.listServers).toEqual(["a.example", "b.example"]);
  expect(config.detector).toMatchObject({
    allowSubject: false,
    allowedLatenessMs: 60_000,
    thresholds: { burstPeople: 9 },
  });
});

describe("what can be wrong", () => {
  const files = readdirSync(directory).toSorted();
  test("every file of the folder is expected here", () => {
    expect(files).toEqual(Object.keys(WANT).toSorted());
  });

  test.each(files)("%s", (fileName) => {
    expect(faults(fileName)).toEqual((WANT[fileName] ?? []).map((fault) => `${fileName}:${fault}`));
  });
});

test("the JSON Schema of the file names every setting and refuses others", () => {
  const schema = JSON.stringify(squallConfigJsonSchema());
  for (const name of [
    "site",
    "lineBytesMax",
    "priceGateDeliveries",
    "expectedRepliesUntil",
    "burstPeople",
    "threadsMax",
  ]) {
    expect(schema).toContain(`"${name}":`);
  }
  expect(schema).toContain('"additionalProperties":false');
});
