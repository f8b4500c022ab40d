import { afterEach, expect, test } from "vitest";
import { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import { defaultDetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { createDetectorState } from "../../detector/detector.ts";
import { detectorTotals, tableFill } from "../../detector/detector-totals.ts";
import { METRICS_MEND } from "../port-mends.ts";
import type { StandaloneCounts } from "./standalone-counts.ts";
import type { Status } from "./status.ts";
import { INPUTS_OPEN, noteTurn, openStatus, STATE_RESTORED } from "./status.ts";

const open: Status[] = [];
afterEach(async () => {
  for (const status of open.splice(0)) await status.close();
});

let nowMs = 0;
const said: string[] = [];
async function openHere(port = 0): Promise<{ status: Status; get: (path: string) => Promise<string> }> {
  const address = { host: "127.0.0.1", port };
  const say = (line: string): void => void said.push(line);
  const status = await openStatus({ address, version: "0.1.0", nodeVersion: "v24", nowMs: () => nowMs, say });
  open.push(status);
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${status.address?.port}${path}`);
    return `${answer.status} ${await answer.text()}`;
  };
  return { status, get };
}

function counts(): StandaloneCounts {
  const state = createDetectorState(defaultDetectorSettings, { advise: () => [] });
  const none = new HistogramCounts();
  return {
    inputs: () => [],
    areInputsWell: () => true,
    assembler: () => ({
      accepted: 3,
      expiredFragments: 0,
      releasedEarly: 0,
      incomplete: 0,
      evictedForRoom: 0,
      evictedForSilence: 0,
      reusedQueueIds: 0,
    }),
    openMails: () => 0,
    detector: () => state.counters,
    totals: () => detectorTotals(state),
    fill: () => tableFill(state),
    watermarkMs: () => Number.NEGATIVE_INFINITY,
    lastProgressMs: () => 1000,
    receivers: () => [],
    silences: () => 0,
    stateLog: () => undefined,
    heartbeat: () => undefined,
    page: () => undefined,
    keptWindowsDropped: () => 0,
    reloads: () => ({ done: 0, refused: 0 }),
    lateness: none,
    latency: { read: none, decided: none, flushed: none },
    notificationLatency: none,
    flushTime: none,
  };
}

test("the life of a process: restoring, ready, stuck, stopping", async () => {
  const { status, get } = await openHere();
  expect(await get("/readyz")).toBe("503 not yet: state restored, inputs open\n");
  expect(await get("/healthz")).toBe("200 ok\n");
  expect(await get("/metrics")).toContain("squall_build_info");
  expect(await get("/metrics")).not.toContain("squall_mails_accepted_total");
  status.health.met(STATE_RESTORED);
  status.publish(counts());
  expect(await get("/metrics")).toContain("\nsquall_mails_accepted_total 3\n");
  status.health.met(INPUTS_OPEN);
  expect(await get("/readyz")).toBe("200 ready\n");
  status.health.begin("writing the state");
  nowMs += 60_001;
  expect(await get("/healthz")).toBe("503 no progress for 60 s while writing the state\n");
  status.health.idle();
  expect(await get("/healthz")).toBe("200 ok\n");
  status.health.stopping();
  expect(await get("/readyz")).toBe("503 stopping\n");
});

test("two on one port: the second says which setting to change, and goes on without", async () => {
  const { status } = await openHere();
  expect(said).toEqual([]);
  const { status: second } = await openHere(status.address?.port);
  expect(said).toEqual([
    `metrics: cannot listen on 127.0.0.1:${status.address?.port}: another process listens there already; ${METRICS_MEND}. squall goes on without metrics and health`,
  ]);
  expect(second.address).toBeUndefined();
  second.publish(counts());
  second.health.met(STATE_RESTORED);
  second.health.met(INPUTS_OPEN);
  expect(second.health.ready()).toEqual({ ok: true, text: "ready" });
});

test("off: no port, health all the same", async () => {
  const say = (line: string): void => expect.fail(line);
  const status = await openStatus({ address: undefined, version: "0.1.0", nodeVersion: "v24", nowMs: () => 0, say });
  expect(status.address).toBeUndefined();
  expect(status.health.ready().ok).toBe(false);
  status.publish(counts());
  await status.close();
});

test("a backlog that takes longer than the bound is no standstill", async () => {
  const { status, get } = await openHere();
  for (let turn = 0; turn < 100; turn += 1) {
    nowMs += 1_000;
    noteTurn(status.health, true);
  }
  expect(await get("/healthz")).toMatch(/^200/u);
  nowMs += 61_000;
  expect(await get("/healthz")).toMatch(/^503/u);
});
