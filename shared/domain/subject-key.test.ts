import { describe, expect, test } from "vitest";
import { decodeHeaderValue } from "./encoded-words.ts";
import { subjectKey } from "./subject-key.ts";

describe("a reply has the key of what it answers", () => {
  test.each([
    // English and most programs
    "Re: Test",
    "RE: Test",
    "re:Test",
    "Re : Test",
    "Re\u00a0: Test",
    "RE[2]: Test",
    "Re^2: Test",
    "Re(3): Test",
    "RE2: Test",
    "Re: Re: Re: Test",
    "RE: AW: Re: Test",
    "FW: Test",
    "Fwd: Test",
    "Fwd: Re: Test",
    "(fwd) Test",

    // Germanic and Nordic
    "AW: Test",
    "Aw: Re: Test",
    "Antwort: Test",
    "WG: Test",
    "Antw: Test",
    "Antw.: Test",
    "Betr: Test",
    "Doorst: Test",
    "SV: Test",
    "VB: Test",
    "VS: Test",
    "VL: Test",
    "Svar: Test",
    "FS: Test",
    // Romance
    "Réf : Test",
    "Rép. : Test",
    "TR : Test",
    "R: Test",
    "RIF: Test",
    "I: Test",
    "RES: Test",
    "ENC: Test",
    "RV: Test",
    "Răspuns: Test",
    // Central and eastern Europe, Turkish, Welsh
    "Odp: Test",
    "ODP: Test",
    "PD: Test",
    "Vá: Test",
    "Továbbítás: Test",
    "YNT: Test",
    "İLT: Test",
    "ATB: Test",
    "Odpověď: Test",
    // Other scripts
    "ΑΠ: Test",
    "απ: Test",
    "Σχετ: Test",
    "ΠΡΘ: Test",
    "Отв: Test",
    "НА: Test",
    "Ответ: Test",
    "Пересл: Test",
    "Відп: Test",
    "答复: Test",
    "答复：Test",
    "答覆: Test",
    "回复：Test",
    "回覆: Test",
    "转发: Test",
    "轉寄: Test",
    "返信: Test",
    "転送：Test",
    "회신: Test",
    "답장: Test",
    "전달: Test",
    "השב: Test",
    "\u200f\u200fתשובה: Test",
    "הועבר: Test",
    "رد: Test",
    "\u202bرد\u202c: Test",
    "إعادة توجيه: Test",
    "Trả lời: Test",
    "Trả lời: Test".normalize("NFD"),
    "ตอบ: Test",
    "ตอบกลับ: Test",
    "BLS: Test",
    // Tags of lists and gateways, before and after
    "[all-staff] Re: Test",
    "Re: [all-staff] Test",
    "Re: [all-staff] Re: Test",
    "[EXT] Re: Test",
    "RE: [EXT] Test",
    "[EXTERNAL] [all-staff] AW: Test",
    "EXTERNAL: Re: Test",
    "***SPAM*** Re: Test",
    "Re: (ext) Test",
    // Folds and case
    "Re:  TEST ",
    "Re:?? Test",
    "Re: Test??",
  ])("%s", (subject) => {
    expect(subjectKey(subject)).toEqual({ key: "test", isReply: !subject.startsWith("(fwd)") });
  });
});

describe("no reply is", () => {
  test.each([
    ["Test", "test"],
    ["[all-staff] Test", "test"],
    ["[EXT] Test", "test"],
    ["Report: Test", "report: test"],
    ["Regarding: Test", "regarding: test"],
    ["Rest: Test", "rest: test"],
    ["Re Test", "re test"],
    ["Re-Test", "re-test"],
    ["Award: you won", "award: you won"],
    ["Re Test: one", "re test: one"],
    ["Time: 14:00", "time: 14:00"],
    ["12:00 Re: Test", "12:00 re: test"],
    ["constructor: Test", "constructor: test"],
    ["__proto__: Test", "__proto__: test"],
    [": Test", ": test"],
    ["", ""],
    ["   ", ""],
    ["[all-staff]", ""],
    ["???", ""],
  ])("%s", (subject, key) => {
    expect(subjectKey(subject)).toEqual({ key, isReply: false });
  });
});

test("a prefix alone leaves no key, and is a reply all the same", () => {
  expect(subjectKey("Re:")).toEqual({ key: "", isReply: true });
  expect(subjectKey("Re: [all-staff]")).toEqual({ key: "", isReply: true });
});

test("two ways to write one character are one", () => {
  expect(subjectKey("Café".normalize("NFD")).key).toBe(subjectKey("CAFÉ").key);
});

describe("a long subject has the same key before and after the prefix moved the cut", () => {
  const cutAt200 = (subject: string): string => Buffer.from(`Subject: ${subject}`).toString("latin1", 9, 200);
  const keyOf = (raw: string): string => subjectKey(decodeHeaderValue(cutAt200(raw))).key;
  /** In words of at most 75 signs, as mail programs write them. */
  const encoded = (text: string, encoding: "B" | "Q"): string => {
    const body = (part: string): string =>
      encoding === "B"
        ? Buffer.from(part).toString("base64")
        : Array.from(part, (char) =>
            /[\w:[\]-]/.test(char) ? char : encodeURIComponent(char).replaceAll("%", "="),
          ).join("");
    const words: string[] = [];
    let part = "";
    for (const char of text) {
      if (body(part + char).length > 63) {
        words.push(part);
        part = "";
      }
      part += char;
    }
    return [...words, part].map((word) => `=?UTF-8?${encoding}?${body(word)}?=`).join("??");
  };
  const plain =
    "An important notice on the works at the north entrance and the new opening hours of the canteen, ".repeat(3);
  const russian = "Уведомление о плановых работах на северном входе и новых часах работы столовой, ".repeat(3);
  const chinese = "关于北门施工以及食堂新开放时间的重要通知请各位同事注意并转告其他人员谢谢".repeat(3);

  test.each<[string, string, (text: string) => string]>([
    ["plain", plain, (text) => text],
    ["Cyrillic, base64", russian, (text) => encoded(text, "B")],
    ["Cyrillic, quoted-printable", russian, (text) => encoded(text, "Q")],
    ["Chinese, base64", chinese, (text) => encoded(text, "B")],
    ["Chinese, quoted-printable", chinese, (text) => encoded(text, "Q")],
  ])("%s", (_name, subject, write) => {
    const first = keyOf(write(subject));
    expect(first.length).toBeGreaterThanOrEqual(12);
    for (const prefix of ["Re: ", "RE: AW: ", "RE: Re: Re: "]) expect(keyOf(write(`${prefix}${subject}`))).toBe(first);
  });

  test("and no half character", () => {
    for (let lead = 0; lead < 6; lead += 1) {
      const { key } = subjectKey(`${"x".repeat(lead)}${"🙂".repeat(100)}`);
      expect(key.isWellFormed()).toBe(true);
    }
  });
});

describe("a hostile subject costs no more than its length", () => {
  test.each(["Re:", "[", "[]", "Re: [", "?", " ", "é", "(fwd)", "*", ":", "r ", "\u200f"])("%s", (piece) => {
    expect(subjectKey(piece.repeat(500_000)).key.length).toBeLessThanOrEqual(60);
  });
});
