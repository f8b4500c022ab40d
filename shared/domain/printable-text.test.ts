import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasUnprintable, printableText } from "./printable-text.ts";

describe("printableText", () => {
  test.each([
    ["plain ASCII stays", "all-staff@nhs.example", "all-staff@nhs.example"],
    ["letters of any script stay", "答复: Größe 👩‍🚀", "答复: Größe 👩‍🚀"],
    ["a line break becomes a space", "one\ntwo\r\nthree\tfour", "one two  three four"],
    ["colour and title sequences lose their start", "\u001B[31mred\u001B]0;x\u0007", "[31mred]0;x"],
    ["C1 controls go", "a\u009B31mb\u0085c", "a31mbc"],
    ["NUL and DEL go", "a\u0000b\u007Fc", "abc"],
    ["bidi overrides and isolates go", "a\u202Egnp.exe\u202C\u2066b\u2069\u200F\u061C", "agnp.exeb"],
    ["invisible marks go", "a\u200Bb\u2060c\uFEFFd", "abcd"],
    ["line separators become a space", "a\u2028b\u2029c", "a b c"],
  ])("%s", (_name, text, want) => {
    expect(printableText(text)).toBe(want);
  });

  test("leaves nothing to strip", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(hasUnprintable(printableText(text))).toBe(false);
      }),
      { seed: 4 },
    );
  });
});
