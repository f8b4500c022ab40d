import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { detectorSurvey } from "./detector.ts";
import {
  conversation,
  feed,
  mail,
  newDetector,
  opened,
  read,
  type Reading,
  type Row,
  settingsWith,
  STAFF,
  tick,
} from "./testing/conversation.ts";
import type { Thread } from "./thread-table.ts";

const big = (row: Row): MailEvent => mail({ recipients: 500, ...row });
const threadsOf = (reading: Reading): Thread[] => [...(reading.state.site?.threads.threads.values() ?? [])];
const hintsOf = (reading: Reading): string[] =>
  threadsOf(reading).flatMap((thread) => thread.messages.map(({ hint }) => hint));

describe("the thread of a message", () => {
  const root = big({ seconds: 0, id: "root", hints: { subjectKey: "lunch", threadIndex: "01aa" } });
  test.each([
    { hint: "references", hints: { references: ["root", "x"], inReplyTo: "y" } },
    { hint: "in-reply-to", hints: { inReplyTo: "root" } },
    { hint: "in-reply-to", hints: { references: ["unknown"], inReplyTo: "root" } },
    { hint: "thread-index", hints: { threadIndex: "01aa" } },
    { hint: "subject", hints: { subjectKey: "lunch", replySubject: true } },
    { hint: "new", hints: { subjectKey: "lunch" } },
    { hint: "new", hints: { subjectKey: "dinner", replySubject: true } },
    { hint: "new", hints: { references: ["unknown"] } },
  ])("$hint decides for $hints", ({ hint, hints }) => {
    const reading = read([root, big({ seconds: 60, id: "reply", login: "bob@corp.example", hints })]);
    expect(hintsOf(reading)).toEqual(["new", hint]);
    expect(threadsOf(reading)).toHaveLength(hint === "new" ? 2 : 1);
  });

  test("a subject ties within its list only, and for seven days", () => {
    const reply = { hints: { subjectKey: "lunch", replySubject: true }, login: "bob@corp.example" };
    const days = 86_400;
    expect(threadsOf(read([root, big({ ...reply, seconds: 60, list: "other@corp.example" })]))).toHaveLength(2);
    expect(threadsOf(read([root, big({ ...reply, seconds: 6 * days })]))).toHaveLength(1);
    expect(threadsOf(read([root, big({ ...reply, seconds: 8 * days })]))).toHaveLength(2);
  });

  test("a bare reply prefix ties nothing", () => {
    const bare = { subjectKey: "", replySubject: true };
    expect(threadsOf(read([big({ seconds: 0, hints: bare }), big({ seconds: 9, hints: bare })]))).toHaveLength(2);
  });

  test("a root that turns up later joins by its own id and becomes the first; the former first is a reply-all", () => {
    const reading = read([
      big({ seconds: 60, id: "r1", login: "bob@corp.example", hints: { references: ["root"] } }),
      big({ seconds: 90, id: "r2", login: "cy@corp.example", hints: { references: ["root"] } }),
      root,
    ]);
    const [thread] = threadsOf(reading);
    expect(hintsOf(reading)).toEqual(["new", "references", "message-id"]);
    expect(thread).toMatchObject({ key: "root", replyAlls: 2 });
    expect(thread?.first.person).toBe("anna@corp.example");
    expect(thread?.replies.posts.map((post) => post.person)).toEqual(["bob@corp.example", "cy@corp.example"]);
  });

  test("threads never merge", () => {
    const reading = read([
      big({ seconds: 0, id: "one" }),
      big({ seconds: 10, id: "two", login: "bob@corp.example" }),
      big({
        seconds: 20,
        id: "both",
        login: "cy@corp.example",
        hints: { references: ["one", "two"], inReplyTo: "two" },
      }),
      big({ seconds: 30, id: "after", login: "di@corp.example", hints: { inReplyTo: "two" } }),
    ]);
    expect(threadsOf(reading).map((thread) => [thread.key, thread.replyAlls])).toEqual([
      ["one", 1],
      ["two", 1],
    ]);
  });
});

describe("reply-alls", () => {
  test("without a known list: at least half of the thread's audience", () => {
    const reply = (recipients: number): MailEvent =>
      big({ seconds: 60, recipients, list: null, login: "bob@corp.example", hints: { references: ["root"] } });
    const root = big({ seconds: 0, id: "root", list: null });
    expect(threadsOf(read([root, reply(249)]))[0]?.replyAlls).toBe(0);
    expect(threadsOf(read([root, reply(250)]))[0]?.replyAlls).toBe(1);
  });

  test("in a thread with a list: to that list", () => {
    const root = big({ seconds: 0, id: "root" });
    const elsewhere = big({
      seconds: 60,
      list: "other@corp.example",
      login: "bob@corp.example",
      hints: { references: ["root"] },
    });
    expect(threadsOf(read([root, elsewhere]))[0]?.replyAlls).toBe(0);
  });

  test("a mail held for moderation counts when it fans out", () => {
    const reading = read([
      big({ seconds: 0, id: "root" }),
      mail({ seconds: 60, id: "held", queueId: "H1", login: "bob@corp.example", hints: { references: ["root"] } }),
      mail({ seconds: 4000, id: "held", queueId: "H2", hop: "lists", recipients: 500, login: "bob@corp.example" }),
    ]);
    const [thread] = threadsOf(reading);
    expect(thread?.replies.posts.map((post) => post.at)).toEqual([big({ seconds: 4000 }).at]);
  });

  test("an expanded address is a list only where the mail grew from it, a header address only where it is known", () => {
    const seen = (via: "expanded" | "header", recipients: number): MailEvent[] => [
      mail({ seconds: 0, id: "m", queueId: "A", recipients, lists: [{ address: STAFF, via }] }),
      mail({ seconds: 1, id: "m", queueId: "B", hop: "lists", recipients: 500, list: null }),
    ];
    const listsOf = (events: MailEvent[]): string[] =>
      detectorSurvey(read(events).state).lists.map(({ address }) => address);
    expect(listsOf(seen("expanded", 1))).toEqual([STAFF]);
    expect(listsOf(seen("expanded", 400))).toEqual([]);
    expect(listsOf(seen("header", 1))).toEqual([]);
  });
});

describe("bounds of the threads", () => {
  const bounded = (messages: number): ReturnType<typeof newDetector> =>
    newDetector(settingsWith({ bounds: { ...settingsWith({}).bounds, threadMessagesMax: messages } }));

  /** `count` threads of as many messages each, one message of every thread at a time. */
  const talks = (count: number, each: number): MailEvent[] =>
    Array.from({ length: count * each }, (_, index) => {
      const root = `t${index % count}`;
      const first = index < count;
      const names = {
        id: first ? root : `${root}.${index}`,
        login: `p${index}@corp.example`,
        list: `${root}@corp.example`,
      };
      return big({ seconds: index * 30, ...names, hints: first ? {} : { references: [root] } });
    });

  test("the messages kept for all threads are bounded, and those of forgotten threads are let go", () => {
    const state = bounded(100);
    const reading = read(talks(30, 20), state);
    const [site] = state.sites.values();
    const kept = threadsOf(reading).reduce((sum, thread) => sum + thread.messages.length, 0);
    expect(site?.threads.messages).toBe(kept);
    expect(kept).toBeLessThanOrEqual(100);
    expect(detectorSurvey(state).counters.threadsEvicted).toBeGreaterThan(0);
    const known = new Set(threadsOf(reading));
    for (const group of site?.messages.fanOuts.values() ?? []) {
      const thread = group.variants[0]?.fanOut?.thread;
      if (thread === undefined || known.has(thread)) continue;
      expect([thread.messages.length, thread.replies.posts.length, thread.ids.length]).toEqual([0, 0, 0]);
    }
  });

  test("time takes messages and replies from threads, and looks no more at those that have none", () => {
    const day = 86_400;
    const reading = read(talks(30, 2), bounded(100));
    tick(reading, 0);
    const [site] = reading.state.sites.values();
    const held = (): number[] => [
      threadsOf(reading).length,
      site?.threads.recent.size ?? -1,
      site?.threads.messages ?? -1,
      threadsOf(reading).reduce((sum, { messages, replies }) => sum + messages.length + replies.posts.length, 0),
    ];
    expect(held()).toEqual([30, 30, 60, 90]);
    tick(reading, 6 * day);
    expect(held()).toEqual([30, 0, 0, 0]);
    const late = { login: "late@corp.example", list: "t7@corp.example", hints: { references: ["t7"] } };
    feed(reading, [big({ seconds: 6 * day, ...late })]);
    expect(held()).toEqual([30, 1, 1, 2]);
    expect(threadsOf(reading).filter(({ replyAlls }) => replyAlls === 2)).toHaveLength(1);
    tick(reading, 12 * day);
    expect(held()).toEqual([30, 0, 0, 0]);
  });

  test("an open storm keeps its messages where there is no room for talk", () => {
    const state = bounded(60);
    const storm = conversation({ audience: 25_000, gaps: Array.from({ length: 30 }, () => 10) });
    const reading = read([...storm, ...talks(30, 20)], state);
    expect(threadsOf(reading).find((thread) => thread.key === "root@corp.example")?.messages).toHaveLength(31);
  });

  test("a message to many lists takes the room of several", () => {
    const lists = Array.from({ length: 8 }, (_, index) => ({
      address: `l${index}@corp.example`,
      via: "orig_to" as const,
    }));
    const mails = Array.from({ length: 50 }, (_, index) => big({ seconds: index, id: `m${index}`, lists }));
    expect(threadsOf(read(mails, bounded(100)))).toHaveLength(23);
  });

  test("after five days a thread still knows who began it, and no message", () => {
    const reading = read([
      big({ seconds: 0, id: "root" }),
      big({ seconds: 60, login: "bob", hints: { references: ["root"] } }),
    ]);
    const day = 86_400;
    tick(reading, day);
    tick(reading, 7 * day);
    const [thread] = threadsOf(reading);
    expect([thread?.messages.length, thread?.replies.posts.length]).toEqual([0, 0]);
    feed(reading, [big({ seconds: 7 * day + 60, login: "eva", hints: { references: ["root"] } })]);
    expect(threadsOf(reading)).toHaveLength(1);
    expect(thread?.replyAlls).toBe(2);
    expect([...reading.state.sites.values()][0]?.threads.messages).toBe(1);
  });

  test("of very many references the first and the last are known, and none is kept once the thread is decided", () => {
    const references = Array.from({ length: 100 }, (_, index) => `r${index}`);
    const reading = read([big({ seconds: 0, id: "m", hints: { references } })]);
    const [thread] = threadsOf(reading);
    expect(thread?.key).toBe("r0");
    expect(thread?.ids).toHaveLength(21);
    expect(thread?.ids).toContain("m r99");
    expect(thread?.first.message.references).toEqual([]);
    expect(detectorSurvey(reading.state).counters.hintsDropped).toBe(1);
  });

  test("the lowest score goes first, then the longest silent; an open storm stays", () => {
    const storm = Array.from({ length: 8 }, (_, index) =>
      big({
        seconds: index * 10,
        recipients: 5000,
        id: `s${index}`,
        login: `p${index}@corp.example`,
        hints: index === 0 ? {} : { references: ["s0"] },
      }),
    );
    const quiet = Array.from({ length: 200 }, (_, index) =>
      big({ seconds: 200 + index * 700, id: `q${index}`, list: `l${index}@corp.example`, login: `q${index}` }),
    );
    const base = settingsWith({});
    const state = newDetector(settingsWith({ bounds: { ...base.bounds, threadsMax: 50 } }));
    const reading = read([...storm, ...quiet], state);
    expect(opened(reading)).toHaveLength(1);
    expect(threadsOf(reading).length).toBeLessThanOrEqual(50);
    expect(threadsOf(reading)[0]?.key).toBe("s0");
    expect(threadsOf(reading).at(-1)?.key).toBe("q199");
    expect(detectorSurvey(state).counters.threadsEvicted).toBeGreaterThanOrEqual(151);
    expect(state.site?.threads.ids.size).toBeLessThan(400);
  });
});
