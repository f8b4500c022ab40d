// what a replay found -> the files of its incident report.

import type { InputError } from "../../../shared/adapters/files/file-error.ts";
import { writeWholeFile } from "../../../shared/adapters/files/whole-file.ts";
import { counted } from "../../../shared/domain/storm-alert-words.ts";
import { IncidentBook } from "../../report/incident-book.ts";
import { reportPage } from "../../report/html/report-page.ts";
import { reportMarkdown } from "../../report/markdown/report-markdown.ts";
import type { ReportDocument } from "../../report/report-document.ts";
import { incidentReport } from "../../report/report.ts";
import type { ReplayResult } from "./replay.ts";
import type { ReportFile, ReportKind } from "./report-kind.ts";

const WRITERS: Readonly<Record<ReportKind, (report: ReportDocument) => string>> = {
  html: reportPage,
  markdown: reportMarkdown,
};

export interface ReportOptions {
  /** Of all times in it. */
  readonly timeZone: string;
  /** False: it is to be passed on, and names nobody. */
  readonly withPeople: boolean;
}

/** Collects what a report needs while a replay runs, and writes it at its end. */
export class ReportFiles {
  readonly book: IncidentBook;
  private readonly files: readonly ReportFile[];
  private readonly options: ReportOptions;

  constructor(files: readonly ReportFile[], options: ReportOptions) {
    this.book = new IncidentBook(options.timeZone);
    this.files = files;
    this.options = options;
  }

  /** `say`: hears a line of each file that was written. Throws InputError. */
  write(result: ReplayResult, { isInterrupted, say }: { isInterrupted: boolean; say: (line: string) => void }): void {
    const { counters, assembler, survey, from, until, failures } = result;
    const incidents = this.book.incidents();
    const report = incidentReport(incidents, {
      ...this.options,
      from,
      until,
      lines: counters.lines,
      recognised: counters.used,
      mails: assembler.accepted,
      messages: survey.messages,
      fanOutMessages: survey.fanOutMessages,
      threads: survey.threads,
      watches: survey.storms.watches,
      notShown: this.book.notShown,
      nearest: survey.nearest,
      faults: [
        ...(isInterrupted ? ["The reading was interrupted: only a part of the log is in this report."] : []),
        ...this.unread(failures),
      ],
    });
    const smaller = this.book.notShown === 0 ? "" : `, ${counted(this.book.notShown, "smaller one")} left out`;
    const storms = incidents.length === 0 ? "no storm" : counted(incidents.length, "storm");
    for (const { path, kind } of this.files) {
      writeWholeFile(path, WRITERS[kind](report));
      say(`report     written to ${path}: ${storms}${smaller}`);
    }
  }

  /** Paths may lead through somebody's home. */
  private unread(failures: readonly InputError[]): string[] {
    if (this.options.withPeople) return failures.map(({ message }) => `Not read to its end: ${message}.`);
    return failures.length === 0 ? [] : [`Not read to the end: ${counted(failures.length, "input")}.`];
  }
}
