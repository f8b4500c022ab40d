// a log -> what the detector is told of it when squall runs live, input by input.

import { vi } from "vitest";
import { defaultAssemblerSettings } from "../../services/assembler/assembler-settings.ts";
import type { DetectorInput } from "../../services/detector/detector.ts";
import { HostTable } from "../../services/ingest/host-table.ts";
import { Ingest } from "../../services/ingest/ingest.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { LivePipeline } from "../../services/squall/pipeline/live-pipeline.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";

const LATENESS_MS = defaultDetectorSettings.allowedLatenessMs;
const CHUNK_BYTES = 4096;

export function detectorInputs(log: Buffer): DetectorInput[] {
  const inputs: DetectorInput[] = [];
  const hosts = new HostTable({ hostsMax: 100, hashSeed: 17 });
  const pipeline = new LivePipeline({
    site: "test",
    hosts,
    assembler: defaultAssemblerSettings,
    detector: defaultDetectorSettings,
    people: { name: (address) => address, allowSubject: true },
    onAlert: () => undefined,
    onWindow: () => undefined,
  });
  vi.spyOn(pipeline.stages, "detect").mockImplementation((event) => void inputs.push({ kind: "event", event }));
  vi.spyOn(pipeline.stages, "tick").mockImplementation((watermark) => void inputs.push({ kind: "tick", watermark }));
  const { table } = pipeline.stages;
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
    hosts,
    onEvent: (event) => {
      table.addEvent(event);
    },
    onRejected: () => undefined,
  });
  for (let at = 0; at < log.length; at += CHUNK_BYTES) {
    ingest.feed(log.subarray(at, at + CHUNK_BYTES));
    pipeline.advanceTo(ingest.streamTime.latest, ingest.streamTime.latest - LATENESS_MS);
  }
  return inputs;
}
