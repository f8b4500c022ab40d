// What a command may know of the world it runs in: streams, terminal, clock, environment. Made once, in main.ts.

import type { ExitCode } from "./exit-codes.ts";

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard error is a terminal that a line may be rewritten on. */
  readonly errIsTerminal: boolean;
  readonly outIsTerminal: boolean;
  /** ANSI colours are wanted on standard output. */
  readonly color: boolean;
  /** Columns of standard output. */
  readonly width: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Wall clock, ms since the epoch. */
  readonly nowMs: () => number;
  /** What is to be done when nobody reads standard output any more, in place of ending; called once. */
  readonly onOutputGone: (act: () => void) => void;
  /** Aborted on SIGINT and SIGTERM; the reason is the name of the signal. */
  readonly signal: AbortSignal;
}

/** Runs what a command line asks for, with the terminal of this process. */
export type Run = (run: (terminal: Terminal) => Promise<ExitCode>) => Promise<void>;
