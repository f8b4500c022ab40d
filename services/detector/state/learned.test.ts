// `squall learn`: what old logs say of lists, logins and machines, for a detector that starts later, or goes on later.

import { describe, expect, test } from "vitest";
import type { DetectorSettings } from "../../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import { createDetectorState, type DetectorState, step } from "../detector.ts";
import { firstSeenAt } from "../list-memory.ts";
import { isWarm, type ListState } from "../list-table.ts";
import { tellInto } from "../testing/all-entries.ts";
import { conversation, mail, settingsWith, STAFF, START_AT, warmingMails } from "../testing/conversation.ts";
import { KeptRun } from "../testing/kept-run.ts";
import { DetectorEntries } from "./detector-entries.ts";
import { SiteChanges } from "./site-changes.ts";

const settings = settingsWith({});
const DAY_SECONDS = 86_400;

/** Reads old mails on top of what is stored, and adds what it learned to that. */
function learn(
  stored: Map<string, Buffer>,
  events: readonly MailEvent[],
  by: DetectorSettings = settings,
): { state: DetectorState; told: string[] } {
  const state = createDetectorState(by, { advise: () => [], changes: () => new SiteChanges("learned") });
  const entries = new DetectorEntries(state);
  for (const [key, value] of stored) entries.restore(key, value);
  entries.restored();
  const before = new Map(stored);
  for (const [index, event] of events.entries()) {
    step(state, { kind: "event", event });
    if (index % 5 === 4) tellInto(entries, stored);
  }
  tellInto(entries, stored);
  const told = [...stored].filter(([key, value]) => before.get(key) !== value).map(([key]) => key);
  return { state, told };
}

function listOf(run: KeptRun, address = STAFF): ListState {
  const list = run.state.site?.lists.lists.get(address) ?? [...run.state.sites.values()][0]?.lists.lists.get(address);
  if (list === undefined) throw new Error("the list is not known");
  return list;
}

function knows(list: ListState, person: string): boolean {
  return firstSeenAt(list.memory, person) !== undefined;
}

const oldStorm = conversation({
  audience: 3000,
  gaps: [10, 10, 10, 10, 10, 10],
  rootId: "old",
  startSeconds: -40 * DAY_SECONDS,
});
const old = [
  ...warmingMails(),
  ...oldStorm,
  ...Array.from({ length: 6 }, (_, index) =>
    mail({
      seconds: -30 * DAY_SECONDS + index,
      id: `w${index}`,
      list: null,
      login: "webmail",
      from: `p${index}@corp.example`,
    }),
  ),
  ...Array.from({ length: 30 }, (_, index) => {
    const who = {
      login: undefined,
      authenticated: false,
      from: `p${index}@other.example`,
      sender: `p${index}@other.example`,
    };
    return mail({ seconds: -30 * DAY_SECONDS + index, id: `g${index}`, list: null, hop: "203.0.113.7", ...who });
  }),
];

describe("from nothing", () => {
  const stored = new Map<string, Buffer>();
  learn(stored, old);

  test("lists, logins and machines are kept, and nothing else", () => {
    const kinds = new Set([...stored.keys()].map((key) => key.split("/")[2]));
    expect(kinds).toEqual(new Set(["client", "clients", "list", "login"]));
  });

  test("a detector that starts knows them, and no storm of the past", () => {
    const run = new KeptRun(settings, stored);
    run.feed([{ kind: "tick", watermark: START_AT }], 1);
    expect(run.told).toEqual([]);
    const [site] = run.state.sites.values();
    expect(site?.storms).toEqual([]);
    expect(site?.threads.threads.size).toBe(0);
    const list = listOf(run);
    expect(list).toMatchObject({ audience: 3000, messages: 13, replyAlls: 6, storm: undefined });
    expect(isWarm(list, START_AT, settings)).toBe(true);
    expect(knows(list, "regular3@corp.example") && knows(list, "person2@corp.example")).toBe(true);
    expect(site?.persons.logins.get("webmail")?.manyAt).toBe(START_AT - 30 * DAY_SECONDS * 1000 + 5000);
    expect(site?.clients.clients.get("203.0.113.7")?.manyAt).not.toBe(Number.POSITIVE_INFINITY);
  });

  test("and tells newcomers from the first mail on", () => {
    const storm = conversation({
      audience: 3000,
      gaps: [20, 20, 20, 20],
      rootId: "new",
      person: (index) => `never${index}@corp.example`,
    });
    const reasons = (from: ReadonlyMap<string, Buffer>): string[] => {
      const run = new KeptRun(settings, from);
      run.feed(
        storm.map((event) => ({ kind: "event", event })),
        1,
      );
      return run.told.filter((line) => line.includes("storm.opened"));
    };
    expect(reasons(stored)[0]).toContain('"cascade"');
    expect(reasons(new Map()).join(" ")).not.toContain('"cascade"');
  });
});

describe("beside a detector that was stopped in a storm", () => {
  const events = conversation({ audience: 4000, gaps: [10, 10, 10, 10, 10, 10] });
  const running = new KeptRun(settings, new Map());
  running.feed(
    events.map((event) => ({ kind: "event", event })),
    2,
  );
  const later = [...conversation({ audience: 4000, gaps: [10, 10, 10], startSeconds: 100 })].map((event, index) => {
    return {
      ...event,
      messageId: `later${index}`,
      hints: { references: ["root@corp.example"] },
      login: `late${index}@corp.example`,
    };
  });

  test("the storm goes on, and the list knows both the old writers and the new", () => {
    const stored = new Map(running.stored);
    const { told } = learn(stored, old);
    expect(told.length).toBeGreaterThan(0);
    const run = new KeptRun(settings, stored);
    run.feed(
      later.map((event) => ({ kind: "event", event })),
      3,
    );
    run.feed([{ kind: "tick", watermark: START_AT + 7_200_000 }], 1);
    const types = run.told.flatMap((line) => /"type":"storm\.(\w+)"/.exec(line)?.[1] ?? []);
    expect(types).not.toContain("opened");
    expect(types).toContain("resolved");
    const list = listOf(run);
    expect(list).toMatchObject({ audience: 4000, messages: 24 });
    expect(
      knows(list, "regular3@corp.example") && knows(list, "person2@corp.example") && knows(list, "late1@corp.example"),
    ).toBe(true);
  });

  test("a list that had to go for the learned ones is still the storm's, and goes with it", () => {
    const stored = new Map(running.stored);
    const others = ["b", "c", "d"].flatMap((name) => warmingMails(`${name}@corp.example`));
    learn(stored, others, { ...settings, bounds: { ...settings.bounds, listsMax: 2 } });
    const run = new KeptRun(settings, stored);
    const [site] = run.state.sites.values();
    expect(new Set(site?.lists.lists.keys())).toEqual(new Set(["c@corp.example", "d@corp.example"]));
    run.feed([{ kind: "tick", watermark: START_AT + 7_200_000 }], 1);
    expect(run.told.join(" ")).toContain('"type":"storm.resolved"');
    for (const hours of [3, 6, 150, 300]) run.feed([{ kind: "tick", watermark: START_AT + hours * 3_600_000 }], 1);
    const lists = [...run.stored.keys()].filter((key) => /\/list\/\d+$/.test(key));
    // The thread's own list: threads are kept for good.
    expect(lists).toHaveLength(3);
  });
});

test("what came and went while it was learned is not told: logs of years with many machines take no more room", () => {
  const bounds = { ...settings.bounds, clientsMax: 5, loginsMax: 5, listsMax: 5 };
  const events = Array.from({ length: 300 }, (_, index) => {
    const place = { hop: `203.0.113.${index % 250}`, list: `list${index}@corp.example`, recipients: 50 };
    const login = { login: `login${index}`, from: `from${index}@corp.example` };
    const stranger = { login: undefined, authenticated: false, from: `p${index}@other.example` };
    return mail({ seconds: index * 60, ...place, ...(index % 2 === 0 ? login : stranger) });
  });
  const state = createDetectorState(
    { ...settings, bounds },
    { advise: () => [], changes: () => new SiteChanges("learned") },
  );
  const entries = new DetectorEntries(state);
  for (const event of events) step(state, { kind: "event", event });
  const [site] = state.sites.values();
  expect(site?.changes instanceof SiteChanges ? site.changes.changed.size : 0).toBeLessThanOrEqual(15);
  const stored = new Map<string, Buffer>();
  tellInto(entries, stored);
  expect([...stored.keys()].filter((key) => /\/(list|client|login)\/\d+$/.test(key))).toHaveLength(15);
});
