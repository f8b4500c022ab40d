import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { type DetectorState, detectorSurvey } from "./detector.ts";
import type { Thread } from "./thread-table.ts";
import { mail, newDetector, read, type Reading, settingsWith, tick } from "./testing/conversation.ts";

const options = { seed: 20_161_114, numRuns: 100 };
const people = 6;

interface Draft {
  readonly seconds: number;
  readonly person: number;
  readonly sender: number;
  readonly recipients: number;
  readonly tie: "root" | "none" | "subject";
  readonly automatic: boolean;
}

const draft = fc.record({
  seconds: fc.nat({ max: 7200 }),
  person: fc.nat({ max: people }),
  sender: fc.nat({ max: people }),
  recipients: fc.constantFrom(1, 19, 20, 500, 5000),
  tie: fc.constantFrom<Draft["tie"][]>("root", "none", "subject"),
  automatic: fc.boolean(),
});

function eventsOf(drafts: readonly Draft[]): MailEvent[] {
  const root = mail({
    seconds: 0,
    id: "root",
    queueId: "R",
    recipients: 5000,
    hints: { subjectKey: "s" },
    login: "anna",
  });
  const replies = drafts.map((one, index) =>
    mail({
      seconds: one.seconds,
      id: `m${index}`,
      queueId: `Q${index}`,
      login: `p${one.person}`,
      sender: `s${one.sender}`,
      recipients: one.recipients,
      hints:
        one.tie === "root"
          ? { references: ["root"] }
          : { subjectKey: one.tie === "subject" ? "s" : `s${index}`, replySubject: one.tie === "subject" },
      ...(one.automatic ? { automatic: "auto-submitted" as const } : {}),
      minutes: [{ start: 1_795_420_800_000 + one.seconds * 1000, delivered: one.recipients, deferred: 0, bounced: 0 }],
    }),
  );
  return [root, ...replies.sort((a, b) => a.at - b.at || (a.queueId < b.queueId ? -1 : 1))];
}

function rootThread(reading: Reading): Thread | undefined {
  return reading.state.site?.threads.threads.get("root");
}

/** Nothing opens or ends: only the fold is looked at. */
function quiet(): DetectorState {
  return newDetector(settingsWith({ listRules: [{ list: "*", exempt: true }] }));
}

function end(reading: Reading): Reading {
  tick(reading, 7200);
  tick(reading, 40_000);
  return reading;
}

describe("properties", () => {
  test("events seen twice change nothing", () => {
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 60 }), (drafts) => {
        const events = eventsOf(drafts);
        const once = end(read(events));
        const twice = end(read(events.flatMap((event) => [event, event])));
        expect(twice.alerts).toEqual(once.alerts);
        expect(twice.windows).toEqual(once.windows);
        const again = end(read([...events, ...events]));
        expect(again.windows).toEqual(once.windows);
        expect(again.alerts).toEqual(once.alerts);
      }),
      options,
    );
  });

  test("the same input gives the same output", () => {
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 60 }), (drafts) => {
        const events = eventsOf(drafts);
        const output = (reading: Reading): string => JSON.stringify([reading.alerts, reading.windows]);
        expect(output(end(read(events)))).toBe(output(end(read(events))));
      }),
      { ...options, numRuns: 30 },
    );
  });

  test("replies in any order end in the score of the sorted fold", () => {
    const drafts = fc.array(
      fc.record({ seconds: fc.nat({ max: 5000 }), person: fc.nat({ max: 12 }), sender: fc.nat({ max: 12 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(drafts, fc.infiniteStream(fc.nat()), (rows, order) => {
        const events = eventsOf(rows.map((row) => ({ ...row, recipients: 5000, tie: "root", automatic: false })));
        const [root, ...replies] = events;
        if (root === undefined) return;
        const keys = new Map(replies.map((event) => [event, order.next().value ?? 0]));
        const shuffled = replies.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        const sorted = rootThread(read(events, quiet()));
        const mixed = rootThread(read([root, ...shuffled], quiet()));
        const late = rootThread(read([...shuffled, root], quiet()));
        expect(mixed?.replies.posts.map((post) => [post.at, post.identity, post.after])).toEqual(
          sorted?.replies.posts.map((post) => [post.at, post.identity, post.after]),
        );
        expect(mixed?.peakScore).toBeGreaterThanOrEqual(sorted?.peakScore ?? 0);
        expect(late?.first.message.id).toBe("root");
      }),
      options,
    );
  });

  test("counts are never negative, repliers never more than people, forecasts never below 0", () => {
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 60 }), (drafts) => {
        const events = eventsOf(drafts);
        const lower = events.map((event) => ({ ...event, revision: 2, recipients: 1, minutes: [] }));
        const reading = end(read([...events, ...lower], newDetector(settingsWith({ priceGateDeliveries: 0 }))));
        for (const { evidence, forecast } of reading.alerts) {
          expect(evidence.distinctRepliers).toBeLessThanOrEqual(people + 1);
          expect(evidence.replyAlls).toBeGreaterThanOrEqual(evidence.distinctRepliers);
          const numbers = [evidence.replyAlls, evidence.deliveriesSoFar, evidence.deliveriesPerMinute, evidence.score];
          for (const value of [...numbers, evidence.growthFactor, forecast.atLeast])
            expect(value).toBeGreaterThanOrEqual(0);
        }
        for (const window of reading.windows) {
          const { replyAlls, distinctRepliers, messages, recipients, deliveries, score } = window;
          for (const value of [replyAlls, distinctRepliers, messages, recipients, deliveries, score]) {
            expect(value).toBeGreaterThanOrEqual(0);
          }
          expect(distinctRepliers).toBeLessThanOrEqual(replyAlls);
          expect(window.windowEnd - window.windowStart).toBe(60_000);
        }
      }),
      options,
    );
  });

  test("the windows of a thread add up to its messages, and every storm opens once", () => {
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 60 }), (drafts) => {
        const reading = end(read(eventsOf(drafts)));
        const final = reading.windows.filter((window) => window.final && window.scope === "site");
        const messages = final.reduce((sum, window) => sum + window.messages, 0);
        expect(messages).toBe(detectorSurvey(reading.state).messages);
        const opened = reading.alerts.filter((alert) => alert.type === "storm.opened").map((alert) => alert.stormId);
        expect(new Set(opened).size).toBe(opened.length);
        const revisions = new Map<string, number>();
        for (const { stormId, revision } of reading.alerts) {
          expect(revision).toBe((revisions.get(stormId) ?? 0) + 1);
          revisions.set(stormId, revision);
        }
      }),
      options,
    );
  });
});
