// Texts of command line options -> their values; a text that does not fit is told by commander, with the option's name.

import { InvalidArgumentError, Option } from "commander";
import { InputError } from "../../shared/adapters/files/file-error.ts";
import { tryFile } from "../../shared/adapters/files/whole-file.ts";
import type { AdviceSystem } from "../../shared/domain/storm-alert.ts";
import { ADVICE_SYSTEMS } from "../../shared/domain/storm-alert.ts";
import { type ReportFile, reportKind } from "./replay/report-kind.ts";

export function numberBetween(least: number, most: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`It must be ${whole ? "a whole number" : "a number"} from ${least} to ${most}.`);
    }
    return value;
  };
}

export function zone(text: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError("It must be a zone name such as Europe/London or UTC.");
  }
}

/** Mail systems, with commas between. */
export function adviceOption(): Option {
  const option = new Option("--advice <system,...>", "mail systems whose advice is shown (default: all)");
  // They can be several: commander would take one.
  option.argParser(systems).argChoices = [...ADVICE_SYSTEMS];
  return option;
}

function systems(text: string): AdviceSystem[] {
  return text.split(",").map((word) => {
    const known = ADVICE_SYSTEMS.find((system) => system === word.trim());
    if (known === undefined) throw new InvalidArgumentError(`Known are: ${ADVICE_SYSTEMS.join(", ")}.`);
    return known;
  });
}

/** Files of the incident report, one more each time it is given: found out before an hour of reading whether they can be written. */
export function reportFiles(path: string, before: readonly ReportFile[] = []): readonly ReportFile[] {
  const kind = reportKind(path);
  if (kind === undefined) throw new InvalidArgumentError("Its name must end in .html or .md.");
  try {
    tryFile(path);
  } catch (error) {
    if (error instanceof InputError) throw new InvalidArgumentError(error.message);
    throw error;
  }
  return before.some((file) => file.path === path) ? before : [...before, { path, kind }];
}
