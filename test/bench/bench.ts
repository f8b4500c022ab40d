// `npm run bench [-- --scale 0.1 --repetitions 3]`: what a log line costs `squall replay`, beside `grep -c` and pflogsumm on the
// same files in the same run. Prints Markdown. One core; times are medians (min-max); the cost of a line is the slope between
// two files, so that no program's start counts: between the first two (the engine still compiles), and between the last two.

import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { findRealPart } from "../support/real-part.ts";
import { logFile, type LogFile } from "./log-files.ts";
import type { MailLogSettings } from "./mail-log.ts";
import { medianSeconds, peakMiB, seconds, table } from "./markdown.ts";
import { measure, type Run } from "./measure.ts";

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    repetitions: { type: "string", default: "5" },
  },
});
const SCALE = Number(values.scale);
const REPETITIONS = Number(values.repetitions);

interface Tool {
  readonly name: string;
  readonly command: readonly string[];
}

const GREP: Tool = { name: "grep -c", command: ["grep", "-c", "status=sent"] };
const SQUALL: Tool = {
  name: "squall replay",
  command: [process.execPath, join(import.meta.dirname, "../../services/squall/squall.js"), "replay"],
};
const TOOLS: readonly Tool[] = [GREP, SQUALL];

const DELIVERIES: MailLogSettings = {
  lines: 8_800_000 * SCALE,
  recipients: () => 25_000,
  live: 4,
  headerLines: true,
  toList: true,
  linesPerSecond: 2000,
};

const SHORT_MAILS: MailLogSettings = {
  lines: 6_800_000 * SCALE,
  recipients: (mail) => 1 + (mail % 3),
  live: 16,
  headerLines: false,
  toList: false,
  linesPerSecond: 100,
};

function runOn(file: LogFile, tool: Tool): Run {
  return measure([...tool.command, file.path]);
}

/** Runs every tool on every file, by turns, and returns the runs by tool, then by file. */
function runByTurns(files: readonly LogFile[]): Run[][][] {
  const runs = TOOLS.map(() => files.map((): Run[] => []));
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    for (const [size, file] of files.entries()) {
      for (const [which, tool] of TOOLS.entries()) runs[which]?.[size]?.push(runOn(file, tool));
    }
  }
  return runs;
}

/** Time against number of lines, for files of one kind in three sizes. */
function slopes(name: string, settings: MailLogSettings): string {
  const files = [16, 4, 1].map((part) => logFile(name, { ...settings, lines: Math.round(settings.lines / part) }));
  const runs = runByTurns(files);
  const costs = runs.map((bySize) => [0, 1].map((from) => nanosecondsALine(files, bySize, from)));
  const rows = TOOLS.map((tool, which) => {
    const bySize = runs[which] ?? [];
    const columns = [0, 1].flatMap((from) => {
      const cost = costs[which]?.[from] ?? 0;
      return [cost.toFixed(0), (cost / (costs[0]?.[from] ?? 0)).toFixed(1)];
    });
    return [tool.name, ...bySize.map(seconds), ...columns, peakMiB(bySize.flat())];
  });
  const [small, middle, large] = files.map(({ lines }) => `${(lines / 1e6).toFixed(2)} M`);
  const header = ["program", ...[small, middle, large].map((lines) => `${lines} lines, s`)];
  const columns = [small, middle].flatMap((lines) => [`ns a line from ${lines} on`, "x grep"]);
  return table([[...header, ...columns, "peak MiB"], ...rows, ...pflogsummRow(files, runs[0] ?? [])]);
}

/** Between a file and the next larger one. */
function nanosecondsALine(files: readonly LogFile[], bySize: readonly (readonly Run[])[], from: number): number {
  const lines = (files[from + 1]?.lines ?? 0) - (files[from]?.lines ?? 0);
  return ((medianSeconds(bySize[from + 1]) - medianSeconds(bySize[from])) / lines) * 1e9;
}

/** pflogsumm is slow: once, on the smallest file; its time over the lines and over grep's time there. */
function pflogsummRow(files: readonly LogFile[], grep: readonly (readonly Run[])[]): string[][] {
  const [smallest] = files;
  const program = findRealPart("pflogsumm");
  if (smallest === undefined || program === undefined) return [];
  const runs = [runOn(smallest, { name: "pflogsumm", command: [program] })];
  const cost = (medianSeconds(runs) / smallest.lines) * 1e9;
  const ratio = (medianSeconds(runs) / medianSeconds(grep[0])).toFixed(1);
  return [["pflogsumm", seconds(runs), "", "", cost.toFixed(0), ratio, "", "", peakMiB(runs)]];
}

/** The same number of delivery lines, for lists of three sizes. */
function audienceGrowth(): string {
  const rows = [2500, 25_000, 250_000].map((audience) => {
    const settings = { ...DELIVERIES, lines: Math.round(DELIVERIES.lines / 8), recipients: () => audience };
    const [grep = [], squall = []] = runByTurns([logFile(`audience-${audience}`, settings)]).map((bySize) =>
      bySize.flat(),
    );
    const ratio = (medianSeconds(squall) / medianSeconds(grep)).toFixed(1);
    return [audience.toLocaleString("en"), seconds(grep), seconds(squall), ratio, peakMiB(squall)];
  });
  return table([["audience", "grep -c, s", "squall replay, s", "x grep, start included", "peak MiB"], ...rows]);
}

console.log(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown CPU"}, one core, ${REPETITIONS} repetitions.`,
);
console.log(`\nDelivery-heavy: a storm on a list of 25,000\n\n${slopes("deliveries", DELIVERIES)}`);
console.log(`Short mails, 1-3 recipients, no header lines\n\n${slopes("short", SHORT_MAILS)}`);
console.log(`Short mails, header lines logged\n\n${slopes("short-headers", { ...SHORT_MAILS, headerLines: true })}`);
console.log(
  `Short mails, 20,000 of them mixed line by line\n\n${slopes("short-mixed", { ...SHORT_MAILS, live: 20_000, linesPerSecond: 1000 })}`,
);
console.log(`Growth: the same number of lines, other audiences\n\n${audienceGrowth()}`);
