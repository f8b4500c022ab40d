import { describe, expect, test, vi } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { detectorSurvey } from "./detector.ts";
import type { Storm } from "./storm.ts";
import { isReply } from "./storm-reply.ts";
import {
  conversation,
  feed,
  mail,
  newDetector,
  opened,
  read,
  type Reading,
  settingsWith,
  START_AT,
} from "./testing/conversation.ts";

const { bounds } = defaultDetectorSettings;

function stormOf(reading: Reading): Storm {
  const storm = [...reading.state.sites.values()].flatMap((site) => site.storms).find((each) => each.opened);
  if (storm === undefined) throw new Error("no storm has opened");
  return storm;
}

/** Posts to the staff list that no header ties to a thread: each begins one. */
function loose(count: number, startSeconds = 0): MailEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const seconds = startSeconds + index * 10;
    return mail({ seconds, recipients: 25_000, login: `loose${seconds}@corp.example` });
  });
}

const thread = conversation({ audience: 25_000, gaps: Array.from({ length: 40 }, () => 10) });

describe("what a storm counts as it goes", () => {
  test.each([
    { name: "a thread", events: thread },
    { name: "a list", events: loose(40) },
    { name: "a thread, then its list", events: [...thread, ...loose(40, 500)] },
    {
      name: "a list, then one of its threads",
      events: [...loose(10), ...thread.map((event) => ({ ...event, at: event.at + 200_000 }))],
    },
  ])("is what its members say at each event: $name", ({ events }) => {
    const reading = read([]);
    let looked = 0;
    for (const event of events) {
      feed(reading, [event]);
      if (reading.alerts.every(({ type }) => type !== "storm.opened")) continue;
      const storm = stormOf(reading);
      expect(storm.replies).toBe(storm.members.filter((member) => isReply(storm, member)).length);
      looked += 1;
    }
    expect(looked).toBeGreaterThan(20);
  });

  test("costs no walk over its messages and threads between two alerts", () => {
    const reading = read([...thread, ...loose(400, 500)]);
    const storm = stormOf(reading);
    const alerts = reading.alerts.length;
    const walks = [
      vi.spyOn(storm.members, Symbol.iterator),
      vi.spyOn(storm.members, "filter"),
      vi.spyOn(storm.threads, Symbol.iterator),
      vi.spyOn(storm.threads, "forEach"),
    ];
    feed(reading, loose(20, 4600));
    expect(reading.alerts).toHaveLength(alerts);
    expect(storm.members.length).toBeGreaterThan(350);
    expect(storm.threads.size).toBeGreaterThan(100);
    expect(walks.map((walk) => walk.mock.calls.length)).toEqual([0, 0, 0, 0]);
  });
});

describe("mails that the watch of a thread and that of its list both claim", () => {
  const minutesOf = (event: MailEvent): MailEvent => ({
    ...event,
    minutes: [{ start: event.at - (event.at % 60_000), delivered: 1000, deferred: 0, bounced: 0 }],
  });
  const list = loose(4, 1100).map((event) => ({ ...event, recipients: 1000 }));
  const replies = conversation({ audience: 1000, gaps: [1000, 30, 75, 35, 10, 10, 10, 10, 10] });
  const events = [...replies, ...list].toSorted((one, other) => one.at - other.at).map(minutesOf);
  const again = (revision: number): MailEvent[] => events.map((event) => ({ ...event, revision }));

  test.each([
    {
      name: "each told several times at once",
      told: events.flatMap((event) => [1, 2, 3].map((revision) => ({ ...event, revision }))),
    },
    { name: "each told again later", told: [1, 2, 3].flatMap(again) },
  ])("are counted once when one of them opens, $name", ({ told }) => {
    const reading = read(told);
    expect(reading.alerts.map(({ type, scope }) => `${type} ${scope}`).slice(0, 3)).toEqual([
      "storm.watch thread",
      "storm.watch list",
      "storm.opened thread",
    ]);
    const storm = stormOf(reading);
    expect(new Set(storm.members).size).toBe(storm.members.length);
    expect(replies.every(({ messageId }) => storm.members.some(({ message }) => message.messageId === messageId))).toBe(
      true,
    );
    expect(storm.deliveries.total).toBe(storm.members.length * 1000);
    const [site] = reading.state.sites.values();
    const held = site?.storms.flatMap(({ members }) => members) ?? [];
    expect(new Set(held).size).toBe(site?.stormMessages);
    const opening = reading.alerts.find(({ type }) => type === "storm.opened");
    const openedAt = opening?.detectedAt ?? 0;
    expect(opening?.evidence.replyAlls).toBe(replies.filter(({ at }) => at <= openedAt).length - 1);
  });
});

describe("bounds of storms", () => {
  test("a storm of very many threads lets the oldest go, and tells of all replies", () => {
    const reading = read(loose(300), newDetector(settingsWith({ bounds: { ...bounds, threadsPerStormMax: 20 } })));
    expect(stormOf(reading).threads.size).toBe(20);
    expect(detectorSurvey(reading.state).counters.stormThreadsDropped).toBeGreaterThan(200);
    expect(stormOf(reading).replies).toBe(299);
  });

  test("storms together hold so many messages; the largest gives up its older half, still counted", () => {
    const lists = ["a@corp.example", "b@corp.example", "c@corp.example"];
    const small = { ...bounds, stormMessagesMax: 100 };
    const events = lists.flatMap((list, index) =>
      conversation({ audience: 25_000, list, rootId: list, gaps: Array.from({ length: 20 + index * 30 }, () => 10) }),
    );
    const reading = read(events, newDetector(settingsWith({ bounds: small })));
    const [site] = reading.state.sites.values();
    const held = site?.storms.map((storm) => storm.members.length) ?? [];
    expect(held.reduce((sum, count) => sum + count, 0)).toBe(site?.stormMessages);
    expect(site?.stormMessages).toBeLessThanOrEqual(100);
    expect(site?.storms.map((storm) => storm.replies)).toEqual([20, 50, 80]);
    expect(detectorSurvey(reading.state).counters.stormMessagesDropped).toBeGreaterThan(50);
  });
});

test("a storm that was given up for room says nothing more, whatever is still told of the messages it only counted", () => {
  const settings = settingsWith({ bounds: { ...bounds, stormsMax: 1, messagesPerStormMax: 2 } });
  const gaps = [10, 10, 10, 10, 10];
  const events = conversation({ audience: 25_000, gaps });
  const others = conversation({ audience: 25_000, gaps, rootId: "b", list: "b@corp.example", startSeconds: 60 });
  const reading = read([...events, ...others], newDetector(settings));
  const [first] = opened(reading);
  expect(opened(reading)).toHaveLength(2);
  expect(reading.state.counters.stormsEvicted).toBeGreaterThan(0);
  const told = reading.alerts.length;
  for (const event of events) {
    const minutes = [0, 60_000].map((after) => {
      return { start: START_AT + after, delivered: 90_000, deferred: 0, bounced: 0 };
    });
    feed(reading, [{ ...event, revision: 2, minutes }]);
  }
  const later = reading.alerts.slice(told).map(({ stormId }) => stormId);
  expect(later).not.toContain(first?.stormId);
});
