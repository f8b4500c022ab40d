import { describe, expect, test } from "vitest";
import { originOf, replySubject, writeLetter, type LetterOptions, type Thread } from "./letter.ts";
import { MINUTE, type MailProgram } from "./mail.ts";
import { personAt } from "./people.ts";
import { createRandom, itemAt } from "./random.ts";

const AT = Date.UTC(2016, 10, 14, 8, 29) * 1000;
const BASE = { kind: "list", to: "all@nhs.example", recipients: [], sizeBytes: 1, subject: "Test" } as const;

function write(program: MailProgram, person: number, at: number, answers?: Thread): ReturnType<typeof writeLetter> {
  const options: LetterOptions = { ...BASE, at, author: personAt(person), program };
  return writeLetter(createRandom(person, "letter"), answers === undefined ? options : { ...options, answers });
}

describe("a conversation", () => {
  const first = write("outlook", 1, AT);
  const second = write("outlook", 2, AT + 3 * MINUTE, first.thread);
  const third = write("thunderbird", 3, AT + 5 * MINUTE, second.thread);

  test("the first mail refers to nothing", () => {
    expect(first.mail.references).toBeUndefined();
    expect(first.mail.inReplyTo).toBeUndefined();
  });

  test("answers refer to the mails before them", () => {
    const [root, next] = [first.mail.messageId, second.mail.messageId];
    expect(second.mail).toMatchObject({ references: [root], inReplyTo: root });
    expect(third.mail).toMatchObject({ references: [root, next], inReplyTo: next });
  });

  test("Outlook's Thread-Index keeps the conversation and grows by five bytes an answer", () => {
    const [one, two] = [first, second].map((letter) => Buffer.from(letter.mail.threadIndex ?? "", "base64"));
    expect(one?.length).toBe(22);
    expect(one?.[0]).toBe(1);
    expect(two?.length).toBe(27);
    expect(two?.subarray(0, 22)).toEqual(one);
    expect(third.mail.threadIndex).toBeUndefined();
  });

  test("the time in a Thread-Index is the time of the first mail", () => {
    const bytes = Buffer.concat([Buffer.from(first.mail.threadIndex ?? "", "base64").subarray(0, 6), Buffer.alloc(2)]);
    const micros = Number(bytes.readBigUInt64BE() / 10n) - 11_644_473_600_000_000;
    expect(Math.abs(micros - AT)).toBeLessThan(10_000);
  });

  test("a program may drop every thread header", () => {
    const options: LetterOptions = { ...BASE, at: AT, author: personAt(9), answers: first.thread, withoutThread: true };
    const { mail } = writeLetter(createRandom(1, "letter"), options);
    expect([mail.references, mail.inReplyTo, mail.threadIndex]).toEqual([undefined, undefined, undefined]);
  });

  test("a long thread keeps its first id and the latest", () => {
    let { thread } = first;
    for (let n = 0; n < 40; n += 1) thread = write("phone", 10 + n, AT + n, thread).thread;
    const { references = [] } = write("phone", 99, AT, thread).mail;
    expect(references.length).toBe(20);
    expect(references[0]).toBe(first.mail.messageId);
    expect(references.at(-1)).toBe(itemAt(thread.ids, thread.ids.length - 1));
  });
});

test("people answer with the prefix of their program or language, always the same", () => {
  const prefixes = new Set(
    Array.from({ length: 500 }, (_, n) => replySubject(personAt(n), "Test").replace("Test", "")),
  );
  expect([...prefixes].sort()).toEqual(["AW: ", "Antw: ", "RE: ", "Re: ", "SV: ", "VS: "]);
  expect(replySubject(personAt(3), "Test")).toBe(replySubject(personAt(3), "Test"));
});

test("a person sends from one machine, logged in", () => {
  expect(originOf(personAt(5))).toEqual(originOf(personAt(5)));
  expect(originOf(personAt(5)).login).toBe(personAt(5).address);
  expect(originOf(personAt(5)).address).toMatch(/^10\.\d+\.\d+\.\d+$/);
});
