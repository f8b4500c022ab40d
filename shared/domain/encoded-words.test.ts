import { describe, expect, test } from "vitest";
import { decodeHeaderValue } from "./encoded-words.ts";

const latin1 = (text: string): string => Buffer.from(text).toString("latin1");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a header value is decoded", () => {
  test.each([
    ["plain", "Test", "Test"],
    ["empty", "", ""],
    ["Q", "=?UTF-8?Q?Caf=C3=A9_au_lait?=", "Café au lait"],
    ["Q in lower case", "=?utf-8?q?Caf=c3=a9?=", "Café"],
    ["Q with an escaped underscore", "=?UTF-8?Q?a=5Fb_c?=", "a_b c"],
    ["Q with an escape that is none", "=?UTF-8?Q?a=zz=4?=", "a=zz=4"],
    ["B", `=?UTF-8?B?${base64("Re: Zażółć")}?=`, "Re: Zażółć"],
    ["B without padding", "=?UTF-8?B?SsO2?=", "Jö"],
    ["ISO-8859-1", "=?ISO-8859-1?Q?Z=FCrich?=", "Zürich"],
    ["windows-1251", "=?windows-1251?B?z/Do4uXy?=", "Привет"],
    ["koi8-r", "=?koi8-r?B?8NLJ18XU?=", "Привет"],
    ["gb2312", "=?gb2312?B?tPC4tDogsuLK1A==?=", "答复: 测试"],
    ["Shift_JIS", "=?Shift_JIS?B?g2WDWINn?=", "テスト"],
    ["ISO-2022-JP", "=?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?=", "テスト"],
    ["a language", "=?UTF-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
    ["a charset nobody knows", "=?x-unknown?Q?Caf=C3=A9?=", "CafÃ©"],
    ["no word at all", "what =? is ?= this", "what =? is ?= this"],
    ["an encoding that is none", "=?UTF-8?X?abc?=", "=?UTF-8?X?abc?="],
    ["text around", "Re: =?UTF-8?Q?Caf=C3=A9?= is open", "Re: Café is open"],
    ["a word in a word", "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=", "=?UTF-8?Q?x?="],
    ["raw UTF-8", latin1("Zażółć"), "Zażółć"],
    ["raw UTF-8 beside a word", `${latin1("Ż ")}=?UTF-8?Q?=C5=BB?=`, "Ż Ż"],
    ["raw bytes of latin1", "Z\u00fcrich", "Zürich"],
    ["bytes that are no UTF-8 in a word", "=?UTF-8?Q?a=FFb?=", "a\u{FFFD}b"],
  ])("%s", (_name, value, text) => {
    expect(decodeHeaderValue(value)).toBe(text);
  });
});

describe("what stands between two words is no part of the text", () => {
  test.each([" ", "??", "? ", "?? ", "\t", "? \t", "  "])("%j", (gap) => {
    expect(decodeHeaderValue(`=?UTF-8?Q?one_?=${gap}=?UTF-8?B?${base64("two")}?=`)).toBe("one two");
  });

  test("of two charsets either", () => {
    expect(decodeHeaderValue("=?UTF-8?Q?=C3=A9?=?? =?ISO-8859-1?Q?=E9?=")).toBe("éé");
  });

  test("but words of text are", () => {
    expect(decodeHeaderValue("=?UTF-8?Q?one?= and =?UTF-8?Q?two?=")).toBe("one and two");
  });

  test("and a character may begin in one and end in the next", () => {
    const bytes = Buffer.from("Привет");
    const words = [bytes.subarray(0, 3), bytes.subarray(3)].map((part) => `=?UTF-8?B?${part.toString("base64")}?=`);
    expect(decodeHeaderValue(words.join("? "))).toBe("Привет");
    expect(decodeHeaderValue("=?UTF-8?Q?=D0=9F=D1?= =?utf-8?Q?=80?=")).toBe("Пр");
  });
});

describe("a word that the log cut", () => {
  const subject = "Уведомление о плановых работах";
  test("is decoded as far as it goes, wherever the cut fell", () => {
    const q = `Re: =?UTF-8?Q?${[...Buffer.from(subject)].map((byte) => `=${byte.toString(16).toUpperCase()}`).join("")}?=`;
    const b = `Re: =?UTF-8?B?${base64(subject)}?= =?UTF-8?B?${base64(" завтра")}?=`;
    for (const [whole, text] of [
      [q, `Re: ${subject}`],
      [b, `Re: ${subject} завтра`],
    ] as const) {
      expect(decodeHeaderValue(whole)).toBe(text);
      for (let cut = 6; cut < whole.length; cut += 1) {
        const decoded = decodeHeaderValue(whole.slice(0, cut)).trimEnd();
        expect(text.startsWith(decoded) ? "a beginning" : decoded).toBe("a beginning");
      }
    }
  });

  test("leaves no half word behind", () => {
    for (const cut of ["=?", "=?UTF-8", "=?UTF-8?", "=?UTF-8?Q", "=?UTF-8?Q?"]) {
      expect(decodeHeaderValue(`Test ${cut}`).trimEnd()).toBe("Test");
    }
  });
});

describe("a hostile value of 64 KB costs no more than its length", () => {
  test.each([
    ["openings", "=?"],
    ["charsets", "=?UTF-8?Q?"],
    ["whole words", "=?UTF-8?Q?a?="],
    ["words of many charsets", "=?UTF-8?Q?a?==?koi8-r?Q?a?="],
    ["words that do not end", "=?UTF-8?Q?aaaaaaaaaaaaaaaaaa"],
    ["ends", "?="],
    ["folds", "?"],
    ["folds between ends", "?= ??? "],
    ["escapes", "=?UTF-8?Q?=C3?="],
    ["bytes that are no UTF-8", `=?UTF-8?B?${"/".repeat(60)}?=`],
    ["raw bytes that are none", "\u00ff"],
  ])("%s", (_name, piece) => {
    const decoded = decodeHeaderValue(piece.repeat(Math.ceil(65_536 / piece.length)));
    expect(decoded.length).toBeLessThanOrEqual(70_000);
    expect(decodeHeaderValue(`=?${piece.repeat(Math.ceil(65_536 / piece.length))} x`)).toContain("x");
  });
});
