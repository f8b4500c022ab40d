// ReportDocument -> Markdown: what the HTML says, in tables where that has plots.

import type { Block, Fact, Plot, ReportDocument, Row, Table } from "../report-document.ts";
import { markdownLine, markdownText } from "./markdown-text.ts";

export function reportMarkdown({ title, about, blocks }: ReportDocument): string {
  const parts = [`# ${markdownText(title)}`, ...about.map(markdownLine), ...blocks.map(blockText)];
  return `${parts.join("\n\n")}\n`;
}

function blockText(block: Block): string {
  if (block.kind === "table") return tableWithNotes(block);
  if (block.kind === "plot") return plotText(block);
  if (block.kind === "facts") return factsText(block.facts);
  if (block.kind === "notes") return items(block.notes);
  if (block.kind === "lead") return leadText(block.sentences);
  return `${"#".repeat(block.level)} ${markdownText(block.text)}`;
}

/** The first says what happened. */
function leadText([first = "", ...rest]: readonly string[]): string {
  return [`**${markdownText(first)}**`, ...rest.map(markdownLine)].join("\n\n");
}

function factsText(facts: readonly Fact[]): string {
  return tableText({
    columns: [{ name: "Figure" }, { name: "Value", isNumber: true }, { name: "" }],
    rows: facts.map(({ label, value, note }) => ({ cells: [label, value, note] })),
  });
}

function items(notes: readonly string[]): string {
  return notes.map((note) => `- ${markdownLine(note)}`).join("\n");
}

function tableWithNotes(table: Table): string {
  const { notes = [], caption } = table;
  const parts = [`*${markdownText(caption)}*`, tableText(table), ...notes.map(markdownLine)];
  return parts.join("\n\n");
}

function tableText({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  return [
    line(columns.map(({ name }) => markdownText(name))),
    line(columns.map(({ isNumber }) => (isNumber === true ? "---:" : "---"))),
    ...rows.map((row) => line(cellsOf(row))),
  ].join("\n");
}

function cellsOf({ cells, isMarked = false }: Row): string[] {
  return cells.map((cell) => {
    const text = markdownText(cell);
    return isMarked && text !== "" ? `**${text}**` : text;
  });
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** What the picture shows, in words: its figures stand in the table by the minute. */
function plotText({ title, words }: Plot): string {
  return `**${markdownText(title)}.** ${markdownText(words)}`;
}
