import { describe, expect, test } from "vitest";
import {
  microsoftDefaults,
  type MicrosoftMessage,
  MicrosoftRule,
  type MicrosoftRuleSettings,
  type MicrosoftTrip,
} from "../../services/report/microsoft-rule.ts";
import { microsoftMessage } from "./false-alarms.ts";
import { readListMessages } from "./real-threads.ts";

const MINUTE = 60_000;

/** A first mail at 0 and a reply at each minute, each by another person unless the fields say otherwise. */
function conversation(minutes: readonly number[], fields: Partial<MicrosoftMessage> = {}): MicrosoftMessage[] {
  const first = { atMs: 0, thread: "a", sender: "starter", recipients: 2500, isReply: false, isAutomatic: false };
  const replies = minutes.map((minute, n) => ({
    ...first,
    atMs: minute * MINUTE,
    sender: `p${n}`,
    isReply: true,
    ...fields,
  }));
  return [first, ...replies];
}

function trips(messages: readonly MicrosoftMessage[], changes: Partial<MicrosoftRuleSettings> = {}): MicrosoftTrip[] {
  const rule = new MicrosoftRule({ ...microsoftDefaults, ...changes });
  return messages.flatMap((message) => rule.see(message) ?? []);
}

const span = (from: number, count: number, step = 1): number[] =>
  Array.from({ length: count }, (_, n) => from + n * step);

describe("ten reply-alls within 60 minutes", () => {
  test.each<[string, readonly number[], readonly number[]]>([
    ["ten in ten minutes: at the tenth", span(0, 10), [9]],
    ["nine: never", span(0, 9), []],
    ["ten, ten minutes apart: never", span(0, 10, 10), []],
    ["the tenth in less than 60 minutes of the first", [0, ...span(51, 9)], [59]],
    ["the tenth 60 minutes after the first", [0, ...span(52, 9)], []],
    ["the hour slides: the first is left behind", [0, ...span(52, 10)], [61]],
    ["refused for six hours, then counted anew", [...span(0, 30), ...span(369, 10)], [9, 378]],
    ["what is refused counts for nothing", [...span(0, 10), ...span(360, 9), 369], [9]],
  ])("%s", (_name, minutes, at) => {
    expect(trips(conversation(minutes)).map(({ atMs }) => atMs / MINUTE)).toEqual(at);
  });

  test("says which conversation, and how far it had come", () => {
    expect(trips(conversation([0, ...span(100, 10), ...span(500, 10)]))).toEqual([
      { thread: "a", atMs: 109 * MINUTE, replyAlls: 11, startedAtMs: 0, tripOfThread: 1 },
      { thread: "a", atMs: 509 * MINUTE, replyAlls: 21, startedAtMs: 0, tripOfThread: 2 },
    ]);
  });
});

describe("what is a reply-all", () => {
  const minutes = span(0, 10);
  test.each<[string, Partial<MicrosoftMessage>, Partial<MicrosoftRuleSettings>, number]>([
    ["one person ten times: people are not what it counts", { sender: "anna" }, {}, 1],
    ["fewer recipients", { recipients: 2499 }, {}, 0],
    ["fewer recipients, set lower", { recipients: 1000 }, { recipientsMin: 1000 }, 1],
    ["not a reply", { isReply: false }, {}, 0],
    ["sent by a machine", { isAutomatic: true }, {}, 0],
    ["the starter's own", { sender: "starter" }, {}, 0],
    ["the starter's own, counted", { sender: "starter" }, { starterCounts: true }, 1],
  ])("%s", (_name, fields, changes, count) => {
    expect(trips(conversation(minutes, fields), changes)).toHaveLength(count);
  });

  test("two conversations are counted apart", () => {
    const a = conversation(span(0, 9));
    const b = a.map((message) => ({ ...message, thread: "b" }));
    const together = [...a, ...b].sort((x, y) => x.atMs - y.atMs);
    expect(trips(together)).toEqual([]);
    expect(trips([...together, ...conversation([9]).slice(1)]).map(({ thread }) => thread)).toEqual(["a"]);
  });

  test("order of time is the caller's duty", () => {
    expect(() => trips(conversation([5, 4]))).toThrow(RangeError);
  });
});

describe("the real threads that trip it are those their README counts", () => {
  const messages = readListMessages();

  test.each([
    ["starter's left out", false, [65, 47, 3, 29, 0], 144],
    ["starter's counted", true, [719, 436, 4, 318, 4], 1481],
  ])("%s", (_name, starterCounts, perList, all) => {
    const tripped = trips(
      messages.map((message) => microsoftMessage(message, 3000)),
      { starterCounts },
    ).filter(({ tripOfThread }) => tripOfThread === 1);
    expect(perList.map((_, list) => tripped.filter(({ thread }) => thread.startsWith(`${list}/`)).length)).toEqual(
      perList,
    );
    expect(tripped).toHaveLength(all);
  });
});
