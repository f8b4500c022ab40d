// what a replay found -> the files of its incident report.

import { writeWholeFile } from "../../../shared/adapters/files/whole-file.ts";
import { IncidentBook } from "../../report/incident-book.ts";
import { reportPage } from "../../report/html/report-page.ts";
import { reportMarkdown } from "../../report/markdown/report-markdown.ts";
import type { ReportDocument } from "../../report/report-document.ts";
import { incidentReport } from "../../report/report.ts";
import type { ReplayResult } from "./replay.ts";
import { reportKind, type ReportKind } from "./report-kind.ts";

const WRITERS: Readonly<Record<ReportKind, (report: ReportDocument) => string>> = {
  html: reportPage,
  markdown: reportMarkdown,
};

/** Collects what a report needs while a replay runs, and writes it at its end. */
export class ReportFiles {
  readonly book: IncidentBook;
  private readonly paths: readonly string[];
  private readonly timeZone: string;

  /** `timeZone`: of all times in it. */
  constructor(paths: readonly string[], timeZone: string) {
    this.book = new IncidentBook(timeZone);
    this.paths = paths;
    this.timeZone = timeZone;
  }

  /** Throws InputError. */
  write(result: ReplayResult, { isInterrupted }: { isInterrupted: boolean }): void {
    const { counters, assembler, survey, from, until, failures } = result;
    const report = incidentReport(this.book.incidents(), {
      timeZone: this.timeZone,
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
        ...failures.map(({ message }) => `Not read to its end: ${message}.`),
      ],
    });
    for (const path of this.paths) {
      const kind = reportKind(path);
      if (kind !== undefined) writeWholeFile(path, WRITERS[kind](report));
    }
  }
}
