// Small mails go through a replay packed. Twin runs in which every mail is told as an event must say the same of everything.

import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { defaultAssemblerSettings } from "../../services/assembler/assembler-settings.ts";
import { type DetectorSurvey, detectorSurvey } from "../../services/detector/detector.ts";
import { HostTable } from "../../services/ingest/host-table.ts";
import { Ingest } from "../../services/ingest/ingest.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { ReplayPipeline } from "../../services/squall/pipeline/replay-pipeline.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import { exchangeStorm } from "../support/exchange-storm.ts";
import { GOLDEN_LOGS } from "../support/golden-logs.ts";
import { collect } from "../support/simulated-log.ts";
import { linesOf, shuffled } from "./log-lines.ts";

const LATENESS_MS = defaultDetectorSettings.allowedLatenessMs;
const CHUNK_BYTES = 16_384;

interface Told {
  readonly alerts: readonly string[];
  readonly windows: readonly string[];
  readonly survey: DetectorSurvey;
  readonly assembler: object;
  /** Mails taken packed. */
  readonly packed: number;
}

function replayed(log: Buffer, isPacked: boolean): Told {
  const alerts: string[] = [];
  const windows: string[] = [];
  const pipeline = new ReplayPipeline({
    site: "test",
    assembler: defaultAssemblerSettings,
    detector: { ...defaultDetectorSettings, emitWindows: true },
    people: { name: (address) => address, allowSubject: true },
    onAlert: (alert) => void alerts.push(encodeStormAlert(alert)),
    onWindow: (window) => void windows.push(encodeThreadWindow(window)),
  });
  const { table } = pipeline.stages;
  const took = vi.spyOn(pipeline.stages, "detectPacked");
  if (!isPacked) {
    took.mockReturnValue(false);
    vi.spyOn(pipeline.stages, "detectPackedRemoval").mockReturnValue(false);
  }
  const ingest = new Ingest({
    site: "test",
    format: "auto",
    lineBytesMax: 65_536,
    year: 2016,
    toUtc: zoneToUtc("UTC"),
    allowedLatenessMs: LATENESS_MS,
    hashSeed: 17,
    listServers: new Set(),
    table,
    hosts: new HostTable({ hostsMax: 100, hashSeed: 17 }),
    onEvent: (event) => {
      table.addEvent(event);
    },
    onRejected: () => undefined,
  });
  for (let at = 0; at < log.length; at += CHUNK_BYTES) {
    ingest.feed(log.subarray(at, at + CHUNK_BYTES));
    pipeline.advance(ingest.streamTime.now - LATENESS_MS, ingest.streamTime.latest);
  }
  ingest.end();
  pipeline.finish(ingest.streamTime.latest);
  const { counters, ...survey } = detectorSurvey(pipeline.stages.detector);
  return {
    alerts,
    windows,
    // How often a mail is spoken of differs: a removal that comes packed is no revision.
    survey: { ...survey, counters: { ...counters, events: 0 } },
    assembler: pipeline.stages.assembler.counters,
    packed: took.mock.results.filter(({ value }) => value === true).length,
  };
}

function expectTheSame(log: Buffer, packedMin: number): void {
  const { packed, ...told } = replayed(log, true);
  const { packed: none, ...twin } = replayed(log, false);
  expect(told).toEqual(twin);
  expect(packed).toBeGreaterThanOrEqual(packedMin);
  expect(none).toBe(0);
}

describe("the golden logs", () => {
  test.each(GOLDEN_LOGS)("$name", ({ path }) => {
    expectTheSame(readFileSync(path), 0);
  });
});

test("a storm of Exchange, with the mail around it", () => {
  const { files } = exchangeStorm({ members: 300 });
  expectTheSame(Buffer.from(files.map(({ text }) => text).join("")), 60);
});

describe("simulated logs", () => {
  const day = collect({ scenario: "ordinary-day", seed: 7, scale: 0.01 }).log;
  const storm = collect({ scenario: "nhs-2016", seed: 7, scale: 0.002 }).log;

  test("an ordinary day", () => {
    expectTheSame(day, 500);
  });

  test("a storm", () => {
    expectTheSame(storm, 100);
  });

  // Without header lines the mails of a thread are told by other things, and nearly all mails are simple.
  test.each<[string, Buffer]>([
    ["an ordinary day", day],
    ["a storm", storm],
  ])("%s, without header lines", (_name, log) => {
    const lines = linesOf(log).filter((line) => !line.includes(": info: header "));
    expectTheSame(Buffer.from(`${lines.join("\n")}\n`, "latin1"), 100);
  });

  test("every line twice", () => {
    expectTheSame(
      Buffer.from(
        linesOf(day)
          .flatMap((line) => [line, line, ""])
          .join("\n"),
        "latin1",
      ),
      100,
    );
  });

  test("lines out of order", () => {
    expectTheSame(Buffer.from(`${shuffled(linesOf(day), LATENESS_MS, 5).join("\n")}\n`, "latin1"), 100);
  });
});
