// Logs of one kind in three sizes -> what a line costs each program, as rows of a table.

import { join } from "node:path";
import { findRealPart } from "../support/real-part.ts";
import { logFile, type LogFile } from "./log-files.ts";
import type { MailLogSettings } from "./mail-log.ts";
import { medianSeconds, peakMiB, seconds, table } from "./markdown.ts";
import { measure, type Run } from "./measure.ts";

export interface Tool {
  readonly name: string;
  readonly command: readonly string[];
  /** Where its output goes; see `measure`. */
  readonly output?: "ignore";
}

const GREP: Tool = { name: "grep -c", command: ["grep", "-c", "status=sent"] };
const GREP_EXCHANGE: Tool = { name: "grep -c", command: ["grep", "-c", ",DELIVER,"] };
export const SQUALL: Tool = {
  name: "squall replay",
  command: [process.execPath, join(import.meta.dirname, "../../services/squall/squall.js"), "replay"],
};
const TOOLS: readonly Tool[] = [GREP, SQUALL];

function runOn(file: LogFile, tool: Tool): Run {
  return measure([...tool.command, file.path], tool.output);
}

/** Runs every tool on every file, by turns, and returns the runs by tool, then by file. */
export function runByTurns(files: readonly LogFile[], repetitions: number, tools: readonly Tool[] = TOOLS): Run[][][] {
  const runs = tools.map(() => files.map((): Run[] => []));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const [size, file] of files.entries()) {
      for (const [which, tool] of tools.entries()) runs[which]?.[size]?.push(runOn(file, tool));
    }
  }
  return runs;
}

/** Time against number of lines, for files of one kind in three sizes. */
export function slopes(name: string, settings: MailLogSettings, repetitions: number): string {
  const files = [16, 4, 1].map((part) => logFile(name, { ...settings, lines: Math.round(settings.lines / part) }));
  const isPostfix = settings.system !== "exchange";
  const tools = isPostfix ? TOOLS : [GREP_EXCHANGE, SQUALL];
  const runs = runByTurns(files, repetitions, tools);
  const costs = runs.map((bySize) => [0, 1].map((from) => nanosecondsALine(files, bySize, from)));
  const rows = tools.map((tool, which) => {
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
  const peer = isPostfix ? pflogsummRow(files, runs[0] ?? []) : [];
  return table([[...header, ...columns, "peak MiB"], ...rows, ...peer]);
}

/** Between a file and the next larger one. */
export function nanosecondsALine(files: readonly LogFile[], bySize: readonly (readonly Run[])[], from: number): number {
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
