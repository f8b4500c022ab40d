// Files in, alerts out: reads the inputs side by side, the one furthest behind first, through the pipeline.

import { randomInt } from "node:crypto";
import type { StormListener } from "../../../shared/domain/storm-account.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import type { DetectorState, DetectorSurvey } from "../../detector/detector.ts";
import { detectorSurvey, tellHeldStorms } from "../../detector/detector.ts";
import type { Changes } from "../../detector/tracked.ts";
import type { AssemblerCounters } from "../../assembler/assembler-settings.ts";
import { defaultAssemblerSettings } from "../../assembler/assembler-settings.ts";
import type { FormatName } from "../../ingest/formats.ts";
import { HostTable } from "../../ingest/host-table.ts";
import type { IngestCounters } from "../../ingest/ingest.ts";
import { Ingest } from "../../ingest/ingest.ts";
import { FragmentTable } from "../../ingest/combine.ts";
import { zoneToUtc } from "../../ingest/time-zone.ts";
import type { InputError } from "../../../shared/adapters/files/file-error.ts";
import type { WrongClock } from "../pipeline/set-aside.ts";
import { ReplayPipeline } from "../pipeline/replay-pipeline.ts";
import type { SquallConfig } from "../squall-defaults.ts";
import type { RejectedLine } from "./dead-letter.ts";
import type { ReplayInput } from "./inputs.ts";
import type { ReplayProgress, SideBySideOptions } from "./side-by-side.ts";
import { SideBySide } from "./side-by-side.ts";

/** Chunks after which the event loop turns: signals are heard and pipes filled, some ten times a second. */
const TURN_CHUNKS = 16;

export interface ReplayOptions {
  readonly inputs: readonly ReplayInput[];
  readonly format: FormatName | "auto";
  readonly config: SquallConfig;
  /** Hears the whole of every storm, those that the log ends in too. */
  readonly listener?: StormListener;
  readonly onAlert: (alert: StormAlert) => void;
  readonly onWindow: (window: ThreadWindow) => void;
  readonly onRejected: (rejected: RejectedLine) => void;
  /** Called after every chunk. */
  readonly onProgress: (progress: ReplayProgress) => void;
  /** Our own clock, ms since the epoch: it bears out the stamps of a log that is followed. */
  readonly nowMs: () => number;
  /** What is known before the first line, and what account is kept of what changes. */
  readonly before?: { readonly changes: () => Changes; readonly restore: (detector: DetectorState) => Promise<void> };
  /** Ends the replay early; what was read so far counts. */
  readonly signal: AbortSignal;
}

export interface ReplayResult {
  readonly counters: IngestCounters;
  readonly assembler: AssemblerCounters;
  readonly survey: DetectorSurvey;
  /** Bytes taken from disks and pipes, before inflating. */
  readonly bytesRead: number;
  /** Event time of the first and last line, ms; undefined when there was none. */
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly wrongClocks: readonly WrongClock[];
  /** Inputs that could not be read to their end. */
  readonly failures: readonly InputError[];
}

/** Runs a replay to the end of its inputs. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { config, inputs } = options;
  const { before, listener } = options;
  const pipeline = new ReplayPipeline({
    site: config.site,
    ...(before === undefined ? {} : { changes: before.changes }),
    ...(listener === undefined ? {} : { listener }),
    assembler: defaultAssemblerSettings,
    detector: config.detector,
    people: { name: (address) => address, allowSubject: config.detector.allowSubject },
    onAlert: options.onAlert,
    onWindow: options.onWindow,
  });
  await before?.restore(pipeline.stages.detector);
  const reading = new SideBySide({ inputs, nowMs: options.nowMs, ...readers(options, pipeline.stages.table) });
  for (let chunks = 1; !options.signal.aborted && (await reading.readChunk()); chunks += 1) {
    pipeline.advance(reading.reached() - config.detector.allowedLatenessMs, reading.latest());
    options.onProgress(reading.progress());
    if (chunks % TURN_CHUNKS === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  // Where it was ended early, too, this is all there is to judge clocks by.
  reading.endTime();
  const untilMs = reading.latest();
  pipeline.finish(untilMs);
  if (listener !== undefined) tellHeldStorms(pipeline.stages.detector);
  await reading.close();
  const { counters, streamTimes, failures } = reading;
  return {
    counters: sumCounters(counters),
    assembler: pipeline.stages.assembler.counters,
    survey: detectorSurvey(pipeline.stages.detector),
    bytesRead: reading.progress().bytesRead,
    from: finite(streamTimes.reduce((least, { earliest }) => Math.min(least, earliest), Number.POSITIVE_INFINITY)),
    until: finite(untilMs),
    wrongClocks: pipeline.wrongClocks,
    failures,
  };
}

/** How the lines of an input are read into the table, and how its first stamp is found without telling anybody. */
function readers(
  { config, format, onRejected }: ReplayOptions,
  table: FragmentTable,
): Pick<SideBySideOptions, "createIngest" | "firstEventTime"> {
  const hashSeed = randomInt(2 ** 31);
  const toUtc = zoneToUtc(config.timezone);
  const listServers = new Set(config.ingest.listServers);
  const newHosts = (): HostTable => new HostTable({ hostsMax: config.ingest.hostsMax, hashSeed });
  const hosts = newHosts();
  const settings = {
    site: config.site,
    format,
    lineBytesMax: config.ingest.lineBytesMax,
    toUtc,
    hashSeed,
    listServers,
  };
  const { allowedLatenessMs } = config.detector;
  return {
    createIngest: ({ name, year }) =>
      new Ingest({
        ...settings,
        year,
        allowedLatenessMs,
        table,
        hosts,
        onEvent: (event) => {
          table.addEvent(event);
        },
        onRejected: (reason, bytes, line) => {
          onRejected({ reason, input: name, line, bytes });
        },
      }),
    firstEventTime({ year }, head) {
      const aside = { table: new FragmentTable(), hosts: newHosts() };
      const nobody = { onEvent: () => undefined, onRejected: () => undefined };
      const ingest = new Ingest({ ...settings, year, allowedLatenessMs, ...aside, ...nobody });
      ingest.feed(head);
      // The lowest, whatever is to be believed: a file opened too early waits, one opened too late is lost.
      const { lowest } = ingest.streamTime;
      return Number.isFinite(lowest) ? lowest : Number.NEGATIVE_INFINITY;
    },
  };
}

function sumCounters(all: readonly IngestCounters[]): IngestCounters {
  const sum: IngestCounters = { lines: 0, used: 0, other: 0, rejected: new Map() };
  for (const counters of all) {
    sum.lines += counters.lines;
    sum.used += counters.used;
    sum.other += counters.other;
    for (const [reason, count] of counters.rejected) sum.rejected.set(reason, (sum.rejected.get(reason) ?? 0) + count);
  }
  return sum;
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
