import { describe, expect, test } from "vitest";
import type { Headers } from "../../shared/domain/mail-fragment.ts";
import { threadHints } from "./thread-hints.ts";

const hintsOf = (headers: Headers): object => threadHints(headers).hints;

describe("references", () => {
  test.each<[string, string, readonly string[]]>([
    ["one", "<a@x>", ["a@x"]],
    ["several, the root first", "<a@x> <b@x> <c@x>", ["a@x", "b@x", "c@x"]],
    ["without space", "<a@x><b@x>", ["a@x", "b@x"]],
    ["folded with a tab", "<a@x>??<b@x>??<c@x>", ["a@x", "b@x", "c@x"]],
    ["folded with a space", "<a@x>? <b@x>", ["a@x", "b@x"]],
    ["the last cut", "<a@x> <b@exam", ["a@x"]],
    ["all cut", "<a@exam", []],
    ["the first without its end", "<a@exam <b@x>", ["b@x"]],
    ["twice the same", "<a@x> <b@x> <a@x>", ["a@x", "b@x"]],
    ["empty ones", "<> < > <a@x>", ["a@x"]],
    ["none in brackets", "a@x b@x", []],
    ["words around", "your mail <a@x> of Monday", ["a@x"]],
    ["brackets the wrong way round", ">a@x<", []],
    ["UTF-8", Buffer.from("<łódź@x>").toString("latin1"), ["łódź@x"]],
    ["a control character", "<a\u001b@x>", ["a?@x"]],
    ["one beyond reason", `<${"a".repeat(1000)}> <b@x>`, ["b@x"]],
  ])("%s", (_name, references, ids) => {
    expect(hintsOf({ references })).toEqual({ references: ids });
  });

  test("twenty are kept, from the root on", () => {
    const ids = Array.from({ length: 30 }, (_, index) => `${index}@x`);
    expect(hintsOf({ references: ids.map((id) => `<${id}>`).join(" ") })).toEqual({ references: ids.slice(0, 20) });
  });

  test.each(["<", ">", "<>", "<a", "<a@x>", "><"])("a hostile value of %s costs no more than its length", (piece) => {
    expect(hintsOf({ references: piece.repeat(400_000) })).toMatchObject({ references: expect.any(Array) as unknown });
  });
});

describe("In-Reply-To", () => {
  test.each<[string, string | undefined]>([
    ["<a@x>", "a@x"],
    ["<a@x> (Jo's message of Monday)", "a@x"],
    ['"Your message of Mon, 14 Nov 2016" <a@x>', "a@x"],
    ["<a@exam", undefined],
    ["a@x", undefined],
    ["", undefined],
  ])("%s", (value, id) => {
    expect(hintsOf({ "in-reply-to": value })).toEqual({
      references: [],
      ...(id === undefined ? {} : { inReplyTo: id }),
    });
  });
});

describe("Thread-Index", () => {
  const guid = "0123456789abcdeffedcba9876543210";
  const root = Buffer.from(`01d23e4f5a6b${guid}`, "hex");
  const reply = Buffer.concat([root, Buffer.from("0000001122", "hex")]);
  const replyToReply = Buffer.concat([reply, Buffer.from("00000ab133", "hex")]);

  test.each([
    ["the first mail", root],
    ["a reply", reply],
    ["a reply to it", replyToReply],
  ])("names the conversation: %s", (_name, bytes) => {
    expect(hintsOf({ "thread-index": bytes.toString("base64") })).toEqual({ references: [], threadIndex: guid });
  });

  test("folded, cut, without padding", () => {
    const deep = Buffer.concat([root, Buffer.alloc(500, 7)]).toString("base64");
    expect(hintsOf({ "thread-index": `${deep.slice(0, 20)}??${deep.slice(20, 186)}` })).toEqual({
      references: [],
      threadIndex: guid,
    });
    expect(hintsOf({ "thread-index": root.toString("base64").replaceAll("=", "") })).toMatchObject({
      threadIndex: guid,
    });
  });

  test.each(["", "AdI=", root.subarray(0, 21).toString("base64"), "!!!!"])("too short: %s", (value) => {
    expect(hintsOf({ "thread-index": value })).toEqual({ references: [] });
  });
});

describe("the subject", () => {
  test.each<[string, string, object]>([
    ["a first mail", "Test", { subjectKey: "test", replySubject: false }],
    ["a reply", "RE: Test", { subjectKey: "test", replySubject: true }],
    [
      "encoded",
      "=?UTF-8?Q?AW:_Test_=E2=80=93_bitte_entfernen?=",
      { subjectKey: "test – bitte entfernen", replySubject: true },
    ],
    ["nothing but a prefix", "Re:", {}],
    ["empty", "", {}],
  ])("%s", (_name, subject, hints) => {
    expect(hintsOf({ subject })).toEqual({ references: [], ...hints });
  });

  test("is given decoded", () => {
    expect(threadHints({ subject: "=?UTF-8?B?UmU6IFTDqXN0?=" }).subject).toBe("Re: Tést");
    expect(threadHints({}).subject).toBeUndefined();
  });
});

test("no header lines, no hints", () => {
  expect(threadHints(undefined)).toEqual({ hints: { references: [] }, subject: undefined });
});
