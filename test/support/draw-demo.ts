// Runs `squall demo` in a terminal of its own and draws what it shows, up to the first advice, as an SVG: the README's picture.
// Usage: npm run picture   (needs `script` of util-linux; takes as long as the demo)

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const OUTPUT = new URL("../../services/squall/demo/storm-in-the-terminal.svg", import.meta.url);
const COLUMNS = 116;
/** Rows shown after "What to do now", and before the alert. */
const ADVICE_ROWS = 7;
const CHAR_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const MARGIN = 16;

const COLORS: Readonly<Record<string, string>> = { "31": "#ff6b68", "33": "#e5c07b", "32": "#98c379", "36": "#56b6c2" };

function runDemo(): string[] {
  const command = `stty cols ${COLUMNS} rows 50; node services/squall/squall.js demo`;
  const output = execFileSync("script", ["-qefc", command, "/dev/null"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return output.replaceAll("\r", "").split("\n");
}

/** The start of the run, the watch's headline, the rows up to the alert, and the alert to its first commands. */
function chosenRows(lines: readonly string[]): string[] {
  const watch = lines.findIndex((line) => line.startsWith("storm.watch"));
  const opened = lines.findIndex((line) => line.startsWith("storm.opened"));
  const advice = lines.findIndex((line, index) => index > opened && line.includes("What to do now"));
  const rowsAfterWatch = lines.slice(watch, opened).findIndex((line) => /^\d\d:\d\d:\d\d/.test(line));
  return [
    "$ npm start",
    ...lines.slice(0, watch + 1),
    "…",
    ...lines.slice(watch + rowsAfterWatch, opened),
    ...lines.slice(opened, advice + ADVICE_ROWS),
    "…",
  ];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function styleOf(codes: string): string {
  const styles: string[] = [];
  for (const code of codes.split(";")) {
    if (code === "1") styles.push('font-weight="bold"');
    if (code === "2") styles.push('fill-opacity="0.6"');
    const color = COLORS[code];
    if (color !== undefined) styles.push(`fill="${color}"`);
  }
  return styles.join(" ");
}

interface StyledText {
  /** Codes of the escape sequence in front of it, such as "1;31"; "0" at the start. */
  readonly codes: string;
  readonly text: string;
}

function styledTexts(line: string): StyledText[] {
  const [first = "", ...others] = line.split("\u001b[");
  const rest = others.map((part) => ({
    codes: part.slice(0, part.indexOf("m")),
    text: part.slice(part.indexOf("m") + 1),
  }));
  return [{ codes: "0", text: first }, ...rest];
}

/** Cut where the terminal would have broken it. */
function cut(texts: readonly StyledText[]): StyledText[] {
  let left = COLUMNS;
  return texts.map(({ codes, text }) => {
    const shown = text.length > left ? `${text.slice(0, Math.max(0, left - 1))}…` : text;
    left -= shown.length;
    return { codes, text: shown };
  });
}

function drawnRow(line: string, row: number): string {
  const spans = cut(styledTexts(line)).map(({ codes, text }) => {
    const style = styleOf(codes);
    if (text === "") return "";
    return style === "" ? escaped(text) : `<tspan ${style}>${escaped(text)}</tspan>`;
  });
  return `<text x="${MARGIN}" y="${MARGIN + (row + 1) * LINE_HEIGHT - 4}" xml:space="preserve">${spans.join("")}</text>`;
}

function svgOf(rows: readonly string[]): string {
  const width = Math.ceil(COLUMNS * CHAR_WIDTH + 2 * MARGIN);
  const height = rows.length * LINE_HEIGHT + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="squall in a terminal">`,
    `<rect width="100%" height="100%" rx="8" fill="#1e2127"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#dcdfe4">`,
    ...rows.map(drawnRow),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

writeFileSync(OUTPUT, svgOf(chosenRows(runDemo())));
