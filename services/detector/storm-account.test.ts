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
  test("is told once it is forgotten, without what was written after its calm", () => {
    const heard = listening();
    const reading = read(conversation({ audience: AUDIENCE, gaps: GAPS }), heard.state);
    tick(reading, HOUR);
    const late = mail({ seconds: HOUR + 60, recipients: AUDIENCE, login: "late@corp.example", id: "late" });
    feed(reading, [{ ...late, hints: { references: ["root@corp.example"] } }]);
    expect(heard.accounts).toEqual([]);
    tick(reading, 4 * HOUR);
    const [account] = heard.accounts;
    expect(account?.calmAt).toBe(reading.alerts.find(({ type }) => type === "storm.resolved")?.resolvedAt);
    expect(account?.messages).toHaveLength(1 + GAPS.length);
    tellHeldStorms(heard.state);
    expect(heard.accounts).toHaveLength(1);
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
