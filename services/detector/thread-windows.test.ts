import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { detectorSurvey } from "./detector.ts";
import {
  conversation,
  feed,
  mail,
  newDetector,
  read,
  settingsWith,
  STAFF,
  START_AT,
  tick,
} from "./testing/conversation.ts";

const brief = (window: ThreadWindow): (string | number | boolean)[] => [
  window.scope,
  (window.windowStart - START_AT) / 1000,
  window.final,
  window.messages,
];

describe("windows", () => {
  test("provisional every 10 s while it changes, final 30 s after its end, again when a late mail comes", () => {
    const reading = read([mail({ seconds: 5, list: null })]);
    const told = (): (string | number | boolean)[][] => reading.windows.splice(0).map(brief);
    tick(reading, 10);
    expect(told()).toEqual([["site", 0, false, 1]]);
    feed(reading, [mail({ seconds: 12, list: null })]);
    tick(reading, 15);
    expect(told()).toEqual([]);
    tick(reading, 20);
    expect(told()).toEqual([["site", 0, false, 2]]);
    tick(reading, 40);
    expect(told()).toEqual([]);
    tick(reading, 90);
    expect(told()).toEqual([["site", 0, true, 2]]);
    feed(reading, [mail({ seconds: 59, list: null })]);
    tick(reading, 1200);
    expect(told()).toEqual([["site", 0, true, 3]]);
    expect(detectorSurvey(reading.state).counters.windowsLate).toBe(1);
    tick(reading, 2 * 3600 + 120);
    feed(reading, [mail({ seconds: 59, list: null })]);
    tick(reading, 3 * 3600);
    expect(told()).toEqual([]);
    expect(detectorSurvey(reading.state).counters.eventsExpired).toBe(1);
  });

  test("thread, list and site of a conversation, in that order", () => {
    const reading = read(conversation({ audience: 500, gaps: [10, 20, 60] }));
    tick(reading, 600);
    const final = reading.windows.filter((window) => window.final);
    expect(final.map(brief)).toEqual([
      ["thread", 0, true, 3],
      ["list", 0, true, 3],
      ["site", 0, true, 3],
      ["thread", 60, true, 1],
      ["list", 60, true, 1],
      ["site", 60, true, 1],
    ]);
    const [thread, list, site] = final;
    expect(thread).toMatchObject({
      key: "root@corp.example",
      list: STAFF,
      replyAlls: 2,
      distinctRepliers: 2,
      recipients: 1500,
    });
    expect(list).toMatchObject({ key: STAFF, list: STAFF, replyAlls: 2, audience: 500 });
    expect(site).toMatchObject({ key: "corp", replyAlls: 2, recipients: 1500 });
    expect(thread?.score).toBeGreaterThan(3);
  });

  test("deliveries are absolute: a later word replaces the earlier", () => {
    const event = mail({ seconds: 0, recipients: 500 });
    const minute = (delivered: number) => [{ start: START_AT, delivered, deferred: 0, bounced: 0 }];
    const reading = read([
      { ...event, minutes: minute(100) },
      { ...event, revision: 2, minutes: minute(400) },
      { ...event, revision: 2, minutes: minute(999) },
      { ...event, revision: 1, minutes: minute(1) },
    ]);
    tick(reading, 600);
    expect(reading.windows.map((window) => [window.scope, window.deliveries])).toEqual([
      ["thread", 400],
      ["list", 400],
      ["site", 400],
    ]);
  });

  test("reach that grows counts in the minute of its message", () => {
    const reading = read(
      Array.from({ length: 40 }, (_, index) => mail({ seconds: index * 10, id: "m", hop: "lists" })),
    );
    tick(reading, 3600);
    const rows = reading.windows.filter((window) => window.recipients > 0);
    expect(rows.map((window) => [window.scope, window.windowStart, window.recipients])).toEqual([
      ["thread", START_AT, 40],
      ["list", START_AT, 40],
      ["site", START_AT, 40],
    ]);
  });

  test("emitWindows: false keeps them out of the output, not out of the counts", () => {
    const reading = read([mail({ seconds: 0 })], newDetector(settingsWith({ emitWindows: false })));
    tick(reading, 600);
    expect(reading.windows).toEqual([]);
    expect(reading.state.site?.windows.rowCount).toBe(1);
  });

  test("no more rows than are allowed; the site's are kept", () => {
    const bounds = { ...defaultDetectorSettings.bounds, windowsMax: 10 };
    const events = Array.from({ length: 30 }, (_, index) =>
      mail({ seconds: index, recipients: 30, list: `l${index}@corp.example` }),
    );
    const reading = read(events, newDetector(settingsWith({ bounds })));
    expect(reading.state.site?.windows.rowCount).toBeLessThanOrEqual(11);
    expect(detectorSurvey(reading.state).counters.windowsDropped).toBeGreaterThan(0);
    tick(reading, 600);
    expect(reading.windows.filter((window) => window.scope === "site").map((window) => window.messages)).toEqual([30]);
  });
});
