// The style sheet of the HTML report: colours and type of the live page (services/console/page/style.css), made for paper as well.

export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f2;
  --panel: #ffffff;
  --text: #1b211f;
  --faint: #59635f;
  --line: #dfe3df;
  --calm: #1f6b50;
  --watch: #8a5a00;
  --storm: #b3261e;
  --replies: #b3261e;
  --deliveries: #2563a8;
  --focus: #1d5fd1;
  --band: #a61b14;
  --marked: #e3f0ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111614;
    --panel: #1a211f;
    --text: #e9eeeb;
    --faint: #a3afaa;
    --line: #2d3734;
    --calm: #5fc79d;
    --watch: #f0b548;
    --storm: #ff8a80;
    --replies: #ff8a80;
    --deliveries: #7db4f0;
    --focus: #8ab4ff;
    --marked: #1f3a30;
  }
}
[data-mood="calm"] { --band: #1f6b50; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; }
ul { padding: 0; list-style: none; }
header { background: var(--band); color: #fff; padding: 1.2rem 0 1.5rem; }
header > *, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2rem); }
.brand-name { font-weight: 700; letter-spacing: 0.02em; }
h1 {
  font-size: clamp(1.55rem, 3.6vw, 2.2rem);
  text-wrap: balance;
  font-weight: 750;
  line-height: 1.15;
  letter-spacing: -0.015em;
  overflow-wrap: anywhere;
}
.about { margin-top: 0.35rem; font-size: 0.95rem; overflow-wrap: anywhere; }
main { padding-top: 1.4rem; padding-bottom: 1.4rem; }
h2 { margin: 2.2rem 0 0.7rem; font-size: 1.25rem; font-weight: 700; overflow-wrap: anywhere; }
h3 { margin: 1.7rem 0 0.6rem; font-size: 1.05rem; font-weight: 650; }
.lead { font-size: 1.15rem; line-height: 1.5; overflow-wrap: anywhere; }
.lead p + p { margin-top: 0.5rem; }
.lead p:first-child { font-weight: 650; }
.facts {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr));
  gap: 1px;
  margin-top: 1.3rem;
  overflow: hidden;
  background: var(--line);
  border: 1px solid var(--line);
  border-radius: 10px;
}
.facts > div { padding: 0.75rem 1rem; background: var(--panel); }
.facts dt, .facts .fact-note, .note, .notes, .legend, caption, footer { color: var(--faint); }
.facts dt { font-size: 0.9rem; }
.facts dd { font-size: 1.5rem; font-weight: 700; line-height: 1.25; overflow-wrap: anywhere; }
.facts .fact-note { font-size: 0.88rem; font-weight: 400; line-height: 1.4; }
.note, .notes { margin-top: 0.5rem; font-size: 0.92rem; max-width: 62rem; overflow-wrap: anywhere; }
.notes li + li { margin-top: 0.35rem; }
.scroll { overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.notes + .scroll { margin-top: 0.6rem; }
.scroll:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-size: 0.93rem; }
caption { padding: 0.6rem 0.8rem 0.2rem; font-size: 0.88rem; text-align: left; }
th, td { padding: 0.36rem 0.8rem; text-align: left; vertical-align: top; }
thead th { color: var(--faint); font-size: 0.85rem; font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 500; }
tbody th, tbody td { overflow-wrap: break-word; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
.number { text-align: right; }
.number, .short { white-space: nowrap; }
thead .number, thead .short, .range { white-space: normal; }
.marked > * { background: var(--marked); font-weight: 700; }
a { color: inherit; }
a:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.pieces { columns: 2; column-gap: 1.2rem; }
.pieces table { break-inside: avoid; margin-bottom: 1rem; background: var(--panel); border: 1px solid var(--line); }
.pieces th, .pieces td { padding: 0.16rem 0.6rem; }
.pieces tbody th { overflow-wrap: anywhere; }
.plot { margin-top: 1rem; padding: 0.8rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.plot figcaption { font-weight: 650; }
.plot svg { display: block; }
.plot > svg { width: 100%; height: auto; margin-top: 0.3rem; }
.plot > .narrow { display: none; }
.plot text { font-size: 12px; fill: var(--faint); }
.grid { stroke: var(--line); }
.axis { stroke: var(--faint); }
.bars.main { fill: var(--replies); }
.bars.second { fill: var(--deliveries); }
.hatch-ground { fill: var(--panel); }
.hatch-line { fill: var(--deliveries); }
.bars.third { stroke: var(--deliveries); stroke-width: 0.5; }
.spared { opacity: 0.28; }
.line { fill: none; stroke: var(--text); stroke-width: 2.5; stroke-linejoin: round; }
.line.second { stroke: var(--watch); stroke-dasharray: 7 4; }
.line.third { stroke: var(--calm); stroke-width: 3.5; stroke-dasharray: 0.5 6; stroke-linecap: round; }
.mark line { stroke-width: 1.5; }
.plot .mark text { font-weight: 650; }
.squall line { stroke: var(--calm); }
.plot .squall text { fill: var(--calm); }
.microsoft line { stroke: var(--watch); stroke-dasharray: 4 3; }
.plot .microsoft text { fill: var(--watch); }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; margin-top: 0.4rem; font-size: 0.88rem; }
.legend li { display: flex; align-items: center; gap: 0.5rem; }
.legend svg { flex: none; }
footer { padding-top: 0.5rem; padding-bottom: 2rem; font-size: 0.88rem; }
@media (max-width: 40rem) {
  .pieces { columns: 1; }
  th, td { padding: 0.36rem 0.6rem; }
  tbody td { overflow-wrap: anywhere; }
  .pieces tbody .short { white-space: normal; }
  .plot { padding: 0.7rem 0.5rem; }
  .plot > .wide { display: none; }
  .plot > .narrow { display: block; }
}
@page {
  margin: 16mm 15mm 18mm;
  @bottom-left { content: "squall incident report"; color: #59635f; font: 8pt system-ui, sans-serif; }
  @bottom-right { content: counter(page) " / " counter(pages); color: #59635f; font: 8pt system-ui, sans-serif; }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #fff; --panel: #fff; --text: #111; --faint: #444; --line: #bbb;
    --calm: #14523c; --watch: #6b4500; --storm: #8f1d16; --replies: #8f1d16; --deliveries: #2a5f9c; --marked: #e4e4e4;
  }
  html { font-size: 9.2pt; }
  body { font-size: 9.2pt; line-height: 1.4; }
  header { background: none; color: #111; padding: 0 0 8pt; border-bottom: 2pt solid #111; }
  header > *, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  h1 { font-size: 18pt; }
  h2 { font-size: 12.5pt; margin: 14pt 0 5pt; }
  h3 { font-size: 11pt; margin: 11pt 0 4pt; }
  h2, h3, caption { break-after: avoid; }
  .new-page { break-before: page; }
  .lead { font-size: 10.5pt; }
  .facts { grid-template-columns: repeat(3, 1fr); gap: 0; padding-right: 1px; border: 0; border-radius: 0; break-inside: avoid; }
  .facts > div { margin: 0 -1px -1px 0; padding: 5pt 8pt; border: 1px solid var(--line); }
  .facts dd { font-size: 14pt; }
  .facts .fact-note, .facts dt, .note, .notes { font-size: 8.3pt; }
  .scroll { overflow: visible; border-radius: 0; }
  table { font-size: 8.3pt; }
  thead { display: table-header-group; }
  tr, .plot, .notes li, .note { break-inside: avoid; }
  th, td { padding: 2.5pt 5pt; }
  .marked > * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .pieces { columns: 2; column-gap: 10pt; }
  .pieces table { font-size: 7.6pt; margin-bottom: 8pt; }
  .pieces th, .pieces td { padding: 0.6pt 4pt; }
  .plot { border-radius: 0; padding: 4pt 8pt; margin-top: 6pt; }
  .plot > .wide { display: block; }
  .plot > .narrow { display: none; }
  a { text-decoration: none; }
}
`;
