import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { detectorSurvey } from "./detector.ts";
import {
  mail,
  newDetector,
  opened,
  read,
  type Reading,
  type Row,
  settingsWith,
  STAFF,
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
