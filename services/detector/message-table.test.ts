import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { detectorSurvey } from "./detector.ts";
import type { MessageGroup } from "./message-group.ts";
import {
  feed,
  mail,
  newDetector,
  read,
  type Reading,
  settingsWith,
  STAFF,
  tick,
  withoutLogin,
} from "./testing/conversation.ts";

const HOUR = 3600;

describe("messages", () => {
  test("differ by From under one Message-ID; one that names nobody belongs to the latest before it", () => {
    const big = { recipients: 500, id: "same" };
    const anna = mail({ ...big, seconds: 0, queueId: "A", from: "anna@corp.example" });
    const forged = withoutLogin(mail({ ...big, seconds: 10, queueId: "B" }), { from: "mallory@spam.example" });
    const bare = withoutLogin(mail({ ...big, seconds: 20, queueId: "C", hop: "hub" }));
    const survey = detectorSurvey(read([anna, forged, bare]).state);
    expect(survey).toMatchObject({ messages: 2, fanOutMessages: 2 });
  });

  test("a login on one hop and a From on the next are one message", () => {
    const submitted = mail({ seconds: 0, id: "m", queueId: "A", login: "anna", recipients: 1 });
    const expanded = withoutLogin(mail({ seconds: 1, id: "m", queueId: "B", hop: "lists", recipients: 500 }), {
      from: "anna@corp.example",
    });
    expect(detectorSurvey(read([submitted, expanded]).state)).toMatchObject({ messages: 1, fanOutMessages: 1 });
  });

  test("without a Message-ID each mail is one of its own", () => {
    const events = [1, 2, 3].map((seconds) => mail({ seconds, id: null, recipients: 30 }));
    expect(detectorSurvey(read(events).state).messages).toBe(3);
  });

  test("more senders than are kept under one Message-ID are counted", () => {
    const events = Array.from({ length: 60 }, (_, index) =>
      mail({ seconds: index, id: "m", from: `f${index}`, recipients: 30 }),
    );
    expect(detectorSurvey(read(events).state).counters.variantsDropped).toBe(10);
  });

  test("small ones are forgotten by number and by time, and counted", () => {
    const bounds = { ...defaultDetectorSettings.bounds, messagesMax: 100 };
    const reading = read(
      Array.from({ length: 500 }, (_, index) => mail({ seconds: index, list: null })),
      newDetector(settingsWith({ bounds })),
    );
    expect(detectorSurvey(reading.state).counters.messagesEvicted).toBeGreaterThanOrEqual(400);
    for (const hours of [1, 2, 3]) tick(reading, hours * HOUR);
    const { messagesEvicted, messagesForgotten } = detectorSurvey(reading.state).counters;
    expect(messagesEvicted + messagesForgotten).toBe(500);
  });

  test("one that reached many stays: a word on it after hours adds no second message", () => {
    const first = mail({ seconds: 0, id: "m", recipients: 500 });
    const reading = read([first]);
    for (const hours of [1, 2, 3, 4]) {
      tick(reading, hours * HOUR);
      feed(reading, [mail({ seconds: hours * HOUR, list: null })]);
    }
    const minutes = [{ start: first.at + 4 * HOUR * 1000, delivered: 400, deferred: 0, bounced: 0 }];
    feed(reading, [{ ...first, revision: 2, minutes }]);
    expect(detectorSurvey(reading.state)).toMatchObject({ messages: 5, fanOutMessages: 1 });
  });

  test("what is over two hours behind the watermark is expired", () => {
    const reading = read([mail({ seconds: 0 })]);
    tick(reading, 3 * HOUR);
    feed(reading, [mail({ seconds: 10, recipients: 500 })]);
    expect(detectorSurvey(reading.state)).toMatchObject({
      messages: 1,
      fanOutMessages: 0,
      counters: { eventsExpired: 1 },
    });
  });

  test("the oldest messages with very many queue ids give them up first", () => {
    const bounds = { ...defaultDetectorSettings.bounds, queueIdsMax: 150 };
    const verp = (id: string): ReturnType<typeof mail>[] =>
      Array.from({ length: 100 }, (_, index) => mail({ seconds: index, id, queueId: `${id}${index}`, hop: "lists" }));
    const reading = read([...verp("one"), ...verp("two")], newDetector(settingsWith({ bounds })));
    const survey = detectorSurvey(reading.state);
    expect(survey.counters.messagesSealed).toBe(1);
    expect(survey.lists).toMatchObject([{ address: STAFF, audience: 100, messages: 2 }]);
  });

  test("queue ids and senders under one Message-ID take room like messages", () => {
    const bounds = { ...defaultDetectorSettings.bounds, messagesMax: 200, fanOutsMax: 50 };
    const many = (recipients: number): MailEvent[] =>
      Array.from({ length: 100 * 20 }, (_, index) =>
        mail({
          seconds: index,
          id: `m${Math.floor(index / 20)}`,
          hop: `hop${index % 4}`,
          from: `f${index % 10}`,
          recipients,
        }),
      );
    const queueIds = (reading: Reading): number => {
      const [site] = reading.state.sites.values();
      const { young, old, fanOuts } = site?.messages ?? { young: new Map(), old: new Map(), fanOuts: new Map() };
      return [...young.values(), ...old.values(), ...fanOuts.values()]
        .flatMap((group: MessageGroup) => group.variants)
        .reduce((sum, message) => sum + message.slots.length, 0);
    };
    const small = read(many(2), newDetector(settingsWith({ bounds })));
    expect(queueIds(small)).toBeLessThanOrEqual(220);
    expect(detectorSurvey(small.state).counters.messagesEvicted).toBeGreaterThan(50);
    const large = read(many(30), newDetector(settingsWith({ bounds })));
    expect(queueIds(large)).toBeLessThanOrEqual(2 * 50 + 40);
    expect(detectorSurvey(large.state).counters.fanOutsEvicted).toBeGreaterThan(50);
  });
});
