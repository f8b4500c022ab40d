import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";
import { printableText } from "../../../shared/domain/printable-text.ts";
import { markdownLine, markdownText } from "./markdown-text.ts";

const LINKS = [
  "bob@example.org",
  "Bob O'Neil <bob.o'neil+lists@example.org>",
  "@team and @example/team",
  "mailto:bob@example.org xmpp:bob@example.org",
  "www.example.org WWW.example.org. www.",
  "http://192.0.2.1/a?b=1&c=[d]#e HTTPS://example.org, ftp://example.org/x_y_z",
  "#12 example/squall#12 GH-3 gh-3",
  "`@a` ``@b`` \\`@c\\`` |@d| \\|@e",
  "*@f*_@g_~@h~",
];
const RUNS = { seed: 20_161_114, numRuns: 2000 };

const ENTITIES: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** What Markdown has as code, the rest of it, and both as they are to be read. */
function readBack(markdown: string): { code: string[]; rest: string; all: string } {
  const code: string[] = [];
  let [rest, all] = ["", ""];
  for (const [whole, inCode, afterBackslash] of markdown.matchAll(/`([^`]+)`|\\([!-/:-@[-`{-~])|&\w+;|[^]/gu)) {
    const shown = inCode ?? afterBackslash ?? ENTITIES[whole] ?? whole;
    all += shown;
    rest += inCode === undefined ? shown : "\n";
    if (inCode !== undefined) code.push(inCode);
  }
  return { code, rest, all };
}

test.each([
  ["bob@example.org", "`bob@example.org`"],
  ["by bob@example.org.", "by `bob@example.org`."],
  ["Storm on a_b@example.org: 3 answers", "Storm on `a_b@example.org`: 3 answers"],
  ["see www.example.org, or http://192.0.2.1/?a=1", "see `www.example.org`, or `http://192.0.2.1/`?a=1"],
  ["RE: *all* | @team #12", String.raw`RE: \*all\* \| ${"`@team` `#12`"}`],
  ["a#b & <c>", String.raw`a\#b &amp; &lt;c&gt;`],
  ["mail.log.2.gz, 08:29", "mail.log.2.gz, 08:29"],
])("%s", (text, markdown) => {
  expect(markdownText(text)).toBe(markdown);
});

test.each([
  ["- a", String.raw`\- a`],
  ["1. a", String.raw`1\. a`],
  ["@a", "`@a`"],
])("where a line begins: %s", (text, markdown) => {
  expect(markdownLine(text)).toBe(markdown);
});

test("what might become a link or a mention is code, and all is to be read as it was", () => {
  const letters = constantFrom(...new Set(LINKS.join("")));
  const text = oneof(
    array(constantFrom(...LINKS), { maxLength: 4 }).map((all) => all.join(" ")),
    array(letters, { maxLength: 60 }).map((all) => all.join("")),
    string({ unit: "binary" }),
  );
  assert(
    property(text, (original) => {
      const { code, rest, all } = readBack(markdownText(original));
      expect(all).toBe(printableText(original).trim());
      expect(rest).not.toMatch(/@|:\/\/|www\.|#\d|\bgh-\d/iu);
      // An escape or entity in code would be read as it stands, and a bar would end the cell.
      expect(code.filter((each) => /[\\|<>&*\s]/u.test(each))).toEqual([]);
    }),
    RUNS,
  );
});
