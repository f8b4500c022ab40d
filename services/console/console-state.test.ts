import { describe, expect, test } from "vitest";
import { stormAlert } from "../../test/support/storm-alert.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { ThreadWindow, WindowScope } from "../../shared/domain/thread-window.ts";
import { ConsoleState, defaultConsoleBounds } from "./console-state.ts";
import type { ConsoleView } from "./console-view.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A whole minute. */
const NOW = Date.UTC(2016, 10, 14, 9, 0);
const LIST = "all@nhs.example";

interface Told extends Partial<ThreadWindow> {
  readonly minutesAgo: number;
}

function window(scope: WindowScope, key: string, { minutesAgo, ...change }: Told): ThreadWindow {
  const windowStart = NOW - minutesAgo * MINUTE_MS;
  return {
    v: 1,
    site: "nhs",
    scope,
    key,
    windowStart,
    windowEnd: windowStart + MINUTE_MS,
    final: false,
    replyAlls: 0,
    distinctRepliers: change.replyAlls ?? 0,
    automatic: 0,
    messages: 1,
    recipients: 100,
    deliveries: 0,
    audience: 100,
    score: 0,
    ...change,
  };
}

function viewOf(state: ConsoleState, now = NOW): ConsoleView {
  return state.view({ nowMs: now, timeZone: "Europe/London", health: [] });
}

function alert(change: Partial<StormAlert> = {}): StormAlert {
  return stormAlert({
    site: "nhs",
    list: LIST,
    startedAt: NOW - 5 * MINUTE_MS,
    detectedAt: NOW - MINUTE_MS,
    ...change,
  });
}

describe("the last hour", () => {
  test("is told minute by minute, over all sites, and what is older is not", () => {
    const state = new ConsoleState();
    state.addWindow(window("site", "nhs", { minutesAgo: 0, replyAlls: 2, deliveries: 200 }));
    state.addWindow(window("site", "uni", { minutesAgo: 0, site: "uni", replyAlls: 1, deliveries: 50 }));
    state.addWindow(window("site", "nhs", { minutesAgo: 59, replyAlls: 7, deliveries: 1 }));
    state.addWindow(window("site", "nhs", { minutesAgo: 60, replyAlls: 99, deliveries: 99 }));
    const { rates } = viewOf(state);
    expect(rates.from).toBe("2016-11-14T08:01:00.000Z");
    expect([rates.replyAlls.length, rates.replyAlls[0], rates.replyAlls[59]]).toEqual([60, 7, 3]);
    expect([rates.deliveries[0], rates.deliveries[1], rates.deliveries[59]]).toEqual([1, 0, 250]);
  });

  test("a window that is told again takes the place of what it said before", () => {
    const state = new ConsoleState();
    for (const replyAlls of [1, 5]) state.addWindow(window("site", "nhs", { minutesAgo: 3, replyAlls }));
    expect(viewOf(state).rates.replyAlls[56]).toBe(5);
  });
});

describe("the time before anybody looked", () => {
  const seen = (state: ConsoleState, watchedFromMs?: number): ConsoleView =>
    state.view({ nowMs: NOW, timeZone: "Europe/London", health: [], watchedFromMs });

  test("is not called calm: from when on things are known is said", () => {
    const state = new ConsoleState();
    expect(seen(state).knownFrom).toBeUndefined();
    expect(seen(state, NOW - 10 * MINUTE_MS)).toMatchObject({
      detail: "no reply-alls since 08:50",
      knownFrom: "2016-11-14T08:50:00.000Z",
    });
  });

  test("is known as far back as there are windows of it", () => {
    const state = new ConsoleState();
    state.addWindow(window("site", "nhs", { minutesAgo: 30, deliveries: 5 }));
    expect(seen(state, NOW).detail).toBe("no reply-alls and 5 deliveries since 08:30");
    state.addWindow(window("site", "nhs", { minutesAgo: 90 }));
    expect(seen(state, NOW).knownFrom).toBeUndefined();
  });
});

describe("threads and lists", () => {
  test("a thread has the subject that an alert told", () => {
    const state = new ConsoleState();
    for (const key of ["t", "other"]) state.addWindow(window("thread", key, { minutesAgo: 1, replyAlls: 2 }));
    state.addAlert(alert({ threadKey: "t", subject: "Test" }));
    expect(viewOf(state).threads.map(({ key, subject }) => [key, subject])).toEqual([
      ["other", undefined],
      ["t", "Test"],
    ]);
  });

  test("stand there once they are answered, the highest score first", () => {
    const state = new ConsoleState();
    state.addWindow(window("thread", "quiet", { minutesAgo: 1 }));
    state.addWindow(window("thread", "low", { minutesAgo: 1, replyAlls: 9, score: 1 }));
    state.addWindow(window("thread", "high", { minutesAgo: 2, replyAlls: 1, score: 8, list: LIST }));
    state.addWindow(window("list", LIST, { minutesAgo: 1, automatic: 2 }));
    const { threads, lists } = viewOf(state);
    expect(threads.map(({ key }) => key)).toEqual(["high", "low"]);
    expect(threads[0]).toMatchObject({ list: LIST, lastReplyAt: "2016-11-14T08:58:00.000Z" });
    expect(lists.map(({ key }) => key)).toEqual([LIST]);
  });

  test("with their sums: answers, people between the most of a minute and all minutes, rate, growth, reach", () => {
    const state = new ConsoleState();
    const minutes: readonly Told[] = [
      { minutesAgo: 20, replyAlls: 4, distinctRepliers: 3, audience: 90, deliveries: 10 },
      { minutesAgo: 14, replyAlls: 2, distinctRepliers: 2, audience: 80, deliveries: 20 },
      { minutesAgo: 4, replyAlls: 5, distinctRepliers: 4, audience: 100, deliveries: 30, score: 6.5 },
      { minutesAgo: 0, replyAlls: 5, distinctRepliers: 5, audience: 70, deliveries: 40, score: 7.5 },
    ];
    for (const minute of minutes) state.addWindow(window("thread", "t", minute));
    expect(viewOf(state).threads[0]).toMatchObject({
      replyAlls: 16,
      repliersAtLeast: 5,
      repliersAtMost: 14,
      reach: 100,
      repliesPerMinute: 2,
      growth: 3,
      score: 7.5,
      deliveries: 100,
    });
  });

  test("have no score when nobody has answered for half an hour: then it is of the past", () => {
    const state = new ConsoleState();
    state.addWindow(window("thread", "t", { minutesAgo: 30, replyAlls: 3, score: 7 }));
    const scores = [NOW, NOW + MINUTE_MS].map((now) => viewOf(state, now).threads[0]?.score);
    expect(scores).toEqual([7, 0]);
  });

  test("are bounded: who was spoken of longest ago goes first, and is counted", () => {
    const state = new ConsoleState({ ...defaultConsoleBounds, threadsMax: 2 });
    for (const key of ["a", "b", "a", "c"]) state.addWindow(window("thread", key, { minutesAgo: 1, replyAlls: 1 }));
    expect(viewOf(state).threads.map(({ key }) => key)).toEqual(["a", "c"]);
    expect(state.dropped).toBe(1);
  });

  test("20 at most are shown of 1,000", () => {
    const state = new ConsoleState();
    for (let index = 0; index < 1_000; index += 1) {
      state.addWindow(window("thread", `t${index}`, { minutesAgo: 1, replyAlls: 1, score: index }));
    }
    const { threads } = viewOf(state);
    expect([threads.length, threads[0]?.key]).toEqual([20, "t999"]);
  });
});

describe("the state", () => {
  test("is calm where nothing is", () => {
    expect(viewOf(new ConsoleState())).toMatchObject({
      state: "calm",
      headline: "Calm",
      detail: "no reply-alls in the last hour",
      storms: [],
    });
  });

  test("goes from watch to storm to calm with the alerts of one storm", () => {
    const state = new ConsoleState();
    const states = (["storm.watch", "storm.opened", "storm.resolved"] as const).map((type, index) => {
      expect(state.addAlert(alert({ type, revision: index + 1, resolvedAt: NOW }))).toBe(true);
      return viewOf(state).state;
    });
    expect(states).toEqual(["watch", "storm", "calm"]);
    expect(viewOf(state).detail).toBe("a storm ended at 09:00; no reply-alls in the last hour");
    expect(viewOf(state).storms[0]).toMatchObject({ state: "over", resolvedAt: "2016-11-14T09:00:00.000Z" });
    expect(viewOf(state).alerts.map(({ type }) => type)).toEqual(["storm.resolved", "storm.opened", "storm.watch"]);
  });

  test("an alert that comes again, or late, is no news", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ revision: 2 }));
    expect([state.addAlert(alert({ revision: 2 })), state.addAlert(alert({ revision: 1 }))]).toEqual([false, false]);
    expect(viewOf(state).alerts).toHaveLength(1);
  });

  test("is not known where nobody reads, unless a storm was told of", () => {
    const state = new ConsoleState();
    const health = [{ name: "Reading", state: "down", words: "no broker" }] as const;
    const asked = { nowMs: NOW, timeZone: "UTC", health, isKnown: false };
    expect(state.view(asked)).toMatchObject({ state: "unknown", headline: "Not known", detail: "Reading: no broker" });
    state.addAlert(alert());
    expect(state.view(asked)).toMatchObject({ state: "storm" });
  });

  test("is not known, and what was known before is shown as that", () => {
    const state = new ConsoleState();
    const asked = { nowMs: NOW, timeZone: "UTC", health: [], isKnown: false };
    expect(state.view(asked)).toMatchObject({ detail: "nothing was read yet", knownFrom: "2016-11-14T09:00:00.000Z" });
    state.addWindow(window("site", "nhs", { minutesAgo: 3, deliveries: 5 }));
    expect(state.view(asked).detail).toBe("nothing was read yet; what is shown was known before");
  });

  test("of storms the one that delivered most comes first, of watches the newest", () => {
    const state = new ConsoleState();
    const delivered = (deliveriesSoFar: number) => ({ evidence: { ...alert().evidence, deliveriesSoFar } });
    state.addAlert(alert({ stormId: "s1", list: "1@x", ...delivered(10) }));
    state.addAlert(alert({ stormId: "s2", list: "2@x", ...delivered(20) }));
    const watch = { type: "storm.watch", severity: "watch" } as const;
    state.addAlert(alert({ ...watch, stormId: "w1", list: "3@x", detectedAt: NOW - 3 * MINUTE_MS, ...delivered(90) }));
    state.addAlert(alert({ ...watch, stormId: "w2", list: "4@x", detectedAt: NOW - MINUTE_MS, ...delivered(30) }));
    expect(viewOf(state).storms.map(({ stormId }) => stormId)).toEqual(["s2", "s1", "w2", "w1"]);
  });

  test("a watch is over when nobody has answered for half an hour, or its list has a storm", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ type: "storm.watch", severity: "watch", stormId: "w", scopes: ["list"] }));
    state.addWindow(window("list", LIST, { minutesAgo: -20, replyAlls: 1 }));
    const ids = (now: number): string[] => viewOf(state, now).storms.map(({ stormId }) => stormId);
    expect([ids(NOW + 40 * MINUTE_MS), ids(NOW + 56 * MINUTE_MS)]).toEqual([["w"], []]);
    state.addAlert(alert({ type: "storm.watch", severity: "watch", stormId: "w2" }));
    state.addAlert(alert({ type: "storm.watch", severity: "watch", stormId: "elsewhere", site: "uni" }));
    state.addAlert(alert({ stormId: "o" }));
    expect(ids(NOW)).toEqual(["o", "elsewhere"]);
  });

  test("what ended two hours ago is over; what is open is not, while it is answered", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ type: "storm.watch", severity: "watch", stormId: "w", list: "w@x" }));
    state.addAlert(alert({ type: "storm.resolved", stormId: "r", resolvedAt: NOW }));
    state.addAlert(alert({ stormId: "o", scopes: ["list"] }));
    // In another of its lists: the alert names the first.
    state.addWindow(window("site", "nhs", { minutesAgo: -90, replyAlls: 1 }));
    expect(viewOf(state, NOW + 2 * HOUR_MS).storms.map(({ stormId }) => stormId)).toEqual(["o"]);
  });

  test("a storm whose end nobody told is over when the mail of its site has gone on for two hours without an answer", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ stormId: "o", detectedAt: NOW }));
    state.addWindow(window("site", "nhs", { minutesAgo: -150 }));
    const ids = (readTo: number | undefined, nowMs = NOW + 3 * HOUR_MS): string[] =>
      state
        .view({ nowMs, timeZone: "UTC", health: [], eventTimeMs: () => readTo })
        .storms.map(({ stormId }) => stormId);
    expect(ids(undefined), "nobody said how far its mail is").toEqual(["o"]);
    expect(ids(NOW + 2 * HOUR_MS - 1), "the log is behind").toEqual(["o"]);
    expect(ids(NOW + 2 * HOUR_MS)).toEqual([]);
    state.addAlert(alert({ stormId: "unheard", detectedAt: NOW }));
    expect(ids(undefined, NOW + 26 * HOUR_MS)).toEqual([]);
  });

  test("a storm that nobody is told of says so, and until when", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ stormId: "told" }));
    state.addAlert(alert({ stormId: "quiet", list: "hall@nhs.example" }));
    const { storms } = state.view({
      nowMs: NOW,
      timeZone: "UTC",
      health: [],
      silenceOf: ({ list }) => (list === LIST ? undefined : { until: NOW + HOUR_MS, why: "town\u0007 hall" }),
    });
    expect(Object.fromEntries(storms.map(({ stormId, silenced }) => [stormId, silenced]))).toEqual({
      told: undefined,
      quiet: { until: "2016-11-14T10:00:00.000Z", why: "town hall" },
    });
  });

  test("the worst stands first", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ stormId: "r", type: "storm.resolved", resolvedAt: NOW }));
    state.addAlert(alert({ stormId: "w", type: "storm.watch", severity: "watch", list: "w@nhs.example" }));
    state.addAlert(alert({ stormId: "b", severity: "warning" }));
    state.addAlert(alert({ stormId: "c", severity: "critical" }));
    const view = viewOf(state);
    expect(view.storms.map(({ stormId }) => stormId)).toEqual(["c", "b", "w", "r"]);
    expect([view.headline, view.detail]).toEqual([
      "2 reply-all storms",
      `${LIST}: 3 reply-alls in 4 min, 2,500 recipients each, and 1 more`,
    ]);
  });

  test("storms are bounded: what has ended goes first", () => {
    const state = new ConsoleState({ ...defaultConsoleBounds, stormsMax: 2, alertsMax: 3 });
    state.addAlert(alert({ stormId: "a" }));
    state.addAlert(alert({ stormId: "r", type: "storm.resolved", resolvedAt: NOW }));
    state.addAlert(alert({ stormId: "w", type: "storm.watch" }));
    state.addAlert(alert({ stormId: "b" }));
    const view = viewOf(state);
    expect(view.storms.map(({ stormId }) => stormId).toSorted()).toEqual(["a", "b"]);
    expect(view.alerts.map(({ stormId }) => stormId)).toEqual(["b", "w", "r"]);
  });
});

describe("an open storm", () => {
  test("of many the worst twelve are told of in full, and the others counted; all of them where that is asked for", () => {
    const state = new ConsoleState();
    for (let storm = 0; storm < 40; storm += 1)
      state.addAlert(alert({ stormId: `${storm}`, list: `${storm}@x`, severity: storm < 3 ? "critical" : "watch" }));
    const view = viewOf(state);
    expect([view.storms.length, view.moreStorms, view.headline]).toEqual([12, 28, "3 reply-all storms"]);
    expect(view.detail).toMatch(/^0@x: .*, and 2 more$/u);
    const all = state.view({ nowMs: NOW, timeZone: "UTC", health: [], stormsShown: Number.POSITIVE_INFINITY });
    expect([all.storms.length, all.moreStorms]).toEqual([40, 0]);
  });

  test("is told as of now where windows say more than its last word, and by its last word where they do not", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ scopes: ["thread", "list"] }));
    expect(viewOf(state).storms[0]).toMatchObject({ replyAlls: 3, deliveries: 7500, repliesPerMinute: 1 });
    state.addWindow(window("list", LIST, { minutesAgo: 2, replyAlls: 30, deliveries: 90_000 }));
    const [storm] = viewOf(state).storms;
    expect(storm).toMatchObject({
      replyAlls: 30,
      deliveries: 90_000,
      repliesPerMinute: 15,
      deliveriesPerMinute: 45_000,
    });
    expect(storm).toMatchObject({ story: "30 reply-alls in 5 min, 2,500 recipients each" });
    expect(storm?.detectedAt).toBe("2016-11-14T08:59:00.000Z");
  });

  test("its rate is of the last five minutes wherever in a minute we are, not of four and a little", () => {
    const state = new ConsoleState();
    for (let minutesAgo = 20; minutesAgo > 0; minutesAgo -= 1)
      state.addWindow(window("list", LIST, { minutesAgo, replyAlls: 12 }));
    const rateAt = (seconds: number): number | undefined => {
      state.addWindow(window("list", LIST, { minutesAgo: 0, replyAlls: seconds / 5 }));
      return viewOf(state, NOW + seconds * 1000).lists[0]?.repliesPerMinute;
    };
    expect([0, 15, 30, 55].map(rateAt)).toEqual([12, 12, 12, 12]);
  });

  test("its last answer is the one that its alert tells of, where windows have not come so far", () => {
    const state = new ConsoleState();
    const at = NOW - 70_000;
    const step = { at, secondsSinceLast: 4, person: "a@x", timing: 3, newcomer: 0, pause: 0, score: 9 };
    state.addAlert(alert({ evidence: { ...alert().evidence, steps: [step] } }));
    state.addWindow(window("thread", "1@example.org", { minutesAgo: 4, replyAlls: 1 }));
    expect(viewOf(state).storms[0]?.lastReplyAt).toBe("2016-11-14T08:58:50.000Z");
  });

  test("says in its sentence since when nobody has answered, and that it is silenced", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ scopes: ["list"], startedAt: NOW - 20 * MINUTE_MS, detectedAt: NOW - 15 * MINUTE_MS }));
    state.addWindow(window("list", LIST, { minutesAgo: 9, replyAlls: 4 }));
    const asked = { nowMs: NOW, timeZone: "Europe/London", health: [] };
    expect(state.view(asked).detail).toMatch(/^all@nhs\.example: 4 reply-alls .*; nobody has answered for 8 min$/u);
    expect(state.view(asked).storms[0]?.lastReplyAt).toBe("2016-11-14T08:51:00.000Z");
    const silenceOf = (): { until: number; why: string } => ({ until: NOW + HOUR_MS, why: "hall" });
    expect(state.view({ ...asked, silenceOf }).detail).toMatch(/8 min; silenced until 10:00$/u);
  });

  test("tells what was accepted and not delivered yet, where all of it lies within the hour", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ stormId: "new", scopes: ["list"] }));
    state.addAlert(alert({ stormId: "old", scopes: ["list"], list: "old@nhs.example", startedAt: NOW - HOUR_MS }));
    for (const [minutesAgo, deliveries] of [
      [3, 4_000],
      [0, 3_000],
    ] as const) {
      for (const list of [LIST, "old@nhs.example"])
        state.addWindow(window("list", list, { minutesAgo, replyAlls: 2, recipients: 5_000, deliveries }));
    }
    expect(viewOf(state).storms.map(({ stormId, undelivered }) => [stormId, undelivered])).toEqual([
      ["new", 3_000],
      ["old", undefined],
    ]);
  });

  test("counts from its first minute on: what the list had before is not of it", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ scopes: ["list"] }));
    state.addWindow(window("list", LIST, { minutesAgo: 40, recipients: 99_000, deliveries: 90_000 }));
    state.addWindow(window("list", LIST, { minutesAgo: 2, replyAlls: 4, recipients: 10_000, deliveries: 9_500 }));
    expect(viewOf(state).storms[0]).toMatchObject({ deliveries: 9_500, undelivered: 500 });
  });

  test("of a log that is behind has the rates of the log's time, and of windows that know less than the alert none", () => {
    const state = new ConsoleState();
    const detectedAt = NOW - 20 * MINUTE_MS;
    state.addAlert(alert({ scopes: ["list"], startedAt: NOW - 25 * MINUTE_MS, detectedAt }));
    state.addWindow(window("list", LIST, { minutesAgo: 20, replyAlls: 10 }));
    const at = (eventTime: number): number | undefined =>
      state.view({ nowMs: NOW, timeZone: "UTC", health: [], eventTimeMs: () => eventTime }).storms[0]?.repliesPerMinute;
    expect([at(NOW - 20 * MINUTE_MS), at(NOW)]).toEqual([10, 0]);
    expect(at(NOW - 22 * MINUTE_MS)).toBe(alert().evidence.repliesPerMinute);
  });

  test("an hour is kept of each, though nobody looks for a day, and no more is counted", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ scopes: ["list"], startedAt: NOW - 24 * HOUR_MS }));
    for (let minutesAgo = 1_440; minutesAgo >= 0; minutesAgo -= 1)
      state.addWindow(window("list", LIST, { minutesAgo, replyAlls: 1, deliveries: 10 }));
    const view = viewOf(state);
    expect([view.storms[0]?.replyAlls, view.lists[0]?.replyAlls]).toEqual([60, 60]);
  });

  test("of a thread alone goes by the windows of the thread", () => {
    const state = new ConsoleState();
    state.addAlert(alert({ scopes: ["thread"], threadKey: "t" }));
    state.addWindow(window("list", LIST, { minutesAgo: 2, replyAlls: 30 }));
    state.addWindow(window("thread", "t", { minutesAgo: 2, replyAlls: 20 }));
    expect(viewOf(state).storms[0]?.replyAlls).toBe(20);
  });

  test("text of a log is printable, and a command that holds what is not is left out", () => {
    const advice = [
      { system: "postfix", text: "stop\u0007 it", command: "postsuper -h \u001b[31m" },
      { system: "exim", text: "stop it", command: "exim -Mf\n" },
    ] as const;
    const state = new ConsoleState();
    state.addAlert(alert({ subject: "a\u0000b\u202e", starter: "x\ny", advice }));
    const [storm] = viewOf(state).storms;
    expect(JSON.stringify(storm)).not.toMatch(/\\u00(?:0|1)|\u202e/u);
    expect(storm?.advice.map(({ command }) => command)).toEqual([undefined, "exim -Mf\n"]);
  });
});
