// ReportDocument -> one HTML file that needs nothing else: no script, no other file, and a policy that lets none in.

import { createHash } from "node:crypto";
import type { Block, Fact, Heading, ReportDocument } from "../report-document.ts";
import { asMarkup, markup, type Markup } from "./markup.ts";
import { plotFigure } from "./plot-figure.ts";
import { REPORT_STYLE } from "./report-style.ts";
import { tableFigure } from "./table-figure.ts";

export function reportPage({ title, mood, about, blocks }: ReportDocument): string {
  const { text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} – squall incident report</title>
<style>${asMarkup(REPORT_STYLE)}</style>
</head>
<body data-mood="${mood}">
<header>
<p class="brand"><span class="brand-name">squall</span> incident report</p>
<h1>${title}</h1>
${about.map((line) => markup`<p class="about">${line}</p>\n`)}</header>
<main>
${blocks.map((block) => markup`${blockMarkup(block)}\n`)}</main>
<footer><p>${FOOT}</p></footer>
</body>
</html>
`;
  return text;
}

const FOOT = "Written by squall replay from the mail log alone: every number in it is counted there.";

/** The style sheet is let in by its hash; nothing else is. */
function policy(): string {
  const hash = createHash("sha256").update(REPORT_STYLE).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function blockMarkup(block: Block): Markup {
  if (block.kind === "table") return tableFigure(block);
  if (block.kind === "plot") return plotFigure(block);
  if (block.kind === "facts") return markup`<dl class="facts">${block.facts.map(factMarkup)}</dl>`;
  if (block.kind === "notes")
    return markup`<ul class="notes">${block.notes.map((note) => markup`<li>${note}</li>`)}</ul>`;
  if (block.kind === "lead") {
    return markup`<div class="lead">${block.sentences.map((sentence) => markup`<p>${sentence}</p>`)}</div>`;
  }
  return headingMarkup(block);
}

function headingMarkup({ level, id, text, beginsPage = false }: Heading): Markup {
  if (beginsPage) return markup`<h2 id="${id}" class="new-page">${text}</h2>`;
  return level === 2 ? markup`<h2 id="${id}">${text}</h2>` : markup`<h3 id="${id}">${text}</h3>`;
}

function factMarkup({ label, value, note }: Fact): Markup {
  const below = note === "" ? [] : [markup`<dd class="fact-note">${note}</dd>`];
  return markup`<div><dt>${label}</dt><dd>${value}</dd>${below}</div>`;
}
