// Objects that are as large as they may be: no entry over 64 KiB, and a small change is a few small entries.

import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import type { DetectorInput } from "../detector.ts";
import { mail, settingsWith, STAFF } from "../testing/conversation.ts";
import { KeptRun, withoutMails } from "../testing/kept-run.ts";

const settings = settingsWith({});
const ROOT = "root@corp.example";

function asInputs(events: readonly MailEvent[]): DetectorInput[] {
  return events.map((event) => ({ kind: "event", event }));
}

/** One message that a list manager sends to each member by itself. */
function verp(queueIds: number, from = 0): MailEvent[] {
  return Array.from({ length: queueIds }, (_, index) =>
    mail({ seconds: 1, id: ROOT, queueId: `Q${from + index}`, hop: "lists", recipients: 1 }),
  );
}

/** A conversation of people who write to all, each with a display name and a subject. */
function thread(messages: number, from = 0): MailEvent[] {
  return Array.from({ length: messages }, (_, index) => {
    const number = from + index;
    const hints = number === 0 ? {} : { references: [ROOT, `m${number - 1}@corp.example`], inReplyTo: ROOT };
    const who = { login: `person${number % 400}@corp.example`, subject: `Re: all about ${number % 7}` };
    return mail({
      seconds: number * 20,
      id: number === 0 ? ROOT : `m${number}@corp.example`,
      recipients: 500,
      hints,
      ...who,
    });
  });
}

/** A message whose header lines are as long as somebody could make them. */
function longWinded(): MailEvent[] {
  const long = (name: string): string => `${name}${"\u0001\u{1f600}".repeat(2000)}`;
  const references = Array.from({ length: 20 }, (_, index) => long(`r${index}`));
  return [
    mail({
      seconds: 1,
      id: long("m"),
      recipients: 500,
      subject: long("s"),
      hints: { references, subjectKey: long("k") },
    }),
  ];
}

/** Bytes and entries that these inputs make be told, once all is told that was before. */
function toldFor(run: KeptRun, inputs: readonly DetectorInput[]): { entries: number; bytes: number } {
  run.flush();
  const before = new Map(run.stored);
  run.feed(inputs, inputs.length);
  const told = [...run.stored].filter(([key, value]) => before.get(key) !== value);
  return { entries: told.length, bytes: told.reduce((sum, [, value]) => sum + value.length, 0) };
}

const CASES: readonly { name: string; events: MailEvent[]; more: MailEvent[]; bytesMax: number }[] = [
  { name: "20,000 queue ids of one message", events: verp(20_000), more: verp(1, 20_000), bytesMax: 4000 },
  { name: "a thread of 1,000 messages", events: thread(1000), more: thread(1, 1000), bytesMax: 60_000 },
  { name: "header lines of 6,000 units each", events: longWinded(), more: [], bytesMax: 0 },
];

describe.each(CASES)("$name", ({ events, more, bytesMax }) => {
  const run = new KeptRun(settings, new Map());
  run.feed(asInputs(events), 500);

  test("no entry is over 64 KiB", () => {
    expect(Math.max(...[...run.stored.values()].map((value) => value.length))).toBeLessThanOrEqual(65_536);
  });

  test("one word more is told without the rest", () => {
    const { entries, bytes } = toldFor(run, asInputs(more));
    expect(entries).toBeLessThanOrEqual(20);
    expect(bytes).toBeLessThanOrEqual(bytesMax);
  });

  test("is read back as it was", () => {
    const again = new KeptRun(settings, run.stored);
    const all = withoutMails(again.everything());
    expect(all).toEqual(withoutMails(run.stored));
    expect([...again.state.sites.values()][0]?.lists.lists.has(STAFF)).toBe(true);
  });
});
