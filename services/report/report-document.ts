// The report without its form: what stands in it, block by block. HTML and Markdown are two ways to write it down.
// Every text is plain: whoever writes it down escapes all of it, ours and the log's alike.

import type { ReportClock } from "./report-clock.ts";

export interface ReportDocument {
  readonly title: string;
  /** Nothing happened, or something did: what it looks like. */
  readonly mood: "calm" | "storm";
  /** Where and when, in one line each. */
  readonly about: readonly string[];
  readonly blocks: readonly Block[];
}

export type Block =
  | Heading
  /** What a reader in a hurry reads. */
  | { readonly kind: "lead"; readonly sentences: readonly string[] }
  | { readonly kind: "notes"; readonly notes: readonly string[] }
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | Table
  | Plot;

export interface Heading {
  readonly kind: "heading";
  readonly level: 2 | 3;
  readonly id: string;
  readonly text: string;
  /** On paper. */
  readonly beginsPage?: boolean;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

export interface Table {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Many narrow rows: in two columns where there is room. */
  readonly isLong?: boolean;
  /** What stands below it. */
  readonly notes?: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  /** From one number to another: broken between them where there is little room. */
  readonly isRange?: boolean;
  /** Never broken over lines. */
  readonly isShort?: boolean;
}

export interface Row {
  readonly cells: readonly string[];
  /** Where the first cell leads within the document. */
  readonly target?: string;
  /** The row that matters. */
  readonly isMarked?: boolean;
}

export interface Plot {
  readonly kind: "plot";
  readonly id: string;
  readonly title: string;
  /** What is to be seen, for whom it is read aloud. */
  readonly words: string;
  readonly shape: "bars" | "lines";
  /** Of its axis. */
  readonly clock: ReportClock;
  readonly fromMs: number;
  readonly stepMs: number;
  /** Bars stand on one another, lines are each by themselves; all of the same length. */
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
}

export interface Series {
  readonly label: string;
  readonly look: "main" | "second" | "third";
  readonly values: readonly number[];
}

/** A moment worth a line across the plot. */
export interface Mark {
  readonly at: number;
  readonly label: string;
  readonly look: "squall" | "microsoft";
}
