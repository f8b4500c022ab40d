// Made-up conversations, cut at random places, with the usual bounds and with bounds so small that everything is evicted all the time.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DetectorBounds } from "../../../shared/domain/detector-bounds.ts";
import { type DetectorSettings, defaultDetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { type DetectorInput } from "../detector.ts";
import { mail, settingsWith, START_AT } from "../testing/conversation.ts";
import { KeptRun, withoutMails } from "../testing/kept-run.ts";
import { sitePicture } from "../testing/site-picture.ts";

const SEED = 20_161_114;

interface Draft {
  readonly seconds: number;
  readonly person: number;
  readonly login: boolean;
  readonly inside: boolean;
  readonly recipients: number;
  readonly lists: readonly string[];
  readonly thread: number;
  readonly tie: "root" | "subject" | "index" | "none";
  readonly automatic: boolean;
  /** Queue ids of the message, on hops in turn, and how often each is spoken of. */
  readonly queueIds: number;
  readonly hops: number;
  readonly words: number;
  readonly ticks: boolean;
  readonly twin: boolean;
}

const LISTS = ["a@corp.example", "b@corp.example", "c@corp.example", "d@corp.example", "e@corp.example"];

const draft: fc.Arbitrary<Draft> = fc.record({
  seconds: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 300 })),
  person: fc.nat({ max: 14 }),
  login: fc.boolean(),
  inside: fc.boolean(),
  recipients: fc.constantFrom(1, 3, 19, 20, 500, 3000, 3000, 30_000, 30_000),
  lists: fc.oneof(
    fc.constantFrom(LISTS.slice(0, 1), LISTS.slice(0, 2)),
    fc.uniqueArray(fc.constantFrom(...LISTS), { minLength: 1, maxLength: 3 }),
  ),
  thread: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5),
  tie: fc.constantFrom<Draft["tie"][]>("root", "root", "root", "subject", "index", "none"),
  automatic: fc.integer({ min: 0, max: 3 }).map((number) => number === 0),
  queueIds: fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 3, 12, 45),
  hops: fc.integer({ min: 1, max: 3 }),
  words: fc.integer({ min: 1, max: 3 }),
  ticks: fc.boolean(),
  twin: fc.integer({ min: 0, max: 7 }).map((number) => number === 0),
});

/** The same as one storm on one list, of one thread or of as many as mails, with the other mail in between. */
function asStorm(drafts: readonly Draft[], tie: Draft["tie"]): Draft[] {
  const hot = { lists: LISTS.slice(0, 1), thread: 0, tie, automatic: false, twin: false, queueIds: 1, login: true };
  return drafts.map((one, index) =>
    index % 3 === 2 ? one : { ...one, ...hot, person: index, recipients: Math.max(one.recipients, 500) },
  );
}

function inputsOf(drafts: readonly Draft[], stretch: number): DetectorInput[] {
  const inputs: { readonly at: number; readonly input: DetectorInput }[] = [];
  let seconds = 0;
  drafts.forEach((one, index) => {
    seconds += one.seconds * stretch;
    for (const { at, input } of mailsOf(one, index, seconds)) inputs.push({ at, input });
    if (one.ticks) inputs.push({ at: seconds, input: { kind: "tick", watermark: START_AT + (seconds - 30) * 1000 } });
  });
  inputs.sort((one, other) => one.at - other.at);
  const ticks = [1000, 4000, 9000, 20_000, 600_000].map((after): DetectorInput => {
    return { kind: "tick", watermark: START_AT + (seconds + after) * 1000 };
  });
  return [...inputs.map(({ input }) => input), ...ticks];
}

function* mailsOf(one: Draft, index: number, seconds: number): Generator<{ at: number; input: DetectorInput }> {
  const root = `root${one.thread}`;
  const hints = {
    root: { references: [root], inReplyTo: root },
    subject: { subjectKey: `about ${one.thread}`, replySubject: true },
    index: { threadIndex: `conversation ${one.thread}` },
    none: { subjectKey: `about ${index}` },
  }[one.tie];
  const who = one.login
    ? { login: `p${one.person}`, from: `p${one.person % 3 === 0 ? index : one.person}@corp.example` }
    : {
        login: undefined,
        authenticated: false,
        from: `p${one.person}@other.example`,
        sender: `s${one.person % 4}@other.example`,
      };
  for (let queueId = 0; queueId < one.queueIds; queueId += 1) {
    for (let revision = 1; revision <= one.words; revision += 1) {
      const at = seconds + (queueId % 4) * 10 + (revision - 1) * 70;
      const event = mail({
        seconds: seconds + (queueId % 4) * 10,
        id: one.twin ? `m${Math.max(0, index - 1)}` : `m${index}`,
        queueId: `Q${index}.${queueId}`,
        hop: one.inside ? `mx${queueId % one.hops}` : `203.0.113.${(one.person + (queueId % one.hops)) % 20}`,
        revision,
        recipients: one.recipients,
        hints: { references: [], ...hints },
        ...who,
        lists: one.lists.map((address) => ({ address, via: "orig_to" })),
        ...(one.automatic ? { automatic: "auto-submitted" as const } : {}),
        minutes: minutesUntil(seconds, revision, one.recipients),
        ...(revision === 3 ? { removedAt: START_AT + at * 1000 } : {}),
      });
      yield { at, input: { kind: "event", event } };
    }
  }
}

function minutesUntil(seconds: number, count: number, recipients: number) {
  return Array.from({ length: count }, (_, minute) => ({
    start: Math.floor((START_AT + seconds * 1000) / 60_000) * 60_000 + minute * 60_000,
    delivered: Math.floor(recipients / 3),
    deferred: 0,
    bounced: 0,
  }));
}

const tight: Partial<DetectorBounds> = {
  messagesMax: 12,
  fanOutsMax: 8,
  queueIdsPerHopMax: 20,
  queueIdsMax: 30,
  variantsPerMessageIdMax: 2,
  hopsPerMessageMax: 2,
  listsPerMessageMax: 2,
  threadsMax: 6,
  threadIdsMax: 30,
  idsPerThreadMax: 8,
  messagesPerThreadMax: 4,
  threadMessagesMax: 12,
  repliesPerThreadMax: 4,
  listsMax: 3,
  listPostsMax: 8,
  knownPersonsMax: 12,
  knownPersonsPerListMax: 8,
  loginsMax: 5,
  clientsMax: 4,
  stormsMax: 2,
  messagesPerStormMax: 4,
  stormMessagesMax: 6,
  threadsPerStormMax: 2,
  windowsMax: 20,
};

const eager = { priceGateDeliveries: 0, emitWindows: true };
const SETTINGS: readonly (readonly [string, DetectorSettings])[] = [
  ["usual bounds", settingsWith(eager)],
  ["tight bounds", settingsWith({ ...eager, bounds: { ...defaultDetectorSettings.bounds, ...tight } })],
];

/** In the midst of it: every object stands in the entries as it is. What nothing leads to any more may stand there a while longer. */
function expectAllTold(settings: DetectorSettings, inputs: readonly DetectorInput[], flushEvery: number): void {
  const run = new KeptRun(settings, new Map());
  run.feed(inputs, flushEvery);
  const stored = withoutMails(run.stored);
  const again = new KeptRun(settings, run.stored);
  expect([...again.state.sites.values()].map(sitePicture)).toEqual([...run.state.sites.values()].map(sitePicture));
  const all = withoutMails(run.everything());
  expect(new Map([...stored].filter(([key]) => all.has(key)))).toEqual(all);
}

describe.each(SETTINGS)("%s", (_name, settings) => {
  test("cut anywhere, twice: what is said after it is the same, and nothing is left that nothing leads to", () => {
    fc.assert(
      fc.property(
        fc.array(draft, { minLength: 5, maxLength: 80, size: "max" }),
        fc.record({
          stretch: fc.constantFrom(1, 1, 5, 60),
          storm: fc.constantFrom<("no" | "root" | "none")[]>("no", "root", "none"),
        }),
        fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 30 })),
        (drafts, { stretch, storm }, [one, other, flushEvery]) => {
          const inputs = inputsOf(storm === "no" ? drafts : asStorm(drafts, storm), stretch);
          const [first = 0, second = 0] = [one, other].map((cut) => cut % inputs.length).sort((a, b) => a - b);
          const whole = new KeptRun(settings, new Map());
          whole.feed(inputs.slice(0, first), flushEvery);
          const once = new KeptRun(settings, whole.stored);
          const told = whole.told.length;
          for (const run of [whole, once]) run.feed(inputs.slice(first, second), flushEvery);
          expect(once.told).toEqual(whole.told.slice(told));
          expectAllTold(settings, inputs.slice(0, second), flushEvery);
          const twice = new KeptRun(settings, once.stored);
          const toldBefore = whole.told.length;
          for (const run of [whole, once, twice]) run.feed(inputs.slice(second), flushEvery);
          expect(once.told).toEqual(whole.told.slice(told));
          expect(twice.told).toEqual(whole.told.slice(toldBefore));
          expect(twice.state.counters).toEqual(whole.state.counters);
          for (const run of [whole, once, twice]) {
            expect(withoutMails(run.everything())).toEqual(withoutMails(run.stored));
            const again = new KeptRun(settings, run.stored);
            expect(withoutMails(again.everything())).toEqual(withoutMails(run.stored));
          }
        },
      ),
      { seed: SEED, endOnFailure: true, numRuns: 60 },
    );
  });
});
