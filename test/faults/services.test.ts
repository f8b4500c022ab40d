// What goes wrong around running services, run by run: what they say is what a run says in which nothing failed.
//
// `SQUALL_FULL=1` (npm run faults) makes each fault as long and as many as the promise has it; else it is a smaller run.

import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, type TestContext } from "vitest";
import { PreviousRelease } from "../support/previous-release.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import { type RealInflux, startRealInflux } from "../support/real-influx.ts";
import { realPart } from "../support/real-part.ts";
import { startRealKafka, sharedRealKafka, kafkaPrograms, type RealKafka } from "../support/real-kafka.ts";
import type { ServiceProcess, ServiceSite } from "../support/services/service-site.ts";
import type { SiteOutcome } from "../support/services/site-outcome.ts";
import {
  runStorm,
  smallStorm,
  type StormLog,
  type StormRun,
  type StormRunOptions,
} from "../support/services/storm-run.ts";
import { seeded } from "./seeded.ts";

const FULL = process.env["SQUALL_FULL"] === "1";
const TEST_MS = FULL ? 1_800_000 : 240_000;
const kafkaFor = sharedRealKafka();

let influxd: Promise<RealInflux> | undefined;
afterAll(async () => {
  await (await influxd)?.stop();
});

/** One for all runs: each has a database of its own. */
function influxFor(context: TestContext): Promise<RealInflux> {
  influxd ??= startRealInflux(realPart("influxd", context));
  return influxd;
}

let storm: StormLog = { lines: [], endMs: 0 };
let twin: SiteOutcome | undefined;

beforeAll(() => {
  storm = smallStorm();
});

/** A run in which nothing fails, once for all. */
async function twinOn(kafka: RealKafka): Promise<SiteOutcome> {
  twin ??= (await runStorm(kafka, { storm, linesPerSecond: 20_000 })).outcome;
  return twin;
}

interface Expected {
  /** Notifications that may be heard twice. */
  readonly repeatsMax: number;
  /** Without deliveries, where lines were sent twice. */
  readonly ignoresDeliveries?: boolean;
}

function expectSame(run: StormRun, like: SiteOutcome, { repeatsMax, ignoresDeliveries = false }: Expected): void {
  const shown = ignoresDeliveries ? withoutDeliveries : (windows: SiteOutcome["windows"]) => windows;
  expect(Object.keys(run.outcome.storms)).toEqual(Object.keys(like.storms));
  for (const [list, { opened, resolved, at }] of Object.entries(run.outcome.storms)) {
    expect({ list, opened, resolved }).toEqual({ list, opened: 1, resolved: 1 });
    expect(Math.abs(at - (like.storms[list]?.at ?? 0))).toBeLessThanOrEqual(1);
  }
  expect(shown(run.outcome.windows)).toEqual(shown(like.windows));
  // What was stored is what was said, site and lists whole.
  for (const [name, counts] of Object.entries(run.recorded?.windows ?? {}))
    expect([name, counts]).toEqual([name, run.outcome.windows[name]]);
  expect(run.recorded?.storms ?? run.outcome.storms).toEqual(run.outcome.storms);
  expect(run.outcome.contradictions).toEqual([]);
  expect(run.unheard).toEqual([]);
  expect(run.repeats).toBeLessThanOrEqual(repeatsMax);
}

/** Windows in which there is more than deliveries: those of a line that came twice may take the place of a later one's. */
function withoutDeliveries(windows: SiteOutcome["windows"]): SiteOutcome["windows"] {
  return Object.fromEntries(
    Object.entries(windows)
      .map(([name, counts]) => [name, counts.replace(/, \d+ deliveries$/u, "")] as const)
      .filter(([, counts]) => counts !== NOTHING_ELSE),
  );
}

const NO_DEAD_LETTERS = {
  "mail-logs": 0,
  "mail-fragments": 0,
  "mail-events": 0,
  "thread-windows": 0,
  "storm-alerts": 0,
};
const NOTHING_ELSE = "0 reply-alls by 0, 0 automatic, 0 messages to 0";

async function faultRun(
  context: TestContext,
  options: Omit<StormRunOptions, "storm">,
): Promise<[StormRun, SiteOutcome]> {
  const kafka = await kafkaFor(context);
  const like = await twinOn(kafka);
  const influx = options.influx ?? (await influxFor(context));
  return [await runStorm(kafka, { storm, ...options, influx }), like];
}

describe("what they say is what an unfaulted run says", { timeout: TEST_MS }, () => {
  test("killed at random, kill -9", async (context) => {
    const kills = FULL ? 50 : 8;
    const random = seeded(7);
    const [run, like] = await faultRun(context, {
      linesPerSecond: FULL ? 800 : 4_000,
      async disturb(site) {
        for (let kill = 0; kill < kills; kill += 1) {
          // Less than a takeover needs, so that some meet a partition that is being taken over.
          await pause(2_000 + 4_000 * random());
          const service = site.services[Math.floor(random() * site.services.length)];
          if (service !== undefined) await site.killAndRestart(service);
        }
      },
    });
    expectSame(run, like, { repeatsMax: kills });
  });

  test("a rolling restart of everything: each ends in its time, and nothing is told twice", async (context) => {
    const times: number[] = [];
    const [run, like] = await faultRun(context, {
      linesPerSecond: 6_000,
      async disturb(site) {
        await pause(3_000);
        for (const service of site.services) {
          times.push(await site.endAndRestart(service));
          await pause(1_000);
        }
      },
    });
    for (const tookMs of times) expect(tookMs).toBeLessThan(10_000);
    expectSame(run, like, { repeatsMax: 0 });
  });

  // In each change's run the two work together on a log in memory: test/contract/previous-release.test.ts.
  test.for(FULL ? ["there, back, and there again"] : [])(
    "upgraded from the release before, process by process: %s",
    async (_way, context) => {
      const release = new PreviousRelease();
      onTestFinished(() => release.close());
      const [run, like] = await faultRun(context, {
        linesPerSecond: 1_500,
        site: { program: release.command, processes: { ingest: 2, assembler: 2, detector: 2, alerter: 1 } },
        async disturb(site) {
          await pause(3_000);
          for (const program of [undefined, release.command, undefined]) {
            for (const service of site.services) {
              await site.replace(service, program);
              await pause(1_500);
            }
          }
        },
      });
      expectSame(run, like, { repeatsMax: 0 });
      expect(run.deadLetters).toEqual(NO_DEAD_LETTERS);
    },
  );

  test.for(FULL ? [30_000, 300_000] : [8_000])("the broker away for %d ms", async (awayMs, context) => {
    const [run, like] = await faultRun(context, {
      linesPerSecond: 8_000,
      async disturb() {
        const kafka = await kafkaFor(context);
        await pause(6_000);
        await kafka.kill();
        await pause(awayMs);
        await kafka.start();
      },
    });
    // What a broker had taken when it died may have been sent again.
    expectSame(run, like, { repeatsMax: 1, ignoresDeliveries: run.writesAgain > 0 });
  });

  test.for(FULL ? INFLUX_SERVERS : [])(
    "InfluxDB $version, which wants a token, away for 10 s",
    async ({ start }, context) => {
      const influx = await start(context, { auth: true });
      const [run, like] = await faultRun(context, {
        linesPerSecond: 6_000,
        influx,
        async disturb() {
          await pause(6_000);
          await influx.kill();
          await pause(10_000);
          await influx.start();
        },
      });
      expectSame(run, like, { repeatsMax: 0 });
      const scopes = Object.keys(run.recorded?.windows ?? {}).map((name) => name.split(" ")[0]);
      expect(new Set(scopes)).toEqual(new Set(["list", "site", "thread"]));
    },
  );

  test("processes that come and go all the time", async (context) => {
    const [run, like] = await faultRun(context, {
      linesPerSecond: FULL ? 480 : 5_000,
      async disturb(site, isFed) {
        const extra = (["ingest", "assembler", "detector"] as const).map((role) => site.add(role));
        while (!isFed()) {
          await pause(5_000);
          for (const service of extra) await site.endAndRestart(service);
        }
      },
    });
    expectSame(run, like, { repeatsMax: 0 });
  });

  test("processes that stand still until others have taken over, and wake up", async (context) => {
    const frozenMs = FULL ? 60_000 : 12_000;
    const [run, like] = await faultRun(context, {
      linesPerSecond: FULL ? 1_500 : 6_000,
      site: { processes: { ingest: 2, assembler: 2, detector: 2, alerter: 2 } },
      async disturb(site) {
        await pause(5_000);
        const frozen = firstOfEach(site);
        for (const { process: one } of frozen) one.signal("SIGSTOP");
        await pause(frozenMs);
        for (const { process: one } of frozen) one.signal("SIGCONT");
      },
    });
    expectSame(run, like, { repeatsMax: 1 });
  });

  test("lines sent twice and out of order", async (context) => {
    const random = seeded(11);
    // Within some seconds of the log's time, as several shippers are apart.
    const lines = storm.lines
      .flatMap((line, at) =>
        random() < 0.02
          ? [
              { line, at },
              { line, at: at + 40 },
            ]
          : [{ line, at }],
      )
      .map(({ line, at }) => ({ line, at: at + random() * 40 }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ line }) => line);
    const [run, like] = await faultRun(context, { linesPerSecond: 8_000, lines });
    expectSame(run, like, { repeatsMax: 0, ignoresDeliveries: true });
  });

  test("a record of nonsense every thousand lines, and others in every topic between the services", async (context) => {
    const lines = storm.lines.flatMap((line, at) =>
      at % 1_000 === 999 ? [NONSENSE[((at / 1_000) % 4) | 0] ?? "", line] : [line],
    );
    const poison = NONSENSE.map((text) => Buffer.from(text, "latin1"));
    const [run, like] = await faultRun(context, { linesPerSecond: 8_000, lines, poison });
    expectSame(run, like, { repeatsMax: 0 });
    expect(run.deadLetters).toEqual({
      "mail-logs": lines.length - storm.lines.length,
      "mail-fragments": poison.length,
      "mail-events": poison.length,
      "thread-windows": poison.length,
      // The alerter and the recorder read them.
      "storm-alerts": 2 * poison.length,
    });
  });
});

test("three brokers, one of them lost", { timeout: TEST_MS }, async (context) => {
  const kafka = await startRealKafka(kafkaPrograms(context), { brokers: 3 });
  try {
    const run = await runStorm(kafka, {
      storm,
      linesPerSecond: 8_000,
      site: { replication: 3 },
      influx: await influxFor(context),
      async disturb() {
        await pause(6_000);
        await kafka.kill(1);
      },
    });
    const like = twin ?? (await runStorm(kafka, { storm, linesPerSecond: 20_000, site: { replication: 3 } })).outcome;
    expectSame(run, like, { repeatsMax: 1, ignoresDeliveries: run.writesAgain > 0 });
  } finally {
    await kafka.stop();
  }
});

const NONSENSE = ['{"message":', "\u0000\u0001\u00ff", "x".repeat(70_000), '{"v":1,"at":"yesterday","recipients":-1}'];

function firstOfEach({ services }: ServiceSite): ServiceProcess[] {
  return services.filter(({ name }) => name.endsWith("-1"));
}
