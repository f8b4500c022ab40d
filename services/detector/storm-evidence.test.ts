import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { Advice } from "../../shared/domain/storm-alert.ts";
import { createDetectorState } from "./detector.ts";
import type { AdviceInput } from "./storm-evidence.ts";
import {
  conversation,
  feed,
  newDetector,
  opened,
  read,
  settingsWith,
  STAFF,
  START_AT,
  tick,
} from "./testing/conversation.ts";

const repeat = (gap: number, count: number): number[] => Array.from({ length: count }, () => gap);

describe("evidence", () => {
  test("as of the moment that decided", () => {
    const minute = (start: number, delivered: number) => ({ start, delivered, deferred: 0, bounced: 0 });
    const events = conversation({ audience: 25_000, gaps: repeat(220, 5) }).map((event, index) => ({
      ...event,
      subject: "Test",
      minutes: [
        minute(START_AT, index === 0 ? 4000 : 0),
        minute(START_AT + 900_000, 3000),
        minute(START_AT + 1_080_000, 7777),
      ],
    }));
    const [alert] = opened(read(events));
    expect(alert).toMatchObject({ subject: "Test", threadKey: "root@corp.example", site: "corp", severity: "warning" });
    expect(alert?.evidence).toMatchObject({
      replyAlls: 5,
      distinctRepliers: 5,
      autoReplies: 0,
      audience: 25_000,
      repliesPerMinute: 2 / 5,
      deliveriesSoFar: 4000 + 6 * 3000,
      deliveriesPerMinute: (6 * 3000) / 5,
      growthFactor: 5,
      firstMessageId: "root@corp.example",
    });
    expect(alert?.evidence.messageIds).toEqual(events.map((event) => event.messageId));
    expect(alert?.forecast).toEqual({ minutes: 15, atLeast: 6 * 25_000 - 22_000 });
    const steps = alert?.evidence.steps ?? [];
    expect(steps.map((one) => one.secondsSinceLast)).toEqual([220, 220, 220, 220, 220]);
    let score = 0;
    for (const one of steps) {
      score += one.pause + one.timing + one.newcomer;
      expect(one.score).toBeCloseTo(score, 9);
    }
    expect(alert?.evidence.score).toBeCloseTo(score, 9);
  });

  describe("what is still to come", () => {
    const gaps = repeat(30, 6);
    /** As told when the storm is over: by then each mail was tried, and ten of its recipients refused it. */
    const tried = (fields: Partial<MailEvent>, count = 4990): MailEvent[] =>
      conversation({ audience: 5000, gaps }).map((event) => ({
        ...event,
        minutes: [{ start: START_AT, delivered: count, deferred: 0, bounced: 10 }],
        ...fields,
      }));
    const left = (events: readonly MailEvent[], state = newDetector()): number | undefined => {
      const reading = read(events, state);
      tick(reading, 7200);
      return reading.alerts.at(-1)?.forecast.atLeast;
    };

    test("is what is queued: nothing of a mail that was removed, whoever refused it", () => {
      expect(left(tried({}))).toBe(7 * 10);
      expect(left(tried({ removedAt: START_AT + 600_000 }))).toBe(0);
      expect(left(tried({ removedAt: START_AT + 86_400_000 }))).toBe(7 * 10);
    });

    test("is the rest of one queue id where another of the same mail was removed", () => {
      const chunks = tried({ recipients: 4000 }, 3000).flatMap((event) => [
        { ...event, removedAt: START_AT + 600_000 },
        { ...event, queueId: `${event.queueId}b`, eventId: `${event.eventId}b`, recipients: 1000, minutes: [] },
      ]);
      expect(left(chunks)).toBe(7 * 1000);
    });

    test("is nothing that can be seen once a list was handed to where it is expanded", () => {
      const settings = settingsWith({ listRules: [{ list: STAFF, audience: 25_000 }] });
      const handed = tried({ recipients: 1 }, 1);
      expect(left(handed, newDetector(settings))).toBe(7 * 24_999);
      const gone = handed.map((event) => ({ ...event, removedAt: START_AT + 600_000 }));
      expect(left(gone, newDetector(settings))).toBe(0);
    });
  });

  test("subjects only where allowed", () => {
    const events = conversation({ audience: 25_000, gaps: repeat(30, 6) }).map((event) => ({
      ...event,
      subject: "Test",
    }));
    const state = createDetectorState(settingsWith({ allowSubject: false }), { advise: () => [] });
    for (const alert of read(events, state).alerts) expect(alert.subject).toBeUndefined();
  });

  test("the last 10 steps and 50 messages at most", () => {
    const { alerts } = read(conversation({ audience: 25_000, gaps: repeat(20, 300) }));
    const last = alerts.at(-1);
    expect(last?.evidence.steps).toHaveLength(10);
    expect(last?.evidence.messageIds).toHaveLength(50);
    expect(last?.evidence.replyAlls).toBe(160);
    expect(last?.evidence.distinctRepliers).toBe(160);
  });

  test("a storm longer than what is kept still counts all", () => {
    const base = settingsWith({});
    const state = createDetectorState(
      settingsWith({
        bounds: { ...base.bounds, messagesPerStormMax: 20, messagesPerThreadMax: 10, repliesPerThreadMax: 8 },
      }),
      { advise: () => [] },
    );
    const { alerts } = read(conversation({ audience: 25_000, gaps: repeat(10, 400) }), state);
    expect(alerts.at(-1)?.evidence.replyAlls).toBe(320);
    expect(state.counters.stormMessagesDropped).toBeGreaterThan(0);
    expect(state.counters.repliesTrimmed).toBeGreaterThan(0);
  });
});

describe("advice", () => {
  test("is asked for with the list, the queue ids not yet removed and the message ids", () => {
    const asked: AdviceInput[] = [];
    const advice: Advice = { system: "postfix", text: "stop", command: "true" };
    const state = createDetectorState(settingsWith({}), {
      advise: (input) => {
        asked.push(input);
        return [advice];
      },
    });
    const events = conversation({ audience: 25_000, gaps: repeat(30, 4) });
    // The second was gone when the storm opened, the fourth an hour later, as a replay knows.
    const removedAfterMs = new Map([
      [1, 1000],
      [3, 3_600_000],
    ]);
    const removed = events.map((event, index) => {
      const afterMs = removedAfterMs.get(index);
      return afterMs === undefined ? event : { ...event, removedAt: event.at + afterMs };
    });
    const reading = read(removed, state);
    const [alert] = opened(reading);
    expect(alert?.advice).toEqual([advice]);
    const input = asked.at(-1);
    expect(input?.list).toBe(STAFF);
    expect(input?.messageIds).toEqual(events.map((event) => event.messageId));
    expect(input?.queueIds).toEqual([4, 3, 2, 0].map((index) => ({ host: "mx1", queueId: events[index]?.queueId })));
  });

  test("names 2,000 queue ids at most", () => {
    const asked: AdviceInput[] = [];
    const state = createDetectorState(settingsWith({}), {
      advise: (input) => {
        asked.push(input);
        return [];
      },
    });
    const reading = read([], state);
    for (const event of conversation({ audience: 1, gaps: repeat(30, 6) })) {
      const copies = Array.from({ length: 2500 }, (_, index) => ({
        ...event,
        eventId: `${event.queueId}.${index}`,
        queueId: `${event.queueId}.${index}`,
      }));
      feed(reading, copies);
    }
    expect(opened(reading)).toHaveLength(1);
    expect(asked.at(-1)?.queueIds).toHaveLength(2000);
  });
});
