// One thing that was looked at: how it stands, and how to mend it.

import { printableText } from "../../../shared/domain/printable-text.ts";
import { counted } from "../../../shared/domain/storm-alert-words.ts";
import type { ExitCode } from "../exit-codes.ts";
import { EXIT } from "../exit-codes.ts";

export type Level = "ok" | "warn" | "fail";

export interface Finding {
  readonly level: Level;
  /** What was looked at: "input /var/log/mail.log". */
  readonly subject: string;
  readonly text: string;
  /** What to do, a line each; the lines of a file to be changed stand as they are to be written. */
  readonly mend?: readonly string[];
}

const WORDS: Readonly<Record<Level, string>> = { ok: "OK", warn: "WARN", fail: "FAIL" };
const COLORS: Readonly<Record<Level, number>> = { ok: 32, warn: 33, fail: 31 };
const WORD_WIDTH = 4;

/** Ends in a line break. */
export function findingText({ level, subject, text, mend = [] }: Finding, color: boolean): string {
  const word = WORDS[level].padEnd(WORD_WIDTH);
  const shown = color ? `\u001B[${COLORS[level]}m${word}\u001B[0m` : word;
  // File names and what a server says of itself are not ours: nothing of them may move the cursor.
  const lines = [
    `${shown}  ${printableText(`${subject}: ${text}`)}`,
    ...mend.map((line) => `        ${printableText(line)}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** "12 ok, 1 warning, no failure" */
export function countText(findings: readonly Finding[]): string {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  return `${count("ok")} ok, ${counted(count("warn"), "warning")}, ${counted(count("fail"), "failure")}`;
}

export function exitOf(findings: readonly Finding[]): ExitCode {
  return findings.some(({ level }) => level === "fail") ? EXIT.failed : EXIT.done;
}
