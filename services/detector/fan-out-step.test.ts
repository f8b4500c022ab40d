import { describe, expect, test } from "vitest";

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { detectorSurvey } from "./detector.ts";
import { mail, newDetector, type Reading, read, settingsWith, withoutLogin } from "./testing/conversation.ts";

const STAFF = "staff@corp.example";
const ANNA = "anna@corp.example";

/** A mail handed on by a filter, and its copies to a list of 900 behind it. */
function handedOn(seconds: number, addresses: readonly string[]): MailEvent[] {
  const id = `at${seconds}@corp.example`;
  const lists = addresses.map((address) => ({ address, via: "expanded" as const }));
  return [
    mail({ seconds, id, recipients: addresses.length, lists, hop: "192.0.2.7" }),
    mail({ seconds: seconds + 1, id, recipients: 900, lists: [] }),
  ];
}

const listsOf = (reading: Reading): string[] => detectorSurvey(reading.state).lists.map(({ address }) => address);

describe("of the addresses that were handed on", () => {
  test("the only one is the list, as the mail grew from there", () => {
    expect(listsOf(read(handedOn(0, [STAFF])))).toEqual([STAFF]);
  });

  test("none of several is, since one may be a person", () => {
    expect(listsOf(read(handedOn(0, [ANNA, STAFF])))).toEqual([]);
  });

  test("one of several is that is known as a list", () => {
    expect(listsOf(read([...handedOn(0, [STAFF]), ...handedOn(60, [ANNA, STAFF])]))).toEqual([STAFF]);
  });
});

describe("a message that nobody is known to have written", () => {
  const nameless = (fields: Partial<MailEvent>): MailEvent =>
    withoutLogin(mail({ seconds: 0, id: "m", queueId: "Q", recipients: 30, lists: [], ...fields }));
  const two = ["one@corp.example", "two@corp.example"].map((address) => ({ address, via: "orig_to" as const }));
  const counted = (events: readonly MailEvent[]): number =>
    detectorSurvey(read(events).state).counters.fanOutsWithoutPerson;

  test.each([
    { name: "on no list", events: [nameless({})], count: 1 },
    {
      name: "on two lists, told twice",
      events: [nameless({ lists: two }), nameless({ lists: two, revision: 2 })],
      count: 1,
    },
    {
      name: "until its writer is told",
      events: [nameless({}), nameless({ revision: 2, from: "a@x.example" })],
      count: 0,
    },
    { name: "not when a machine wrote it", events: [nameless({ automatic: "null-sender" })], count: 0 },
  ])("counts once: $name", ({ events, count }) => {
    expect(counted(events)).toBe(count);
  });
});

test.each(["board-uk@corp.example", "Board-UK@corp.example", "board-*@corp.example"])(
  "an address that only a header names is a list where the settings name it: %s",
  (list) => {
    const lists = [{ address: "board-uk@corp.example", via: "header" as const }];
    const reading = read(
      [mail({ seconds: 0, recipients: 30, lists })],
      newDetector(settingsWith({ listRules: [{ list }] })),
    );
    expect(listsOf(reading)).toEqual(["board-uk@corp.example"]);
  },
);
