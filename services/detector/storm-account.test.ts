import { describe, expect, test } from "vitest";
import { defaultDetectorBounds } from "../../shared/domain/detector-bounds.ts";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { StormAccount, StormMessage } from "../../shared/domain/storm-account.ts";
import { createDetectorState, type DetectorState, tellHeldStorms } from "./detector.ts";
import { conversation, feed, mail, read, settingsWith, STAFF, START_AT, tick } from "./testing/conversation.ts";

const AUDIENCE = 3000;
const MINUTE = 60_000;
const HOUR = 3600;
const GAPS = [95, 70, 41, 33, 60];

interface Heard {
  readonly state: DetectorState;
  readonly accounts: StormAccount[];
  readonly left: StormMessage[];
}

function listening(settings: DetectorSettings = settingsWith({})): Heard {
  const accounts: StormAccount[] = [];
  const left: StormMessage[] = [];
  const listener = {
    over: (account: StormAccount) => void accounts.push(account),
    left: (_stormId: string, message: StormMessage) => void left.push(message),
  };
  return { state: createDetectorState(settings, { advise: () => [], listener }), accounts, left };
}

const delivered = (minute: number, count: number): object => ({
  start: START_AT + minute * MINUTE,
  delivered: count,
  deferred: 0,
  bounced: 0,
});

describe("a storm that the input ends in", () => {
  test("is told with its messages in order, what each is, and its lists", () => {
    const heard = listening();
    const answer = { recipients: AUDIENCE, hints: { references: ["root@corp.example"] } };
    const robot = mail({ ...answer, seconds: 310, login: "robot@corp.example", automatic: "auto-submitted" });
    const own = mail({ ...answer, seconds: 320 });
    const reading = read(conversation({ audience: AUDIENCE, gaps: GAPS }), heard.state);
    feed(reading, [robot, own]);
    expect(heard.accounts).toEqual([]);
    tellHeldStorms(heard.state);

    const [account] = heard.accounts;
    expect(heard.accounts).toHaveLength(1);
    expect(account).toMatchObject({
      opened: true,
      list: STAFF,
      starter: "anna@corp.example",
      startedAt: START_AT,
      audience: AUDIENCE,
      lists: [{ address: STAFF, audience: AUDIENCE }],
    });
    expect(account?.calmAt).toBeUndefined();
    expect(account?.stormId).toBe(reading.alerts[0]?.stormId);
    expect(account?.messages.map(({ at, role }) => [(at - START_AT) / 1000, role])).toEqual([
      [0, "first"],
      [95, "reply-all"],
      [165, "reply-all"],
      [206, "reply-all"],
      [239, "reply-all"],
      [299, "reply-all"],
      [310, "automatic"],
      [320, "other"],
    ]);
    expect(account?.messages[1]).toMatchObject({
      person: "person1@corp.example",
      recipients: AUDIENCE,
      lists: [STAFF],
      answersThread: true,
    });
  });

  test("has deliveries minute by minute, as the last word on each mail has them", () => {
    const heard = listening();
    const events = conversation({ audience: AUDIENCE, gaps: GAPS });
    const reading = read(events, heard.state);
    const revised = events.map((event, index) => ({
      ...event,
      revision: 2,
      minutes: [delivered(index, 1000), delivered(index + 7, 500 + index)],
    }));
    feed(reading, revised as typeof events);
    tellHeldStorms(heard.state);
    expect(heard.accounts[0]?.messages.map(({ minutes }) => minutes)).toEqual(
      events.map((_, index) => [
        { start: START_AT + index * MINUTE, delivered: 1000 },
        { start: START_AT + (index + 7) * MINUTE, delivered: 500 + index },
      ]),
    );
  });
});

describe("a storm that is over", () => {
  const answer = { recipients: AUDIENCE, hints: { references: ["root@corp.example"] } };
  const secondsOf = (account: StormAccount | undefined): unknown[] =>
    account?.messages.map(({ at, role }) => [(at - START_AT) / 1000, role]) ?? [];

  test("is told once it is forgotten, with who answered after its calm, and with their deliveries", () => {
    const heard = listening();
    const reading = read(conversation({ audience: AUDIENCE, gaps: GAPS }), heard.state);
    tick(reading, HOUR);
    const minutes = [delivered(62, AUDIENCE)] as ReturnType<typeof mail>["minutes"];
    const late = mail({ ...answer, seconds: HOUR + 60, login: "late@corp.example", id: "late", minutes });
    const again = mail({ ...answer, seconds: HOUR + 90, login: "person1@corp.example", id: "again" });
    const news = mail({ seconds: HOUR + 120, recipients: AUDIENCE, login: "news@corp.example", id: "news" });
    const other = mail({ ...news, seconds: HOUR + 150, login: "late@corp.example", hints: { references: ["news"] } });
    feed(reading, [late, again, news, other]);
    expect(heard.accounts).toEqual([]);
    tick(reading, 4 * HOUR);
    const [account] = heard.accounts;
    const resolved = reading.alerts.find(({ type }) => type === "storm.resolved");
    expect(account?.calmAt).toBe(resolved?.resolvedAt);
    expect(account?.calmAt).toBeLessThan(START_AT + HOUR * 1000);
    expect(account?.heldUntil).toBe((account?.calmAt ?? 0) + 2 * HOUR * 1000);
    expect(secondsOf(account).slice(1 + GAPS.length)).toEqual([
      [HOUR + 60, "reply-all"],
      [HOUR + 90, "reply-all"],
    ]);
    expect(account?.messages.at(-2)?.minutes).toEqual([{ start: START_AT + 62 * MINUTE, delivered: AUDIENCE }]);
    tellHeldStorms(heard.state);
    expect(heard.accounts).toHaveLength(1);
  });

  test.each([
    ["before the watermark passed it", 29, true],
    ["two hours later", 2 * HOUR, true],
    ["more than two hours later, though it is still held", 2 * HOUR + 1, false],
  ])("an answer after its calm, %s", (_name, afterSeconds, counts) => {
    const calmSeconds = GAPS.reduce((sum, gap) => sum + gap, 0) + HOUR / 2;
    const heard = listening();
    const reading = read(conversation({ audience: AUDIENCE, gaps: GAPS }), heard.state);
    // By somebody who has answered within the hour, or so late that one answer does not bring the storm back.
    const late = mail({ ...answer, seconds: calmSeconds + afterSeconds, login: "person5@corp.example", id: "late" });
    feed(reading, [late]);
    tick(reading, 5 * HOUR);
    const [account] = heard.accounts;
    expect(account?.calmAt).toBe(START_AT + calmSeconds * 1000);
    expect(account?.messages.length).toBe(1 + GAPS.length + (counts ? 1 : 0));
  });

  test("a watch says that it never opened", () => {
    const heard = listening();
    const reading = read(conversation({ audience: 300, gaps: GAPS }), heard.state);
    expect(reading.alerts.map(({ type }) => type)).toEqual(["storm.watch"]);
    tellHeldStorms(heard.state);
    expect(heard.accounts.map(({ opened }) => opened)).toEqual([false]);
  });
});

test("a subject is told where subjects are allowed", () => {
  const subjects = [true, false].map((allowSubject) => {
    const heard = listening(settingsWith({ allowSubject }));
    const [first, ...rest] = conversation({ audience: AUDIENCE, gaps: GAPS });
    if (first === undefined) throw new Error("no conversation");
    read([{ ...first, subject: "Test" }, ...rest], heard.state);
    tellHeldStorms(heard.state);
    return heard.accounts[0]?.subject;
  });
  expect(subjects).toEqual(["Test", undefined]);
});

test("messages over the bound of a storm are told one by one as they leave, and no message twice", () => {
  const bounds = { ...defaultDetectorBounds, messagesPerStormMax: 4 };
  const heard = listening(settingsWith({ bounds }));
  read(conversation({ audience: AUDIENCE, gaps: GAPS }), heard.state);
  tellHeldStorms(heard.state);
  const seconds = (messages: readonly StormMessage[] = []): number[] =>
    messages.map(({ at }) => (at - START_AT) / 1000);
  expect(seconds(heard.left)).toEqual([0, 95]);
  expect(seconds(heard.accounts[0]?.messages)).toEqual([165, 206, 239, 299]);
});

test("without a listener nothing is asked for", () => {
  const state = createDetectorState(settingsWith({}), { advise: () => [] });
  const reading = read(conversation({ audience: AUDIENCE, gaps: GAPS }), state);
  expect(() => tellHeldStorms(state)).not.toThrow();
  expect(reading.alerts.length).toBeGreaterThan(0);
});
