import { describe, expect, test } from "vitest";
import type { DetectorSettings, ListRule } from "../../shared/domain/detector-settings.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { detectorSurvey } from "./detector.ts";
import {
  conversation,
  feed,
  mail,
  newDetector,
  opened,
  read,
  type Reading,
  settingsWith,
  STAFF,
  START_AT,
  tick,
  warmingMails,
  withoutLogin,
} from "./testing/conversation.ts";

const MINUTE = 60;
const repeat = (gap: number, count: number): number[] => Array.from({ length: count }, () => gap);
const life = (alerts: readonly StormAlert[]): string[] => alerts.map((alert) => alert.type);
const withRule = (rule: Omit<ListRule, "list">): DetectorSettings =>
  settingsWith({ listRules: [{ list: STAFF, ...rule }] });

describe("settings of a list", () => {
  const storm = conversation({ audience: 25_000, gaps: repeat(30, 10) });

  test("exempt: nothing", () => {
    expect(read(storm, newDetector(withRule({ exempt: true }))).alerts).toEqual([]);
  });

  test("exempt: nothing, though every mail reaches one more", () => {
    const growing = storm.map((event, index) => ({
      ...event,
      recipients: event.recipients + index,
      hints: { references: [] },
    }));
    expect(read(growing, newDetector(withRule({ exempt: true }))).alerts).toEqual([]);
    expect(opened(read(growing))).toHaveLength(1);
  });

  test("announce-only: the first reply-all is a watch", () => {
    const small = conversation({ audience: 100, gaps: [600] });
    const reading = read(small, newDetector(withRule({ announceOnly: true })));
    expect(reading.alerts.map((alert) => [alert.type, alert.reasons])).toEqual([["storm.watch", ["open-list"]]]);
  });

  test("expected replies: at most a watch until then, a storm after", () => {
    const until = START_AT + 10 * MINUTE * 1000;
    const reading = read(storm, newDetector(withRule({ expectedRepliesUntil: until })));
    expect(life(reading.alerts)).toEqual(["storm.watch"]);
    feed(reading, [
      mail({
        seconds: 11 * MINUTE,
        recipients: 25_000,
        login: "late@corp.example",
        hints: { references: ["root@corp.example"] },
      }),
    ]);
    expect(opened(reading)).toHaveLength(1);
  });

  test("thresholds of its own", () => {
    const slow = conversation({ audience: 25_000, gaps: repeat(900, 4) });
    expect(opened(read(slow))).toEqual([]);
    const reading = read(slow, newDetector(withRule({ thresholds: { crowdPeople: 3 } })));
    expect(opened(reading).map((alert) => alert.reasons)).toEqual([["crowd"]]);
  });

  test("a configured audience stands for an expansion that cannot be seen", () => {
    const blind = storm.map((event) => ({ ...event, recipients: 1 }));
    expect(read(blind).alerts).toEqual([]);
    const [alert] = opened(read(blind, newDetector(withRule({ audience: 25_000 }))));
    expect(alert?.evidence.audience).toBe(25_000);
  });
});

describe("list scope", () => {
  const loose = (count: number, gap: number): ReturnType<typeof mail>[] =>
    Array.from({ length: count }, (_, index) =>
      mail({
        seconds: index * gap,
        recipients: 5000,
        login: `p${index}@corp.example`,
        hints: { subjectKey: `s${index}` },
      }),
    );

  test("4 posters in 5 minutes, 5 in 10, the first included", () => {
    expect(opened(read(loose(4, 100)))[0]?.evidence).toMatchObject({ replyAlls: 3, distinctRepliers: 3 });
    expect(opened(read(loose(4, 101)))).toEqual([]);
    expect(opened(read(loose(5, 150)))[0]?.evidence.replyAlls).toBe(4);
    expect(opened(read(loose(5, 151)))).toEqual([]);
  });

  test("on a cold list discussions that headers tie do not add up", () => {
    const tied = loose(8, 30).map((event, index) => ({
      ...event,
      hints: { references: [`thread${index}`], inReplyTo: `thread${index}` },
    }));
    expect(opened(read(tied))).toEqual([]);
  });

  test("on a warm list newcomers count whatever their thread, known writers never", () => {
    const tied = loose(4, 60).map((event, index) => ({ ...event, hints: { references: [`thread${index}`] } }));
    expect(opened(read([...warmingMails(), ...tied]))[0]?.reasons).toEqual(["list-burst"]);
    const known = loose(6, 60).map((event, index) => ({ ...event, login: `regular${index}@corp.example` }));
    expect(opened(read([...warmingMails(), ...known]))).toEqual([]);
  });

  test.each([
    { name: "outside mail raises a watch", senderDomain: "spam.example", trusted: [], opens: 0 },
    { name: "the list's own domain opens", senderDomain: "corp.example", trusted: [], opens: 1 },
    { name: "a trusted domain opens", senderDomain: "partner.example", trusted: ["partner.example"], opens: 1 },
  ])("unauthenticated: $name", ({ senderDomain, trusted, opens }) => {
    const outside = loose(5, 30).map((event, index) =>
      withoutLogin(event, { from: `x${index}@${senderDomain}`, senderDomain }),
    );
    const reading = read(outside, newDetector(withRule({ trustedDomains: trusted })));
    expect(opened(reading)).toHaveLength(opens);
    expect(reading.alerts[0]?.reasons).toEqual(opens === 0 ? ["list-burst", "outside-senders"] : ["list-burst"]);
  });

  test.each([
    { name: "20 machines in 10 minutes are a storm", senders: 20, count: 20, types: ["storm.opened"] },
    { name: "19 are not", senders: 19, count: 19, types: [] },
    { name: "20 of one machine are", senders: 1, count: 20, types: ["storm.opened"] },
  ])("automatic mail to the list: $name", ({ senders, count, types }) => {
    const machines = Array.from({ length: count }, (_, index) =>
      mail({
        seconds: index * 20,
        recipients: 2500,
        login: `m${index % senders}@corp.example`,
        automatic: "auto-submitted",
      }),
    );
    const reading = read(machines);
    expect(life(reading.alerts)).toEqual(types);
    expect(reading.alerts[0]?.reasons).toEqual(types.length === 0 ? undefined : ["automatic"]);
    expect(opened(reading)[0]?.evidence.autoReplies).toBe(types.includes("storm.opened") ? 20 : undefined);
  });

  const machines = Array.from({ length: 20 }, (_, index) =>
    mail({
      seconds: index * 20,
      recipients: 100,
      login: `m${index}@corp.example`,
      id: `machine${index}`,
      queueId: `A${index}`,
      automatic: "auto-submitted",
    }),
  );

  test.each([
    { name: "by a later copy of one of them", late: mail({ seconds: 400, id: "machine3", recipients: 5000 }) },
    { name: "by a person's mail", late: mail({ seconds: 400, login: "boss@corp.example", recipients: 5000 }) },
  ])("automatic mail is judged again when the audience is learned late, $name", ({ late }) => {
    const reading = read(machines);
    expect(life(reading.alerts)).toEqual(["storm.watch"]);
    expect(reading.alerts[0]?.reasons).toEqual(["automatic", "price-gate"]);
    feed(reading, [late]);
    const [opening] = opened(reading);
    expect(opening?.reasons).toEqual(["automatic"]);
    expect(opening?.detectedAt).toBe(late.at);
  });

  test("an audience learned after the automatic mail was over opens nothing", () => {
    const reading = read(machines);
    tick(reading, 7200);
    feed(reading, [mail({ seconds: 7200, login: "boss@corp.example", recipients: 5000 })]);
    expect(life(reading.alerts)).toEqual(["storm.watch"]);
  });
});

describe("bounds of the posts to lists", () => {
  const bounds = { ...settingsWith({}).bounds, listPostsMax: 60 };
  const postsOf = (reading: Reading): number[] =>
    [...([...reading.state.sites.values()][0]?.lists.lists.values() ?? [])].map(
      (list) => list.posters.posts.length + list.automatic.length,
    );
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

  test("the longest unused lists give theirs up first, one with an open storm last", () => {
    const storm = Array.from({ length: 8 }, (_, index) =>
      mail({ seconds: index * 10, recipients: 25_000, login: `p${index}@corp.example` }),
    );
    const others = Array.from({ length: 200 }, (_, index) =>
      mail({ seconds: 100 + index, recipients: 25, list: `l${index}@corp.example`, login: `q${index}@corp.example` }),
    );
    const reading = read([...storm, ...others], newDetector(settingsWith({ bounds })));
    expect(sum(postsOf(reading))).toBeLessThanOrEqual(60);
    expect([...reading.state.sites.values()][0]?.lists.posts).toBe(sum(postsOf(reading)));
    expect(postsOf(reading)[0]).toBe(8);
    expect(postsOf(reading).at(-1)).toBe(1);
    expect(detectorSurvey(reading.state).counters.listPostsDropped).toBeGreaterThan(140);
  });

  test("what no rule looks back to any more is forgotten, whoever wrote stays known", () => {
    const reading = read([
      mail({ seconds: 0, recipients: 500, login: "bob@corp.example" }),
      mail({ seconds: 1, recipients: 500, login: "robot@corp.example", automatic: "out-of-office" }),
    ]);
    tick(reading, 10);
    expect(postsOf(reading)).toEqual([2]);
    tick(reading, 4 * 3600);
    expect(postsOf(reading)).toEqual([0]);
    const [site] = reading.state.sites.values();
    expect([site?.lists.posts, site?.lists.persons]).toEqual([0, 1]);
  });

  test("a list that is forgotten leaves nothing behind in messages that went to it", () => {
    const few = { ...settingsWith({}).bounds, listsMax: 10, fanOutsMax: 40 };
    const events = Array.from({ length: 100 }, (_, index) =>
      mail({ seconds: index * 60, recipients: 25, list: `l${index}@corp.example` }),
    );
    const reading = read(events, newDetector(settingsWith({ bounds: few })));
    const [site] = reading.state.sites.values();
    const messages = [...(site?.threads.threads.values() ?? [])].flatMap((thread) => thread.messages);
    expect(messages).toHaveLength(100);
    expect(messages.filter((fanOut) => fanOut.lists.length > 0).length).toBeLessThanOrEqual(41);
    const old = messages.flatMap((fanOut) => fanOut.lists).filter(({ list }) => list.forgotten);
    expect(old.map(({ list }) => list.posters.posts.length)).toEqual(old.map(() => 0));
  });
});
