import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { detectorSurvey } from "./detector.ts";
import {
  conversation,
  feed,
  mail,
  opened,
  read,
  type Row,
  STAFF,
  START_AT,
  tick,
  warmingMails,
} from "./testing/conversation.ts";

const MINUTE = 60;
const HOUR = 3600;
const repeat = (gap: number, count: number): number[] => Array.from({ length: count }, () => gap);
const life = (alerts: readonly StormAlert[]): string[] => alerts.map((alert) => alert.type);

describe("updates", () => {
  test("told again when reply-alls have doubled or the severity rose", () => {
    const reading = read(conversation({ audience: 5000, gaps: repeat(30, 50) }));
    expect(life(reading.alerts).slice(0, 3)).toEqual(["storm.watch", "storm.opened", "storm.updated"]);
    expect(reading.alerts.map((alert) => alert.evidence.replyAlls)).toEqual([2, 4, 5, 10, 20, 40]);
    expect(reading.alerts.map((alert) => alert.revision)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(reading.alerts.map((alert) => alert.severity).slice(0, 3)).toEqual(["watch", "warning", "critical"]);
  });

  test("deliveries told again when they have doubled, from two whole mails on", () => {
    const events = conversation({ audience: 5000, gaps: repeat(30, 4) });
    const reading = read(events);
    const before = reading.alerts.length;
    const minutes = Array.from({ length: 10 }, (_, index) => ({
      start: START_AT + index * 60_000,
      delivered: 500,
      deferred: 0,
      bounced: 0,
    }));
    events.forEach((event) => feed(reading, [{ ...event, revision: 2, minutes }]));
    const updates = reading.alerts.slice(before);
    expect(life(updates)).toEqual(["storm.updated"]);
    expect(updates[0]?.evidence.deliveriesSoFar).toBeGreaterThanOrEqual(10_000);
    expect(updates[0]?.forecast.atLeast).toBe(25_000 - (updates[0]?.evidence.deliveriesSoFar ?? 0));
    expect(updates[0]?.evidence.deliveriesPerMinute).toBeGreaterThan(0);
  });

  test("a storm that turns critical", () => {
    const reading = read(conversation({ audience: 100_000, gaps: [95, 70, 41, 5, 5, 5, 5, 5, 5, 5, 5, 5] }));
    const severities = reading.alerts.map((alert) => alert.severity);
    expect(severities[0]).toBe("watch");
    expect(severities).toContain("warning");
    expect(severities.at(-1)).toBe("critical");
    expect(opened(reading)).toHaveLength(1);
  });
});

describe("scopes and threads of one list", () => {
  test("thread and list are one storm, the second scope an update", () => {
    const loose = [10, 20, 30, 40].map((seconds, index) =>
      mail({ seconds: 130 + seconds, recipients: 25_000, login: `loose${index}@corp.example`, id: `loose${index}` }),
    );
    const reading = read([...conversation({ audience: 25_000, gaps: repeat(30, 4) }), ...loose]);
    const [alert] = opened(reading);
    expect(alert?.scopes).toEqual(["thread"]);
    expect(new Set(reading.alerts.map((one) => one.stormId)).size).toBe(1);
    const last = reading.alerts.at(-1);
    expect(last?.type).toBe("storm.updated");
    expect(last?.scopes).toEqual(["thread", "list"]);
    expect(last?.reasons).toEqual(expect.arrayContaining(["pace", "list-burst"]));
    expect(last?.evidence.replyAlls).toBeGreaterThan(4);
  });

  const untied = (startSeconds: number, logins: readonly string[]): MailEvent[] =>
    logins.map((login, index) =>
      mail({ seconds: startSeconds + index * 20, recipients: 1000, login: `${login}@corp.example`, id: login }),
    );
  /** Newcomers answer all on a list with history: a burst of the list too, for which the thread's first mail counts. */
  const newcomers = [...warmingMails(STAFF, 1000), ...conversation({ audience: 1000, gaps: repeat(30, 12) })];

  test("a burst of the list joins the watch of the thread it is made of, which keeps its id", () => {
    const { alerts, state } = read(newcomers);
    expect(alerts.map(({ type, scope }) => [type, scope]).slice(0, 2)).toEqual([
      ["storm.watch", "thread"],
      ["storm.opened", "thread"],
    ]);
    expect(new Set(alerts.map(({ stormId }) => stormId)).size).toBe(1);
    expect(alerts[1]?.scopes).toEqual(["thread", "list"]);
    expect(alerts.map(({ revision }) => revision)).toEqual(alerts.map((_, index) => index + 1));
    expect(detectorSurvey(state).storms).toMatchObject({ opened: 1, watches: 1 });
  });

  test("a thread joins the watch of its list, which keeps its id", () => {
    const { alerts, state } = read([
      ...untied(0, ["one", "two", "three", "four"]),
      ...conversation({ audience: 1000, gaps: repeat(30, 12), startSeconds: 100 }),
    ]);
    expect(alerts.map(({ type, scope }) => [type, scope]).slice(0, 2)).toEqual([
      ["storm.watch", "list"],
      ["storm.opened", "thread"],
    ]);
    expect(new Set(alerts.map(({ stormId }) => stormId)).size).toBe(1);
    expect(detectorSurvey(state).storms).toMatchObject({ opened: 1, watches: 1 });
  });

  test("a second thread of the list joins its storm", () => {
    const reading = read([
      ...conversation({ audience: 25_000, gaps: repeat(30, 6) }),
      ...conversation({ audience: 25_000, gaps: repeat(30, 6), rootId: "second", startSeconds: 300 }),
    ]);
    expect(opened(reading)).toHaveLength(1);
    expect(new Set(reading.alerts.filter((one) => one.type !== "storm.watch").map((one) => one.stormId)).size).toBe(1);
    expect(detectorSurvey(reading.state).storms).toMatchObject({ opened: 1 });
    expect(reading.alerts.at(-1)?.evidence.replyAlls).toBeGreaterThan(7);
  });

  test("storms of two lists are two", () => {
    const reading = read([
      ...conversation({ audience: 25_000, gaps: repeat(30, 6) }),
      ...conversation({ audience: 25_000, gaps: repeat(30, 6), rootId: "other", list: "sales@corp.example" }),
    ]);
    expect(opened(reading).map((alert) => alert.list)).toEqual([STAFF, "sales@corp.example"]);
    expect(new Set(opened(reading).map((alert) => alert.stormId)).size).toBe(2);
  });
});

describe("the end", () => {
  const events = conversation({ audience: 5000, gaps: repeat(30, 6) });

  test("half an hour without a new replier resolves the storm, once", () => {
    const reading = read(events);
    tick(reading, 180 + 29 * MINUTE);
    expect(life(reading.alerts)).not.toContain("storm.resolved");
    tick(reading, 180 + 31 * MINUTE);
    const last = reading.alerts.at(-1);
    expect(last?.type).toBe("storm.resolved");
    expect(last?.resolvedAt).toBe(START_AT + (180 + 30 * MINUTE) * 1000);
    expect(last?.stormId).toBe(opened(reading)[0]?.stormId);
    expect(last?.advice).toEqual([]);
    tick(reading, 180 + 90 * MINUTE);
    expect(life(reading.alerts).filter((type) => type === "storm.resolved")).toHaveLength(1);
  });

  test("the same repliers again do not keep it open", () => {
    const reading = read(events);
    for (let index = 1; index <= 12; index += 1) {
      const login = "person6@corp.example";
      feed(reading, [
        mail({ seconds: 180 + index * 170, recipients: 5000, login, hints: { references: ["root@corp.example"] } }),
      ]);
    }
    tick(reading, 180 + 31 * MINUTE);
    expect(reading.alerts.at(-1)?.type).toBe("storm.resolved");
  });

  describe("of a storm of a list that has history", () => {
    const burst = Array.from({ length: 6 }, (_, index) =>
      mail({
        seconds: index * 30,
        recipients: 5000,
        login: `new${index}@corp.example`,
        hints: { subjectKey: `s${index}` },
      }),
    );
    const everyQuarter = (row: (index: number) => Partial<Row>): MailEvent[] =>
      Array.from({ length: 12 }, (_, index) =>
        mail({ seconds: 600 + index * 15 * MINUTE, recipients: 5000, ...row(index) }),
      );

    test.each([
      { name: "its regulars", talk: everyQuarter((index) => ({ login: `regular${index % 6}@corp.example` })) },
      {
        name: "machines that send their usual notices",
        talk: everyQuarter((index) => ({ login: `cron${index}@corp.example`, automatic: "auto-submitted" as const })),
      },
    ])("is not put off by $name", ({ talk }) => {
      const reading = read([...warmingMails(STAFF, 5000), ...burst, ...talk]);
      expect(opened(reading).map((alert) => alert.scope)).toEqual(["list"]);
      tick(reading, 3 * HOUR);
      const last = reading.alerts.at(-1);
      expect(last?.type).toBe("storm.resolved");
      expect(last?.resolvedAt).toBe(START_AT + (150 + 30 * MINUTE) * 1000);
    });
  });

  test.each([
    { name: "with ticks between", ticks: [180 + 31 * MINUTE, 180 + 60 * MINUTE] },
    { name: "without", ticks: [] },
  ])("a second wave within two hours continues the storm, $name", ({ ticks }) => {
    const reading = read(events);
    for (const seconds of ticks) tick(reading, seconds);
    const wave = Array.from({ length: 6 }, (_, index) =>
      mail({
        seconds: 5400 + index * 30,
        recipients: 5000,
        login: `late${index}@corp.example`,
        hints: { references: ["root@corp.example"] },
      }),
    );
    feed(reading, wave);
    const types = life(reading.alerts);
    const resolvedAt = types.indexOf("storm.resolved");
    expect(resolvedAt).toBeGreaterThan(0);
    expect(types[resolvedAt + 1]).toBe("storm.updated");
    expect(reading.alerts[resolvedAt + 1]?.resolvedAt).toBeUndefined();
    expect(new Set(reading.alerts.map((alert) => alert.stormId)).size).toBe(1);
    expect(reading.alerts.map((alert) => alert.revision)).toEqual(reading.alerts.map((_, index) => index + 1));
    tick(reading, 5400 + 3 * HOUR);
    expect(reading.alerts.at(-1)?.type).toBe("storm.resolved");
  });

  test("one straggler is no second wave", () => {
    const reading = read(events);
    tick(reading, 180 + 31 * MINUTE);
    const told = reading.alerts.length;
    feed(reading, [
      mail({
        seconds: 180 + 45 * MINUTE,
        recipients: 5000,
        login: "late@corp.example",
        hints: { references: ["root@corp.example"] },
      }),
    ]);
    expect(reading.alerts).toHaveLength(told);
  });

  test("a straggling regular of a large storm does not begin it anew", () => {
    const gaps = repeat(20, 120);
    const reading = read(conversation({ audience: 5000, gaps }));
    const seconds = 120 * 20;
    tick(reading, seconds + 32 * MINUTE);
    expect(reading.alerts.at(-1)?.type).toBe("storm.resolved");
    const told = reading.alerts.length;
    for (const index of [110, 111, 112, 113]) {
      const login = `person${index}@corp.example`;
      const hints = { references: ["root@corp.example"] };
      feed(reading, [mail({ seconds: seconds + 33 * MINUTE + index, recipients: 5000, login, hints })]);
    }
    expect(reading.alerts).toHaveLength(told);
  });

  test("a wave after that is another storm, under another id", () => {
    const reading = read(events);
    tick(reading, 4 * HOUR);
    feed(reading, conversation({ audience: 5000, gaps: repeat(30, 6), startSeconds: 5 * HOUR, rootId: "afternoon" }));
    const wave = Array.from({ length: 6 }, (_, index) =>
      mail({
        seconds: 9 * HOUR + index * 30,
        recipients: 5000,
        login: `late${index}@corp.example`,
        hints: { references: ["root@corp.example"] },
      }),
    );
    tick(reading, 8.9 * HOUR);
    feed(reading, wave);
    const ids = opened(reading).map((alert) => alert.stormId);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  test("a watch ends without a word", () => {
    const reading = read(conversation({ audience: 300, gaps: repeat(30, 6) }));
    tick(reading, 10 * HOUR);
    expect(life(reading.alerts)).toEqual(["storm.watch"]);
    expect(detectorSurvey(reading.state).storms).toEqual({ opened: 0, watches: 1, stillOpen: [] });
  });
});
