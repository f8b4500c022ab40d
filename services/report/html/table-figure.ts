// Table -> HTML. A long one is cut into pieces with a head each, which stand side by side where there is room, on paper too.

import type { Column, Row, Table } from "../report-document.ts";
import { markup, type Markup } from "./markup.ts";

const PIECE_ROWS = 24;

export function tableFigure(table: Table): Markup {
  const { caption, notes = [], rows, isLong = false } = table;
  const below = notes.map((note) => markup`\n<p class="note">${note}</p>`);
  if (!isLong || rows.length <= PIECE_ROWS) {
    return markup`${scrolled(caption, tableMarkup(table, rows, caption))}${below}`;
  }
  const cuts = Array.from({ length: Math.ceil(rows.length / PIECE_ROWS) }, (_, index) =>
    rows.slice(index * PIECE_ROWS, (index + 1) * PIECE_ROWS),
  );
  const pieces = cuts.map((cut, index) => tableMarkup(table, cut, `${caption}, ${index + 1} of ${cuts.length}`));
  return markup`<div class="pieces">${pieces}</div>${below}`;
}

/** A wide table may be moved sideways on a narrow screen, by keyboard too. */
function scrolled(caption: string, table: Markup): Markup {
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">${table}</div>`;
}

function tableMarkup({ columns }: Table, rows: readonly Row[], caption: string): Markup {
  const head = columns.map((column) => markup`<th scope="col"${look(column)}>${column.name}</th>`);
  return markup`<table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map((row) => rowMarkup(columns, row))}</tbody></table>`;
}

function rowMarkup(columns: readonly Column[], { cells, target, isMarked = false }: Row): Markup {
  const [first = "", ...rest] = cells;
  const name = target === undefined ? markup`${first}` : markup`<a href="#${target}">${first}</a>`;
  const others = rest.map((cell, index) => markup`<td${look(columns[index + 1])}>${cell}</td>`);
  const mark = isMarked ? markup` class="marked"` : markup``;
  return markup`<tr${mark}><th scope="row"${look(columns[0])}>${name}</th>${others}</tr>\n`;
}

function look(column: Column | undefined): Markup {
  if (column?.isRange === true) return markup` class="number range"`;
  if (column?.isNumber === true) return markup` class="number"`;
  return column?.isShort === true ? markup` class="short"` : markup``;
}
