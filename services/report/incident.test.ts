// What is counted of a storm: worked numbers.

import { array, assert, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import type { StormAccount } from "../../shared/domain/storm-account.ts";
import type { Incident } from "./incident.ts";
import { incidentFromAccount } from "./incident-from-account.ts";
import { incidentMinutes } from "./incident-minutes.ts";
import { microsoftVerdict } from "./microsoft-verdict.ts";
import { zoneOffset } from "../../shared/domain/zone-offset.ts";
import { stopAt } from "./stop.ts";
import { account, at, LIST, messages, type MessageRow, opening } from "../../test/support/storm-account.ts";

const DAY_MINUTES = 1440;

function incident(all: StormAccount, alertMinute: number): Incident {
  const alert = opening(alertMinute);
  return incidentFromAccount(all, { opening: alert, alerts: { shown: [alert], more: 0 } });
}

/** A first mail at 0 and replies at the minutes. */
const replies = (minutes: readonly number[], fields: Partial<MessageRow> = {}): MessageRow[] => [
  { minute: 0, recipients: fields.recipients ?? 2500 },
  ...minutes.map((minute) => ({ minute, ...fields })),
];

const span = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

describe("a stop at minute 2", () => {
  const storm = messages([
    { minute: 0, delivered: { 0: 300, 1: 200 } },
    { minute: 2, delivered: { 2: 100, 4: 400 } },
    { minute: 3, delivered: { 3: 50, 4: 450 } },
    { minute: 3, role: "automatic", delivered: { 4: 7 } },
  ]);
  test("averts what was accepted after it, not what was delivered after it", () => {
    expect(stopAt(storm, at(2))).toEqual({
      at: at(2),
      replyAlls: 1,
      automatic: 0,
      delivered: { least: 500, most: 600 },
      stillDelivered: { least: 400, most: 500 },
      laterMails: 2,
      laterRecipients: 5000,
      averted: 507,
    });
  });
  test("knows of the minute it falls in only that it may have gone either way", () => {
    expect(stopAt(storm, at(0.5))).toMatchObject({
      delivered: { least: 0, most: 300 },
      stillDelivered: { least: 200, most: 500 },
      averted: 1007,
    });
    expect(stopAt(storm, at(1.99)).delivered).toEqual({ least: 300, most: 500 });
    expect(stopAt(storm, at(5)).delivered).toEqual({ least: 1507, most: 1507 });
  });
  test.each([
    ["before the first mail, everything", -1, 1507],
    ["a moment before the last mails", 2.99, 507],
    ["with the last mails, nothing", 3, 0],
  ])("%s", (_name, minute, averted) => {
    expect(stopAt(storm, at(minute)).averted).toBe(averted);
  });
});

test("whatever the storm: what was delivered by a stop lies between its bounds, and with the rest it is everything", () => {
  const seconds = integer({ min: 0, max: 900 });
  const mail = record({ second: seconds, delays: array(integer({ min: 0, max: 400 }), { maxLength: 12 }) });
  assert(
    property(array(mail, { maxLength: 12 }), seconds, (mails, stopSecond) => {
      const times = mails.map(({ second, delays }) => delays.map((delay) => second + delay));
      const storm = messages(
        mails.map(({ second }, index) => ({
          minute: second / 60,
          delivered: countBy(times[index] ?? [], (time) => Math.floor(time / 60)),
        })),
      );
      const accepted = times.filter((_times, index) => (mails[index]?.second ?? 0) <= stopSecond).flat();
      const before = accepted.filter((time) => time <= stopSecond).length;
      const { delivered, stillDelivered, averted } = stopAt(storm, at(stopSecond / 60));
      expect(delivered.least).toBeLessThanOrEqual(before);
      expect(delivered.most).toBeGreaterThanOrEqual(before);
      const total = times.flat().length;
      expect(delivered.least + stillDelivered.most + averted).toBe(total);
      expect(delivered.most + stillDelivered.least + averted).toBe(total);
      expect(accepted.length + averted).toBe(total);
    }),
    { seed: 20_161_114 },
  );
});

function countBy(values: readonly number[], of: (value: number) => number): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[of(value)] = (counts[of(value)] ?? 0) + 1;
  return counts;
}

describe("Microsoft 365's default rule", () => {
  test("acts at the tenth reply-all to a thread within 60 minutes", () => {
    const storm = messages(replies(span(1, 12), { delivered: { 20: 1 } }));
    const verdict = microsoftVerdict(storm);
    expect(verdict).toMatchObject({ kind: "acts", replyAll: 10, stop: { at: at(10), averted: 2, replyAlls: 10 } });
  });
  test("counts a thread that began before the storm from its first reply on", () => {
    const [, ...later] = messages(replies(span(1, 10)));
    expect(microsoftVerdict(later)).toMatchObject({ kind: "acts", stop: { at: at(10) } });
  });
  test.each<[string, readonly MessageRow[], object]>([
    ["fewer recipients", replies(span(1, 20), { recipients: 2499 }), { mostInAnHour: 0, togetherAt: undefined }],
    ["nine replies", replies(span(1, 9)), { mostInAnHour: 9, togetherAt: undefined }],
    [
      "ten replies, seven minutes apart",
      replies(span(1, 10).map((minute) => minute * 7)),
      { mostInAnHour: 9, togetherAt: undefined },
    ],
    ["machines", replies(span(1, 20), { role: "automatic" }), { mostInAnHour: 0, togetherAt: undefined }],
    [
      "a thread each: only together",
      replies(span(1, 12)).map((row, index) => ({ ...row, threadKey: `${index}`, answersThread: false })),
      { mostInAnHour: 0, togetherAt: at(10) },
    ],
  ])("never: %s", (_name, rows, expected) => {
    expect(microsoftVerdict(messages(rows))).toMatchObject({ kind: "never", ...expected });
  });
});

describe("rows by the minute", () => {
  const moments = { alertAt: at(2), microsoftAt: undefined };

  test("count replies and deliveries, apart from what was accepted after the alert", () => {
    const storm = messages([
      { minute: 0, delivered: { 0: 5 } },
      { minute: 2, person: "a", delivered: { 2: 10 } },
      { minute: 2.5, person: "a", delivered: { 2: 1, 3: 10 } },
    ]);
    const { rows, stepMs, later } = incidentMinutes(storm, { ...moments, microsoftAt: at(2.5) });
    expect([stepMs, later]).toEqual([60_000, undefined]);
    expect(
      rows.map((row) => [row.replyAlls, row.delivered, row.deliveredAfterAlert, row.deliveredAfterMicrosoft]),
    ).toEqual([
      [0, 5, 0, 0],
      [0, 0, 0, 0],
      [2, 11, 1, 0],
      [0, 10, 10, 0],
    ]);
  });

  test("a few deliveries days later do not make the rows wide: they are summed behind them", () => {
    const storm = messages([{ minute: 0, delivered: { 0: 1000, 2: 1000, [3 * DAY_MINUTES]: 7 } }]);
    const { rows, stepMs, later } = incidentMinutes(storm, moments);
    expect([rows.length, stepMs]).toEqual([3, 60_000]);
    expect(later).toEqual({ delivered: 7, untilMs: at(3 * DAY_MINUTES + 1) });
  });

  test.each([
    [359, 1],
    [360, 2],
    [DAY_MINUTES, 5],
    [3 * DAY_MINUTES, 15],
    [900 * DAY_MINUTES, 3 * DAY_MINUTES],
  ])("a storm of %i minutes has rows of %i", (minutes, step) => {
    const { rows, stepMs } = incidentMinutes(messages([{ minute: 0 }, { minute: minutes - 1 }]), moments);
    expect(stepMs).toBe(step * 60_000);
    expect(rows.length).toBeLessThanOrEqual(360);
    expect(rows.reduce((sum, { replyAlls }) => sum + replyAlls, 0)).toBe(1);
  });

  test.each([
    ["Asia/Kolkata", "18:30"],
    ["America/New_York", "05:00"],
    ["UTC", "00:00"],
  ])("rows of half a day begin at noon and midnight of the zone: %s", (timeZone, utc) => {
    const storm = messages([{ minute: 0 }, { minute: 120 * DAY_MINUTES }]);
    const { rows, stepMs } = incidentMinutes(storm, moments, zoneOffset(timeZone));
    expect(stepMs).toBe(12 * 60 * 60_000);
    const times = new Set(rows.map(({ start }) => new Date(start).toISOString().slice(11, 16)));
    expect([...times]).toContain(utc);
    expect(times.size).toBe(2);
  });

  test("nothing is lost: rows and what comes later are all deliveries", () => {
    const storm = messages(replies(span(1, 200), { delivered: { 3: 2, 250: 1, 5000: 1 } }));
    const { rows, later } = incidentMinutes(storm, moments);
    const sum = rows.reduce((total, { delivered }) => total + delivered, 0) + (later?.delivered ?? 0);
    expect(sum).toBe(200 * 4);
  });
});

describe("an incident", () => {
  test("sums its mails, people and lists", () => {
    const both = [LIST, "board@example.org"];
    const all = account(
      [
        { minute: 0, delivered: { 0: 2000 } },
        { minute: 1, person: "a", lists: both, delivered: { 1: 2400 } },
        { minute: 2, person: "b", recipients: 2501, delivered: { 2: 2500 } },
        { minute: 3, person: "a", delivered: { 3: 2500, 9: 1 } },
        { minute: 4, role: "automatic", delivered: { 4: 10 } },
      ],
      { lists: [LIST, "board@example.org"].map((address) => ({ address, audience: 2500 })) },
    );
    const { firstAnswer, lastAnswerAt, lastDeliveryAt, alertStop, lateStop, lists, answerers, ...sums } = incident(
      all,
      2,
    );
    expect(sums).toMatchObject({
      mails: 5,
      replyAlls: 3,
      people: 2,
      automatic: 1,
      recipients: 12_501,
      largestReach: 2501,
      delivered: 9411,
    });
    expect([firstAnswer, lastAnswerAt, lastDeliveryAt]).toEqual([{ at: at(1), person: "a" }, at(3), at(10)]);
    expect([alertStop.averted, lateStop.at, lateStop.averted]).toEqual([2511, at(12), 0]);
    expect(
      lists.shown.map(({ address, mails, replyAlls, delivered }) => [address, mails, replyAlls, delivered]),
    ).toEqual([
      [LIST, 5, 3, 9411],
      ["board@example.org", 1, 1, 2400],
    ]);
    expect(answerers).toEqual({
      shown: [
        { person: "a", replyAlls: 2, firstAt: at(1) },
        { person: "b", replyAlls: 1, firstAt: at(2) },
      ],
      more: 0,
      moreReplyAlls: 0,
    });
  });

  test("of what came after its calm, how much it was; it is counted with the rest", () => {
    const late = [{ minute: 60 }, { minute: 61, role: "other" as const }, { minute: 75, delivered: { 75: 2500 } }];
    const { afterCalm, replyAlls, delivered, lastAnswerAt } = incident(account([...replies([1, 2, 3]), ...late]), 3);
    expect(afterCalm).toEqual({ heldMs: 120 * 60_000, mails: 2, replyAlls: 1 });
    expect([replyAlls, delivered, lastAnswerAt]).toEqual([5, 2500, at(75)]);
    const { calmAt: _calmAt, heldUntil: _heldUntil, ...open } = account(replies([1, 2, 3]));
    expect(incident(open, 3).afterCalm).toBeUndefined();
  });

  test("of very many people those who answered most are named, in order of their first answer; the rest is counted", () => {
    const rows = replies(span(1, 150)).map((row, index) => ({ ...row, person: `p${index}` }));
    const again = ["p149", "p150"].map((person) => ({ minute: 151, person }));
    const { answerers } = incident(account([...rows, ...again]), 3);
    expect([answerers.shown.length, answerers.more, answerers.moreReplyAlls]).toEqual([100, 50, 50]);
    expect(answerers.shown.slice(-3).map(({ person }) => person)).toEqual(["p98", "p149", "p150"]);
  });
});
