import { describe, expect, test } from "vitest";
import { talk } from "./talk.ts";
import { HOUR, MINUTE, SECOND } from "./mail.ts";
import { createMailList } from "./mail-list.ts";
import { createRandom, itemAt } from "./random.ts";
import { stormReplies, talkDelay, type StormModel } from "./reply-process.ts";

const MODEL: StormModel = {
  pool: 380,
  answersToFirst: 8,
  branching: 4,
  medianDelaySeconds: 600,
  sigma: 1.2,
  againShare: 0.08,
  audience: 840_000,
  deliveriesPerSecond: 110_000,
  startAt: 0,
  until: 76 * MINUTE,
};

describe("stormReplies", () => {
  const storms = Array.from({ length: 100 }, (_, seed) => stormReplies(createRandom(seed, "storm"), MODEL));

  test("come in order of time, each answering an earlier mail", () => {
    for (const replies of storms) {
      const faults = replies.filter((reply, n) => reply.answers >= n || reply.at < (replies[n - 1]?.at ?? 0));
      expect(faults).toEqual([]);
    }
  });

  test("the third is there between one and five minutes after the first mail", () => {
    for (const replies of storms) {
      expect(itemAt(replies, 2).at).toBeGreaterThan(60 * SECOND);
      expect(itemAt(replies, 2).at).toBeLessThan(290 * SECOND);
    }
  });

  test("are about 400 at full size, from no more people than the pool has", () => {
    const counts = storms.map((replies) => replies.length).sort((a, b) => a - b);
    expect(itemAt(counts, 0)).toBeGreaterThan(80);
    expect(itemAt(counts, 50)).toBeGreaterThan(370);
    expect(itemAt(counts, 50)).toBeLessThan(430);
    expect(itemAt(counts, 99)).toBeLessThan(590);
    for (const replies of storms)
      expect(new Set(replies.map((reply) => reply.person)).size).toBeLessThanOrEqual(MODEL.pool);
  });

  test("about 8 % of the people answer a second time, nobody more often", () => {
    let people = 0;
    let again = 0;
    for (const replies of storms) {
      const counts = new Map<number, number>();
      for (const { person } of replies) counts.set(person, (counts.get(person) ?? 0) + 1);
      people += counts.size;
      again += replies.length - counts.size;
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
    }
    expect(again / people).toBeGreaterThan(0.06);
    expect(again / people).toBeLessThan(0.09);
  });
});

describe("talk", () => {
  test("half of all answers take more than an hour and a half, one in seventeen is quick", () => {
    const random = createRandom(1, "talk");
    const delays = Array.from({ length: 10_000 }, () => talkDelay(random)).sort((a, b) => a - b);
    expect(itemAt(delays, 5000)).toBeGreaterThan(1.5 * HOUR);
    expect(delays.filter((delay) => delay < 10 * MINUTE).length).toBeLessThan(1200);
  });

  test("on a list of more than 300 at most two others speak within twenty minutes, five within an hour", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = createRandom(seed, "pace");
      const list = createMailList(random, "big@nhs.example", 2000);
      const common = { list, subject: "x", startAt: 0, participants: 30, livelier: 20 };
      const turns = talk(random, { ...common, answersToFirst: 30, branching: 0.9, repliesMax: 40 }, 24 * HOUR);
      const most = (span: number): number =>
        Math.max(
          0,
          ...turns.map(
            ({ at }) =>
              new Set(turns.filter((turn) => turn.at <= at && turn.at > at - span).map((turn) => turn.person)).size,
          ),
        );
      expect(most(20 * MINUTE)).toBeLessThanOrEqual(2);
      expect(most(60 * MINUTE)).toBeLessThanOrEqual(5);
    }
  });
});
