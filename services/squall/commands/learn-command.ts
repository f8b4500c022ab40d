// `squall learn`: old logs -> what standalone knows of lists from its first line on: who writes to them, how many read them. Tells nobody.

import { wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import type { StateEntry } from "../../../shared/runtime/state-log.ts";
import type { DetectorState } from "../../detector/detector.ts";
import { detectorTotals } from "../../detector/detector-totals.ts";
import { DetectorEntries } from "../../detector/state/detector-entries.ts";
import { SiteChanges } from "../../detector/state/site-changes.ts";
import type { FormatName } from "../../ingest/formats.ts";
import { loadStandaloneConfiguration } from "../configuration.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";
import { openInputs } from "../replay/inputs.ts";
import { createProgressLine } from "../replay/progress.ts";
import type { ReplayResult } from "../replay/replay.ts";
import { replay } from "../replay/replay.ts";
import type { StandaloneFlags } from "../standalone-flags.ts";
import { isDetectorKey } from "../standalone/kept-state.ts";
import { whatCannotBeUsed } from "../standalone/start-faults.ts";
import type { StandaloneConfig } from "../standalone/standalone-settings.ts";
import type { StateDirectory } from "../state-directory.ts";
import { openStateDirectory } from "../state-directory.ts";
import type { Terminal } from "../terminal.ts";

export interface LearnFlags extends Pick<StandaloneFlags, "config" | "state" | "site" | "timezone"> {
  readonly format: FormatName | "auto";
  readonly year?: number;
}

/** Another that holds the state directory for a moment is waited for. */
const HELD_MS = 10_000;
/** One flush of what was learned: larger ones would be held in memory whole. */
const FLUSH_BYTES = 4 * 1024 * 1024;

/** Throws ConfigError and InputError. */
export async function learnCommand(
  paths: readonly string[],
  { format, year, ...flags }: LearnFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = await loadStandaloneConfiguration([], flags, terminal.env);
  let directory: StateDirectory | undefined;
  try {
    directory = await openStateDirectory(config.state, { title: "squall learn", isBrief: false, waitMs: HELD_MS });
    return await learn(paths, { config, format, year, terminal, directory });
  } catch (error) {
    const words = whatCannotBeUsed(error, config.state);
    if (words === undefined) throw error;
    terminal.err(`squall: ${words}\n`);
    return EXIT.failed;
  } finally {
    await directory?.close();
  }
}

interface LearnOptions {
  readonly config: StandaloneConfig;
  readonly format: FormatName | "auto";
  readonly year: number | undefined;
  readonly terminal: Terminal;
  readonly directory: StateDirectory;
}

async function learn(paths: readonly string[], options: LearnOptions): Promise<ExitCode> {
  const { config, format, year, terminal, directory } = options;
  const { signal, nowMs } = terminal;
  const { inputs, duplicates } = await openInputs({ paths, year, nowMs: nowMs(), signal });
  for (const { name, sameAs } of duplicates) terminal.err(`squall: ${name} is the same file as ${sameAs}: read once\n`);
  const progress = createProgressLine({ terminal, timeZone: config.timezone, storms: () => 0 });
  let kept: { readonly state: DetectorState; readonly entries: DetectorEntries } | undefined;
  const result = await replay({
    inputs,
    format,
    config,
    signal,
    nowMs,
    before: {
      changes: () => new SiteChanges("learned"),
      restore: async (state) => {
        const entries = new DetectorEntries(state);
        await directory.log.read((key, value) => {
          if (isDetectorKey(key)) entries.restore(key, value);
        });
        entries.restored();
        kept = { state, entries };
      },
    },
    onAlert: () => undefined,
    onWindow: () => undefined,
    onRejected: () => undefined,
    onProgress: progress.update,
  });
  progress.clear();
  for (const failure of result.failures) terminal.err(`squall: ${failure.message}\n`);
  // What was read in part would pass for all there was.
  if (signal.aborted) {
    terminal.err("squall: interrupted: nothing was learned\n");
    return EXIT.interrupted;
  }
  if (kept !== undefined) {
    await write(kept.entries, directory);
    terminal.out(learnedText(kept.state, result, config.state));
  }
  return result.failures.length > 0 ? EXIT.failed : EXIT.done;
}

/** A kill in the middle leaves some lists learned and others not: learning again adds what is missing. */
async function write(entries: DetectorEntries, { log }: StateDirectory): Promise<void> {
  let flush: StateEntry[] = [];
  let bytes = 0;
  const flushes: StateEntry[][] = [];
  entries.changes((key, value) => {
    flush.push({ key, value: value === undefined ? undefined : Buffer.from(value) });
    bytes += key.length + (value?.length ?? 0);
    if (bytes < FLUSH_BYTES) return;
    flushes.push(flush);
    flush = [];
    bytes = 0;
  });
  for (const one of [...flushes, flush]) if (one.length > 0) await log.append(one);
}

function learnedText(state: DetectorState, { counters }: ReplayResult, folder: string): string {
  const { lists, listPersons } = detectorTotals(state).held;
  const read = `${wholeNumber(counters.lines)} lines read, ${wholeNumber(counters.used)} of them of mail`;
  const listsKnown = lists === 1 ? "1 list" : `${wholeNumber(lists)} lists`;
  const known = `${listsKnown} and ${wholeNumber(listPersons)} writers of theirs are known now`;
  return `${read}: ${known}, in ${folder}. Nobody was told of anything.\n`;
}
