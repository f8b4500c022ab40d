import { expect, test } from "vitest";
import {
  conversation,
  feed,
  newDetector,
  read,
  settingsWith,
  START_AT,
  tick,
  warmingMails,
} from "./testing/conversation.ts";
import { setBack } from "./set-back.ts";

const HOUR = 3_600;
/** Ten years. */
const AHEAD = 10 * 365 * 24 * HOUR;
const GAPS = [30, 30, 30, 30];

test("what was open ends, and the same happens by the right time as if the wrong one had never been", () => {
  const settings = settingsWith({ emitWindows: true });
  const reading = read([], newDetector(settings));
  // Of other people, on another list: what is remembered of those stays.
  const wrong = conversation({
    audience: 3_000,
    gaps: GAPS,
    startSeconds: AHEAD,
    rootId: "wrong@corp.example",
    list: "board@corp.example",
    person: (index) => `director${index}@corp.example`,
  });
  feed(reading, wrong);
  tick(reading, AHEAD + 200);
  expect(reading.alerts.map(({ type }) => type)).toContain("storm.opened");
  const outputs = setBack(reading.state, START_AT - 61 * 24 * HOUR * 1_000);
  const kinds = outputs.map((output) => (output.kind === "alert" ? output.alert.type : `final ${output.window.final}`));
  expect(kinds[0]).toBe("storm.resolved");
  expect(new Set(kinds.slice(1))).toEqual(new Set(["final true"]));

  const twin = read(warmingMails(), newDetector(settings));
  reading.alerts.length = 0;
  reading.windows.length = 0;
  for (const one of [reading, twin]) {
    if (one === reading) feed(one, warmingMails());
    feed(one, conversation({ audience: 3_000, gaps: GAPS, startSeconds: HOUR }));
    for (let seconds = HOUR; seconds < 3 * HOUR; seconds += 10) tick(one, seconds);
  }
  const inShort = ({ type, startedAt, detectedAt }: (typeof twin.alerts)[number]): string =>
    `${type} ${startedAt} ${detectedAt}`;
  expect(reading.alerts.map(inShort)).toEqual(twin.alerts.map(inShort));
  expect(reading.alerts.at(-1)?.type).toBe("storm.resolved");
  const minutes = (of: typeof twin): string[] =>
    of.windows
      .filter(({ scope, windowStart }) => scope === "site" && windowStart >= START_AT)
      .map(({ windowStart, final }) => `${windowStart} ${final}`);
  expect(minutes(reading)).toEqual(minutes(twin));
});

test("a watermark that is not set back changes nothing", () => {
  const reading = read(conversation({ audience: 3_000, gaps: GAPS }));
  tick(reading, 200);
  expect(setBack(reading.state, START_AT + 200_000)).toEqual([]);
  expect(reading.state.sites.get("corp")?.storms).toHaveLength(1);
});
