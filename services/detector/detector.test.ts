import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { detectorSurvey, step } from "./detector.ts";
import {
  conversation,
  mail,
  newDetector,
  opened,
  read,
  settingsWith,
  STAFF,
  START_AT,
  tick,
  warmingMails,
} from "./testing/conversation.ts";

const repeat = (gap: number, count: number): number[] => Array.from({ length: count }, () => gap);

describe("opening, at the latest", () => {
  test.each([
    { name: "840,000, no history, gaps of case A", audience: 840_000, gaps: [95, 70, 41, 33], replies: 3 },
    { name: "25,000, no history, every 220 s", audience: 25_000, gaps: repeat(220, 8), replies: 5 },
    { name: "25,000, no history, every 240 s", audience: 25_000, gaps: repeat(240, 8), replies: 6 },
  ])("$name: at reply $replies", ({ audience, gaps, replies }) => {
    const [alert] = opened(read(conversation({ audience, gaps })));
    expect(alert?.evidence.replyAlls).toBe(replies);
    expect(alert?.scope).toBe("thread");
    expect(alert?.reasons).toEqual(["pace"]);
    expect(alert?.list).toBe(STAFF);
    expect(alert?.starter).toBe("anna@corp.example");
    const sum = gaps.slice(0, replies).reduce((total, gap) => total + gap, 0);
    expect(alert?.detectedAt).toBe(START_AT + sum * 1000);
    expect(alert?.startedAt).toBe(START_AT);
  });

  test.each(["subject", "changed-subject"] as const)(
    "25,000 without thread headers, a reply a minute, %s: at the 4th",
    (tie) => {
      const [alert] = opened(read(conversation({ audience: 25_000, gaps: repeat(60, 6), tie })));
      expect(alert?.evidence.replyAlls).toBeLessThanOrEqual(4);
      expect(alert?.evidence.replyAlls).toBe(3);
      expect(alert?.reasons).toContain("list-burst");
    },
  );

  test("840,000, warm list, newcomers, gaps of case A: at the 2nd", () => {
    const events = [...warmingMails(STAFF, 840_000), ...conversation({ audience: 840_000, gaps: [95, 70, 41] })];
    const [alert] = opened(read(events));
    expect(alert?.evidence.replyAlls).toBe(2);
    expect(alert?.reasons).toContain("cascade");
    expect(alert?.severity).toBe("critical");
  });

  test("a warm list, newcomers, gaps of case B: cascade at the 3rd", () => {
    const events = [...warmingMails(), ...conversation({ audience: 3000, gaps: [240, 300, 260, 200] })];
    const [alert] = opened(read(events));
    expect(alert?.evidence.replyAlls).toBe(3);
    expect(alert?.reasons).toEqual(["cascade"]);
    expect(alert?.evidence.score).toBeCloseTo(13.9876, 4);
    expect(alert?.evidence.steps).toHaveLength(3);
  });

  test("a first mail to a very large list is a watch at once, and the storm keeps its id", () => {
    const reading = read(conversation({ audience: 840_000, gaps: [95, 70, 41, 33] }));
    expect(reading.alerts.map((alert) => [alert.type, alert.revision])).toEqual([
      ["storm.watch", 1],
      ["storm.opened", 2],
    ]);
    expect(new Set(reading.alerts.map((alert) => alert.stormId)).size).toBe(1);
    expect(reading.alerts[0]?.reasons).toEqual(["open-list"]);
  });
});

describe("what opens nothing", () => {
  test("a reply to one person is no reply-all", () => {
    const events = conversation({ audience: 25_000, gaps: repeat(30, 30) });
    const reading = read(events.map((event, index) => (index === 0 ? event : { ...event, recipients: 1, lists: [] })));
    expect(opened(reading)).toEqual([]);
  });

  test("the starter's own series is no storm", () => {
    const gaps = repeat(2, 100);
    const reading = read(conversation({ audience: 25_000, gaps, person: () => "anna@corp.example" }));
    expect(opened(reading)).toEqual([]);
  });

  test("10,000 forged replies under one login, each with another From", () => {
    const events = conversation({ audience: 840_000, gaps: repeat(1, 10_000), person: () => "mallory" });
    const reading = read(events.map((event, index) => ({ ...event, from: `victim${index}@corp.example` })));
    expect(opened(reading)).toEqual([]);
    expect(reading.alerts.map((alert) => alert.reasons)).toEqual([["open-list"]]);
  });

  test.each(["references", "subject", "changed-subject"] as const)(
    "10,000 forged replies without login, one envelope sender, each with another From, tied by %s",
    (tie) => {
      const events = conversation({ audience: 840_000, gaps: repeat(1, 10_000), tie });
      const forged = events.map((event, index) => {
        const { login: _login, ...rest } = event;
        return { ...rest, from: `victim${index}@corp.example`, sender: "mallory@spam.example", authenticated: false };
      });
      expect(opened(read(forged))).toEqual([]);
    },
  );

  test("below the price gate a watch, above it a storm", () => {
    const small = read(conversation({ audience: 300, gaps: repeat(30, 8) }));
    expect(small.alerts.map((alert) => alert.type)).toEqual(["storm.watch"]);
    expect(opened(read(conversation({ audience: 3000, gaps: repeat(30, 8) })))).toHaveLength(1);
    const settings = settingsWith({ listRules: [{ list: "all-*", priceGateDeliveries: 1000 }] });
    expect(opened(read(conversation({ audience: 300, gaps: repeat(30, 8) }), newDetector(settings)))).toHaveLength(1);
  });

  test("automatic answers are counted apart", () => {
    const events = conversation({ audience: 3000, gaps: repeat(30, 10) });
    const reading = read(
      events.map((event, index) => (index === 0 ? event : { ...event, automatic: "auto-submitted" })),
    );
    expect(opened(reading)).toEqual([]);
  });
});

describe("the survey", () => {
  test("a quiet day", () => {
    const reading = read([
      ...conversation({ audience: 3000, gaps: [600, 4000] }),
      ...Array.from({ length: 50 }, (_, index) => mail({ seconds: index, list: null })),
    ]);
    const survey = detectorSurvey(reading.state);
    expect(survey).toMatchObject({
      messages: 53,
      fanOutMessages: 3,
      threads: 1,
      storms: { opened: 0, stillOpen: [] },
      lists: [{ address: STAFF, via: "orig_to", audience: 3000, messages: 3, replyAlls: 2, warm: false }],
      headerShare: { total: 3, headersLogged: 3, withThreadHeaders: 2 },
    });
    const [nearest] = survey.nearest;
    expect(nearest?.threadKey).toBe("root@corp.example");
    expect(nearest?.closeness).toBeGreaterThan(0);
    expect(nearest?.closeness).toBeLessThan(1);
    expect(nearest?.why).toContain("1 person in an hour answered all");
  });

  test("an open storm is named", () => {
    const survey = detectorSurvey(read(conversation({ audience: 3000, gaps: repeat(30, 8) })).state);
    expect(survey.storms).toMatchObject({ opened: 1, stillOpen: [{ list: STAFF, threadKey: "root@corp.example" }] });
    expect(survey.nearest).toEqual([]);
  });
});

describe("step", () => {
  test("returns one shared empty array when there is nothing to say", () => {
    const state = newDetector();
    const first = step(state, { kind: "event", event: mail({ seconds: 0, list: null }) });
    const second = step(state, { kind: "event", event: mail({ seconds: 1, list: null }) });
    expect(first).toEqual([]);
    expect(second).toBe(first);
  });

  test("sites do not mix", () => {
    const events = conversation({ audience: 25_000, gaps: repeat(30, 8) });
    const reading = read(events.map((event, index) => ({ ...event, site: index % 2 === 0 ? "north" : "south" })));
    for (const alert of opened(reading)) expect(alert.evidence.replyAlls).toBeGreaterThan(2);
    expect([...reading.state.sites.keys()]).toEqual(["north", "south"]);
  });

  test("sites beyond the bound are dropped and counted", () => {
    const bounds = { ...defaultDetectorSettings.bounds, sitesMax: 1 };
    const reading = read(
      [mail({ seconds: 0 }), mail({ seconds: 1, site: "other" })],
      newDetector(settingsWith({ bounds })),
    );
    tick(reading, 10);
    expect(detectorSurvey(reading.state).counters.sitesDropped).toBe(1);
  });
});
