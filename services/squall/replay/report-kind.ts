// name of a report's file -> in which form it is written.

export type ReportKind = "html" | "markdown";

export interface ReportFile {
  readonly path: string;
  readonly kind: ReportKind;
}

/** By its ending; undefined for another. */
export function reportKind(path: string): ReportKind | undefined {
  const lower = path.toLowerCase();
  return lower.endsWith(".html") ? "html" : lower.endsWith(".md") ? "markdown" : undefined;
}
