// `npm run bench:services [-- --scale 0.1 --partitions 6 --only "short mails, 500" --flush-every 100ms --profile FOLDER]`: lines of a backlog a second through all services on a real
// Kafka on this machine, beside `kcat -C` reading the same topic in the same run; one against two processes of ingest and assembler.
// Prints Markdown. The time of a run is from ingest having its partitions to the last minute's windows being final.

import { cpus } from "node:os";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { logOn } from "../../support/kafka-logs.ts";
import type { RealKafka } from "../../support/real-kafka.ts";
import { table } from "../markdown.ts";
import { fillBacklog, type Backlog } from "./backlog.ts";
import { startBenchKafka } from "./bench-kafka.ts";
import { runChain, type ChainRun } from "./chain-run.ts";
import { runDetectors } from "./detector-run.ts";
import { deliveries, shortMails, type Kind } from "./kinds.ts";
import { kcatSeconds } from "./peer.ts";
import { loadAverage } from "../process-usage.ts";

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    partitions: { type: "string", default: "6" },
    only: { type: "string" },
    "flush-every": { type: "string", default: "100ms" },
    profile: { type: "string" },
  },
});
const SCALE = Number(values.scale);
const PARTITIONS = Number(values.partitions);
const SMALLER = 4;
const LINES_PER_RECORD = [1, 500] as const;
const KINDS: readonly Kind[] = [deliveries(2_000_000 * SCALE), shortMails(1_000_000 * SCALE)];
const DETECTOR_EVENTS = 1_000_000 * SCALE;

interface Measured {
  readonly label: string;
  readonly run: ChainRun;
  readonly kcat: number;
  /** Lines a second between a quarter of the log and all of it; undefined where there was no smaller run. */
  readonly slope: number | undefined;
}

const isWanted = (name: string): boolean => values.only === undefined || name.includes(values.only);
const kafka = await startBenchKafka();
const log = logOn(kafka);
const measured: Measured[] = [];
process.stdout.write(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Kafka 4.3 on them; ` +
    `${PARTITIONS} partitions; load average ${loadAverage()} at the start.\n`,
);
try {
  for (const kind of KINDS) for (const linesPerRecord of LINES_PER_RECORD) await measureKind(kind, linesPerRecord);
  if (measured.length > 0) process.stdout.write(`\n${summary(measured)}\n${usage(measured)}`);
  if (isWanted("detectors")) process.stdout.write(`\n${await detectorTable(kafka)}`);
} finally {
  await log.close();
  await kafka.stop();
}

async function measureKind({ name, settings }: Kind, linesPerRecord: number): Promise<void> {
  const label = `${name}, ${linesPerRecord} a record`;
  if (!isWanted(label)) return;
  const fill = (lines: number, suffix: string): Promise<Backlog> =>
    fillBacklog(kafka, log, {
      topic: `${name.replaceAll(/\W+/g, "-")}-${linesPerRecord}-${suffix}`,
      partitions: PARTITIONS,
      settings: { ...settings, lines },
      linesPerRecord,
    });
  const small = await fill(settings.lines / SMALLER, "small");
  const large = await fill(settings.lines, "large");
  const kcat = Math.min(kcatSeconds(kafka, large.topic), kcatSeconds(kafka, large.topic));
  const profileTo = values.profile;
  const flushEvery = values["flush-every"];
  const one = { ingest: 1, assembler: 1, detector: 1, alerter: 1 };
  const first = await runChain(kafka, { backlog: small, processes: one, flushEvery });
  const whole = await runChain(kafka, { backlog: large, processes: one, flushEvery, profileTo });
  const slope = (whole.lines - first.lines) / (whole.seconds - first.seconds);
  measured.push({ label: `${label}; one of each`, run: whole, kcat, slope });
  const two = await runChain(kafka, { backlog: large, processes: { ...one, ingest: 2, assembler: 2 }, flushEvery });
  measured.push({ label: `${label}; two of ingest and assembler`, run: two, kcat, slope: undefined });
  if (!tellsTheSame(two, whole)) {
    throw new Error(`other storms with two: ${JSON.stringify([whole.storms, two.storms])}`);
  }
}

/** How often a storm was opened, by list. */
function openings({ storms }: ChainRun): Record<string, number> {
  return Object.fromEntries(Object.entries(storms).map(([list, { opened }]) => [list, opened]));
}

/** Opened as often, and at as many reply-alls, or one more or less: what comes through several partitions may change places. */
function tellsTheSame(one: ChainRun, other: ChainRun): boolean {
  const isNear = ([list, { at }]: [string, { readonly at: number }]): boolean =>
    Math.abs(at - (other.storms[list]?.at ?? Number.NaN)) <= 1;
  return isDeepStrictEqual(openings(one), openings(other)) && Object.entries(one.storms).every(isNear);
}

function summary(rows: readonly Measured[]): string {
  const head = [
    "log",
    "M lines",
    "s",
    "lines/s",
    "lines/s from a quarter on",
    "kcat -C, s",
    "x kcat",
    "storms",
    "dead letters",
    "load",
  ];
  return table([
    head,
    ...rows.map(({ label, run, kcat, slope }) => [
      label,
      (run.lines / 1e6).toFixed(2),
      run.seconds.toFixed(1),
      rounded(run.lines / run.seconds),
      slope === undefined ? "" : rounded(slope),
      kcat.toFixed(2),
      (run.seconds / kcat).toFixed(1),
      Object.values(openings(run))
        .reduce((sum, opened) => sum + opened, 0)
        .toFixed(0),
      String(run.deadLetters),
      run.load,
    ]),
  ]);
}

function usage(rows: readonly Measured[]): string {
  return table([
    ["log", "process", "processor, s", "µs a line", "peak MiB"],
    ...rows.flatMap(({ label, run }) =>
      run.usage.map((one) => [
        label,
        one.name,
        one.processorSeconds.toFixed(1),
        ((one.processorSeconds / run.lines) * 1e6).toFixed(2),
        one.peakMiB.toFixed(0),
      ]),
    ),
  ]);
}

async function detectorTable(on: RealKafka): Promise<string> {
  const rows: string[][] = [
    ["detectors", "events of two sites", "s", "events/s", "processor, s", "peak MiB", "storms", "load"],
  ];
  const told: Record<string, string[]>[] = [];
  for (const detectors of [1, 2]) {
    const run = await runDetectors(on, { events: DETECTOR_EVENTS, partitions: PARTITIONS, detectors });
    told.push(run.opened);
    rows.push([
      String(detectors),
      rounded(run.events),
      run.seconds.toFixed(1),
      rounded(run.events / run.seconds),
      run.usage.map((one) => one.processorSeconds.toFixed(1)).join(" and "),
      run.usage.map((one) => one.peakMiB.toFixed(0)).join(" and "),
      String(Object.keys(run.opened).length),
      run.load,
    ]);
  }
  if (!isDeepStrictEqual(told[0], told[1])) throw new Error(`other storms with two: ${JSON.stringify(told)}`);
  return table(rows);
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString("en");
}
