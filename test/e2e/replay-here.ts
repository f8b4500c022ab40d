// replayCommand run in this process, against a terminal that keeps what it is told.

import type { ReplayFlags } from "../../services/squall/commands/replay-command.ts";
import { replayCommand } from "../../services/squall/commands/replay-command.ts";
import { reportFiles } from "../../services/squall/option-values.ts";
import type { ReportFile } from "../../services/squall/replay/report-kind.ts";
import type { Terminal } from "../../services/squall/terminal.ts";

/** The wall clock of these runs: some days after what the simulator writes, so that stamps without a year are of 2016. */
const NOW_AT = Date.UTC(2016, 10, 20);

export interface Heard {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface KeptTerminal extends Terminal {
  readonly heard: () => { readonly out: string; readonly err: string };
}

/** A terminal without colours, 100 columns wide, that keeps what is written; `over` replaces what a test needs otherwise. */
export function keptTerminal(over: Partial<Terminal> = {}): KeptTerminal {
  const out: string[] = [];
  const err: string[] = [];
  return {
    onOutputGone: () => undefined,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    errIsTerminal: false,
    outIsTerminal: false,
    color: false,
    width: 100,
    env: {},
    nowMs: () => NOW_AT,
    signal: new AbortController().signal,
    ...over,
    heard: () => ({ out: out.join(""), err: err.join("") }),
  };
}

/** As on the command line. */
export interface FlagsHere extends Partial<Omit<ReplayFlags, "report">> {
  readonly report?: readonly string[];
}

/** Runs `squall replay` on the paths; all alerts as NDJSON unless the flags say otherwise. */
export async function replayHere(paths: readonly string[], { report, ...flags }: FlagsHere = {}): Promise<Heard> {
  const terminal = keptTerminal();
  const files = report?.reduce<readonly ReportFile[]>((before, path) => reportFiles(path, before), []);
  const code = await replayCommand(
    paths,
    {
      format: "auto",
      output: "ndjson",
      minSeverity: "watch",
      ...flags,
      ...(files === undefined ? {} : { report: files }),
    },
    terminal,
  );
  return { code, ...terminal.heard() };
}
