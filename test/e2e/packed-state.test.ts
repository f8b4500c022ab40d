// Mails that come packed are told as the small mails that they are, and read back as such: a detector that is restored takes what comes
// packed after it, and goes on like the one that was not interrupted.

import { expect, test, vi } from "vitest";
import { defaultAssemblerSettings } from "../../services/assembler/assembler-settings.ts";
import { stormAdvice } from "../../services/detector/advice/storm-advice.ts";
import {
  createDetectorState,
  type DetectorInput,
  type DetectorState,
  step,
  takePackedMail,
  takePackedRemoval,
} from "../../services/detector/detector.ts";
import type { PackedReader } from "../../services/detector/packed-step.ts";
import { DetectorEntries } from "../../services/detector/state/detector-entries.ts";
import { SiteChanges } from "../../services/detector/state/site-changes.ts";
import { tellInto } from "../../services/detector/testing/all-entries.ts";
import { HostTable } from "../../services/ingest/host-table.ts";
import { Ingest } from "../../services/ingest/ingest.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { ReplayPipeline } from "../../services/squall/pipeline/replay-pipeline.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { collect } from "../support/simulated-log.ts";

const LATENESS_MS = defaultDetectorSettings.allowedLatenessMs;
const SITE = "test";

class Follower {
  readonly state: DetectorState;
  readonly entries: DetectorEntries;
  readonly told: string[] = [];

  constructor(packed: PackedReader, stored: ReadonlyMap<string, Buffer>) {
    const changes = (): SiteChanges => new SiteChanges("all");
    this.state = createDetectorState(defaultDetectorSettings, { advise: stormAdvice, packed, changes });
    this.entries = new DetectorEntries(this.state);
    for (const [key, value] of stored) this.entries.restore(key, value);
    this.entries.restored();
  }

  step(input: DetectorInput): void {
    for (const output of step(this.state, input)) this.told.push(JSON.stringify(output));
  }
}

/** Logins and machines as they are known. */
function peopleOf(state: DetectorState | undefined): string[] {
  const site = state?.sites.get(SITE);
  const logins = [...(site?.persons.logins ?? [])].map(([login, { from, manyAt }]) => [login, from, manyAt]);
  const clients = [...(site?.clients.clients ?? [])].map(([key, { mails, senders, manyAt }]) => [
    key,
    mails,
    senders,
    manyAt,
  ]);
  return [...logins, ...clients, site?.clients.all].map((each) => JSON.stringify(each));
}

test.each([0.3, 0.8])("a storm without header lines, cut at %d of its log", (cut) => {
  const { log } = collect({ scenario: "nhs-2016", seed: 7, scale: 0.0005, headers: false, until: 4500 });
  const pipeline = new ReplayPipeline({
    site: SITE,
    assembler: defaultAssemblerSettings,
    detector: defaultDetectorSettings,
    people: { name: (address) => address, allowSubject: true },
    onAlert: () => undefined,
    onWindow: () => undefined,
  });
  const { stages } = pipeline;
  const { packed } = stages.detector.deps;
  if (packed === undefined) throw new Error("no reader");
  const whole = new Follower(packed, new Map());
  const stored = new Map<string, Buffer>();
  let restored: Follower | undefined;
  let toldBefore = 0;
  let took = 0;
  const both = (input: DetectorInput): void => {
    whole.step(input);
    restored?.step(input);
  };
  vi.spyOn(stages, "detect").mockImplementation((event) => both({ kind: "event", event }));
  vi.spyOn(stages, "tick").mockImplementation((watermark) => both({ kind: "tick", watermark }));
  vi.spyOn(stages, "detectPacked").mockImplementation((mails, mail) => {
    if (!takePackedMail(whole.state, SITE, mails, mail)) return false;
    took += 1;
    if (restored !== undefined && !takePackedMail(restored.state, SITE, mails, mail))
      restored.step({ kind: "event", event: packed.event(mails, mail) });
    return true;
  });
  vi.spyOn(stages, "detectPackedRemoval").mockImplementation((mails, mail) => {
    if (!takePackedRemoval(whole.state, SITE, mails, mail)) return false;
    if (restored !== undefined && !takePackedRemoval(restored.state, SITE, mails, mail))
      restored.step({ kind: "event", event: { ...packed.event(mails, mail), revision: 2 } });
    return true;
  });
  const ingest = new Ingest({
    site: SITE,
    format: "auto",
    lineBytesMax: 65_536,
    year: 2016,
    toUtc: zoneToUtc("UTC"),
    allowedLatenessMs: LATENESS_MS,
    hashSeed: 17,
    listServers: new Set(),
    table: stages.table,
    hosts: new HostTable({ hostsMax: 100, hashSeed: 17 }),
    onEvent: (event) => {
      stages.table.addEvent(event);
    },
    onRejected: () => undefined,
  });
  for (let at = 0; at < log.length; at += 4096) {
    ingest.feed(log.subarray(at, at + 4096));
    pipeline.advance(ingest.streamTime.now - LATENESS_MS, ingest.streamTime.latest);
    tellInto(whole.entries, stored);
    if (restored !== undefined || at < log.length * cut) continue;
    restored = new Follower(packed, stored);
    toldBefore = whole.told.length;
  }
  ingest.end();
  pipeline.finish(ingest.streamTime.latest);
  expect(took).toBeGreaterThan(100);
  expect(restored?.told).toEqual(whole.told.slice(toldBefore));
  expect(restored?.told.length).toBeGreaterThan(0);
  // What the caches of the one knew, the other has looked up.
  expect(peopleOf(restored?.state)).toEqual(peopleOf(whole.state));
});
