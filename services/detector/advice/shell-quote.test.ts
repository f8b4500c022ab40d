import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasUnprintable } from "../../../shared/domain/printable-text.ts";
import { isQuotable, perlPattern, posixQuote, powershellQuote } from "./shell-quote.ts";

describe("posixQuote", () => {
  test.each([
    ["plain", "'plain'"],
    ["", "''"],
    ["it's", `'it'\\''s'`],
    ['$(id) `id` $HOME !! \\ " *', "'$(id) `id` $HOME !! \\ \" *'"],
  ])("%j", (text, quoted) => {
    expect(posixQuote(text)).toBe(quoted);
  });

  test("a shell reads back the text, whatever it is", () => {
    const texts = fc.sample(
      fc.string({ unit: "grapheme" }).filter((text) => !hasUnprintable(text)),
      { seed: 4, numRuns: 200 },
    );
    const script = texts.map((text) => `printf '%s\\n' ${posixQuote(text)}`).join("\n");
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(texts.map((text) => `${text}\n`).join(""));
  });
});

test.each([
  ["plain", "'plain'"],
  ["it's", "'it''s'"],
  ["curly ‘ ’ ‚ ‛", "'curly ‘‘ ’’ ‚‚ ‛‛'"],
  ["$(Get-Date) `n $x", "'$(Get-Date) `n $x'"],
])("powershellQuote(%j)", (text, quoted) => {
  expect(powershellQuote(text)).toBe(quoted);
});

test.each([
  ["all-staff@nhs.example", String.raw`^all\-staff\@nhs\.example$`],
  ["a(b|c)*$x@y", String.raw`^a\(b\|c\)\*\$x\@y$`],
  ["größe@x", String.raw`^größe\@x$`],
])("perlPattern(%j)", (text, pattern) => {
  expect(perlPattern(text)).toBe(pattern);
});

test.each(["a\nb", "a\rb", "a\u0000b", "a\u001B[2J", "a\u202Eb", "a\u2028b"])("%j cannot be quoted", (text) => {
  expect(isQuotable(text)).toBe(false);
  expect(() => posixQuote(text)).toThrow(RangeError);
  expect(() => powershellQuote(text)).toThrow(RangeError);
});
