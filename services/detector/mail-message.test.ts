import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { addEvent, createMessage, type MailMessage, messageTime } from "./mail-message.ts";
import { mail } from "./testing/conversation.ts";

const { bounds } = defaultDetectorSettings;

function messageOf(events: readonly MailEvent[], limits = bounds): MailMessage {
  const message = createMessage(events[0] ?? mail({ seconds: 0 }), "m");
  for (const event of events) addEvent(message, event, limits);
  return message;
}

const chunk = (queueId: string, hop: string, recipients: number, seconds = 0): MailEvent =>
  mail({ seconds, queueId, hop, recipients, id: "m" });
const chunks = (count: number, hop: string, recipients: number): MailEvent[] =>
  Array.from({ length: count }, (_, index) => chunk(`${hop}${index}`, hop, recipients, index));

describe("reach", () => {
  test.each([
    { name: "one queue id", events: [chunk("A", "client", 3000)], reach: 3000 },
    {
      name: "a second hop adds nothing",
      events: [chunk("A", "client", 3000), chunk("B", "127.0.0.1", 3000)],
      reach: 3000,
    },
    {
      name: "a hub that hands over 50 at a time",
      events: [chunk("A", "client", 3000), ...chunks(60, "hub", 50)],
      reach: 3000,
    },
    {
      name: "a list server, one recipient a queue id",
      events: [chunk("A", "client", 1), ...chunks(300, "lists", 1)],
      reach: 300,
    },
    { name: "a client that splits a long list", events: chunks(3, "client", 1000), reach: 3000 },
  ])("$name", ({ events, reach }) => {
    expect(messageOf(events).reach).toBe(reach);
  });

  test("the same in every order of queue ids, and with every event twice", () => {
    const events = [chunk("A", "client", 1), ...chunks(12, "lists", 7), ...chunks(5, "hub", 20)];
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(messageOf([...shuffled, ...shuffled]).reach).toBe(100);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test("later words replace earlier ones, whatever the order of arrival", () => {
    const words = [1, 2, 3].flatMap((revision) =>
      ["A", "B"].map((queueId) => ({ ...chunk(queueId, "lists", 10 * revision), revision })),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(words, { minLength: words.length }), (shuffled) => {
        expect(messageOf(shuffled).reach).toBe(60);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test("beyond the exact set queue ids are summed", () => {
    const message = messageOf(chunks(100, "lists", 1), { ...bounds, queueIdsPerHopMax: 10 });
    expect(message.reach).toBe(100);
    expect(message.slots).toHaveLength(10);
  });
});

describe("what a message knows", () => {
  test("its time is the start of its earliest hop that reaches 20", () => {
    const events = [
      chunk("A", "client", 1, 0),
      ...chunks(30, "lists", 1).map((event) => ({ ...event, at: event.at + 60_000 })),
    ];
    expect(messageTime(messageOf(events), 20)).toBe(mail({ seconds: 60 }).at);
  });

  test("headers and login come from whichever hop has them", () => {
    const { login: _login, ...bare } = chunk("B", "lists", 500);
    const { login: _other, ...submitted } = chunk("A", "client", 1);
    const events = [bare, { ...submitted, login: "anna", from: "anna@corp.example", sender: "anna@corp.example" }];
    expect(messageOf(events)).toMatchObject({ login: "anna", from: "anna@corp.example", reach: 500 });
  });

  test("the earliest hop with header lines says whether a machine sent it", () => {
    const person = chunk("A", "client", 1, 0);
    const marked: MailEvent = { ...chunk("B", "lists", 500, 5), automatic: "precedence" };
    expect(messageOf([person, marked]).automatic).toBeUndefined();
    expect(messageOf([marked, person]).automatic).toBeUndefined();
    expect(messageOf([{ ...person, headersLogged: false }, marked]).automatic).toBe("precedence");
  });
});
