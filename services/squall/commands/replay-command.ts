// `squall replay`: options and files -> alerts on standard output, progress and summary on standard error, an exit code.

import { statSync } from "node:fs";
import { InputError } from "../../../shared/adapters/files/file-error.ts";
import { openLineFile } from "../../../shared/adapters/files/line-file.ts";
import type { AdviceSystem, Severity, StormAlert } from "../../../shared/domain/storm-alert.ts";
import { encodeThreadWindow } from "../../../shared/domain/thread-window-codec.ts";
import type { FormatName } from "../../ingest/formats.ts";
import { alertOutput } from "../alert-output.ts";
import { loadConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { deadLetter } from "../replay/dead-letter.ts";
import { openInputs } from "../replay/inputs.ts";
import { createProgressLine } from "../replay/progress.ts";
import type { ReplayResult } from "../replay/replay.ts";
import { replay } from "../replay/replay.ts";
import { ReportFiles } from "../replay/report-files.ts";
import type { ReportFile } from "../replay/report-kind.ts";
import { summaryText } from "../replay/summary.ts";
import type { SquallConfig } from "../squall-defaults.ts";
import type { Terminal } from "../terminal.ts";

export interface ReplayFlags {
  readonly format: FormatName | "auto";
  readonly output: "text" | "ndjson";
  readonly minSeverity: Severity;
  readonly advice?: readonly AdviceSystem[];
  readonly config?: string;
  readonly site?: string;
  readonly year?: number;
  readonly timezone?: string;
  readonly windows?: string;
  readonly deadLetter?: string;
  /** Files of the incident report. */
  readonly report?: readonly ReportFile[];
  readonly reportWithoutPeople?: boolean;
  readonly failOnStorm?: boolean;
  readonly quiet?: boolean;
}

export async function replayCommand(
  paths: readonly string[],
  flags: ReplayFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = await loadConfiguration({ ...flags, emitWindows: flags.windows !== undefined }, terminal.env);
  const startedAt = terminal.nowMs();
  refuseToOverwrite(paths, [flags.windows, flags.deadLetter, ...(flags.report ?? []).map(({ path }) => path)]);
  const { inputs, duplicates } = await openInputs({
    paths,
    year: flags.year,
    nowMs: startedAt,
    signal: terminal.signal,
  });
  for (const { name, sameAs } of duplicates) terminal.err(`squall: ${name} is the same file as ${sameAs}: read once\n`);
  const output = createOutput(flags, terminal, config);
  const progress = createProgressLine({ terminal, timeZone: config.timezone, storms: () => output.storms() });
  const windows = flags.windows === undefined ? undefined : openLineFile(flags.windows);
  const deadLetters = flags.deadLetter === undefined ? undefined : openLineFile(flags.deadLetter);
  const report = createReport(flags, config);
  const result = await replay({
    inputs,
    format: flags.format,
    config,
    signal: terminal.signal,
    nowMs: terminal.nowMs,
    ...(report === undefined ? {} : { listener: report.book }),
    onAlert: (alert) => {
      report?.book.alert(alert);
      progress.clear();
      output.alert(alert);
    },
    onWindow: (window) => windows?.write(encodeThreadWindow(window)),
    onRejected: (rejected) => {
      if (deadLetters !== undefined) deadLetters.write(deadLetter(rejected));
    },
    onProgress: flags.quiet === true ? () => undefined : progress.update,
  });
  progress.clear();
  windows?.close();
  deadLetters?.close();
  for (const failure of result.failures) terminal.err(`squall: ${failure.message}\n`);
  if (flags.quiet !== true) {
    const elapsedMs = terminal.nowMs() - startedAt;
    const { format } = flags;
    terminal.err(summaryText(result, { timeZone: config.timezone, elapsedMs, format, hidden: output.hidden() }));
  }
  // Silence would look like an all-clear.
  if (flags.quiet === true && result.counters.used === 0) {
    const choice = flags.format === "auto" ? "" : ` (--format ${flags.format} may be why)`;
    terminal.err(`squall: ${NOTHING_RECOGNISED}${choice}\n`);
  }
  const say = (line: string): void => {
    if (flags.quiet !== true) terminal.err(`${line}\n`);
  };
  report?.write(result, { isInterrupted: terminal.signal.aborted, say });
  return exitCode(result, flags, terminal);
}

function createReport(flags: ReplayFlags, { timezone }: SquallConfig): ReportFiles | undefined {
  const { report, reportWithoutPeople = false } = flags;
  if (report === undefined) return undefined;
  return new ReportFiles(report, { timeZone: timezone, withPeople: !reportWithoutPeople });
}

const NOTHING_RECOGNISED = "no line of a mail log that squall knows was found";

/** Opening an output empties it: one that is also an input would be lost. */
function refuseToOverwrite(inputs: readonly string[], outputs: readonly (string | undefined)[]): void {
  for (const output of outputs) {
    const there = output === undefined ? undefined : fileAt(output);
    if (output === undefined || there === undefined) continue;
    if (inputs.some((input) => fileAt(input) === there)) {
      throw new InputError(`${output}: is one of the inputs; it would be overwritten`);
    }
  }
}

/** What tells a regular file from all others; undefined when there is none. */
function fileAt(path: string): string | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() ? `${stat.dev} ${stat.ino}` : undefined;
  } catch {
    return undefined;
  }
}

function exitCode(result: ReplayResult, flags: ReplayFlags, terminal: Terminal): ExitCode {
  if (terminal.signal.aborted) return EXIT.interrupted;
  if (result.failures.length > 0) return EXIT.failed;
  return flags.failOnStorm === true && result.survey.storms.opened > 0 ? EXIT.storm : EXIT.done;
}

interface AlertOutput {
  readonly alert: (alert: StormAlert) => void;
  readonly storms: () => number;
  readonly hidden: () => number;
}

/** Writes alerts, and counts storms and what was below the severity. */
function createOutput(flags: ReplayFlags, terminal: Terminal, config: SquallConfig): AlertOutput {
  const write = alertOutput({ ...config, output: flags.output, minSeverity: flags.minSeverity }, terminal);
  let storms = 0;
  let hidden = 0;
  return {
    alert(alert) {
      if (alert.type === "storm.opened") storms += 1;
      if (!write(alert)) hidden += 1;
    },
    storms: () => storms,
    hidden: () => hidden,
  };
}
