// How far a replay has come -> one rewritten line on a terminal, a plain line now and then elsewhere.

import type { Terminal } from "../terminal.ts";
import { roughSpan, wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import { byteCount, clockOf } from "../words.ts";
import type { ReplayProgress } from "./side-by-side.ts";

const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 10_000;

export interface ProgressLine {
  readonly update: (progress: ReplayProgress) => void;
  /** Takes the line off the terminal, for other output. */
  readonly clear: () => void;
}

interface ProgressFacts {
  readonly elapsedMs: number;
  readonly storms: number;
  readonly timeZone: string;
}

/** One line without a line break: share, amount, rate, event time, time left, storms. */
function progressText(progress: ReplayProgress, { elapsedMs, storms, timeZone }: ProgressFacts): string {
  const { bytesRead, bytesTotal, lines, eventTimeMs } = progress;
  const parts: string[] = [];
  if (bytesTotal === undefined || bytesTotal === 0) parts.push(byteCount(bytesRead));
  else
    parts.push(
      `${Math.floor((100 * bytesRead) / bytesTotal)} %`,
      `${byteCount(bytesRead)} of ${byteCount(bytesTotal)}`,
    );
  const seconds = elapsedMs / 1000;
  if (seconds > 0) parts.push(`${wholeNumber(lines / seconds)} lines/s`);
  if (eventTimeMs !== undefined) parts.push(`log time ${clockOf(eventTimeMs, timeZone)}`);
  if (bytesTotal !== undefined && bytesRead > 0 && bytesRead < bytesTotal) {
    parts.push(`${roughSpan((elapsedMs * (bytesTotal - bytesRead)) / bytesRead)} left`);
  }
  if (storms > 0) parts.push(storms === 1 ? "1 storm" : `${storms} storms`);
  return parts.join("  ");
}

export function createProgressLine(options: {
  readonly terminal: Terminal;
  readonly timeZone: string;
  readonly storms: () => number;
}): ProgressLine {
  const { terminal, timeZone, storms } = options;
  const startedAt = terminal.nowMs();
  const everyMs = terminal.errIsTerminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
  let shownAt = startedAt;
  let onScreen = false;
  const clear = (): void => {
    if (onScreen) terminal.err("\r\u001b[K");
    onScreen = false;
  };
  return {
    update(progress) {
      const now = terminal.nowMs();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      const text = progressText(progress, { elapsedMs: now - startedAt, storms: storms(), timeZone });
      if (!terminal.errIsTerminal) {
        terminal.err(`${text}\n`);
        return;
      }
      terminal.err(`\r\u001b[K${text.slice(0, terminal.width - 1)}`);
      onScreen = true;
    },
    clear,
  };
}
