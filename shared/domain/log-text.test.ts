import { describe, expect, test } from "vitest";
import { nameOfBytes, textOfBytes } from "./log-text.ts";

const latin1 = (text: string): string => Buffer.from(text).toString("latin1");

describe("bytes read as latin1", () => {
  test.each([
    ["plain", "Test <a@x>", "Test <a@x>"],
    ["empty", "", ""],
    ["UTF-8", latin1("Zażółć 答复"), "Zażółć 答复"],
    ["UTF-8 cut within a character", latin1("Zaż").slice(0, -1), "Za"],
    ["UTF-8 cut within a long character", latin1("ok 🙂").slice(0, -2), "ok "],
    ["latin1 in truth", "Zürich", "Zürich"],
    ["both", `${latin1("ż")}ü`, `${latin1("ż")}ü`],
    ["a control character", "a\u001bb", "a\u001bb"],
  ])("are text: %s", (_name, bytes, text) => {
    expect(textOfBytes(bytes)).toBe(text);
  });

  test.each([
    ["plain", "a@x", "a@x"],
    ["UTF-8", latin1("łódź@x"), "łódź@x"],
    ["control characters", "a\u001b[2J\u0000b\tc\u007f", "a?[2J?b?c?"],
    ["a mark that turns the direction of writing", latin1("a\u202eb"), "a?b"],
    ["control characters of latin1", "a\u009bb", "a?b"],
    ["nothing", "", ""],
    ["nothing but a character that was cut", "\u00e9", "?"],
  ])("are a name: %s", (_name, bytes, name) => {
    expect(nameOfBytes(bytes)).toBe(name);
  });
});
