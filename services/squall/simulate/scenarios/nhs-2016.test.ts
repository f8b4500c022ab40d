import { describe, expect, test } from "vitest";
import type { StormTruth } from "../ground-truth.ts";
import { collect } from "../../../../test/support/simulated-log.ts";
import { simulate, type SimulationOptions } from "../simulation.ts";

const SMALL = { scenario: "nhs-2016", scale: 0.0001 } as const;

function stormOf(options: SimulationOptions): StormTruth {
  const simulation = simulate(options);
  expect(Array.from(simulation.chunks(), (chunk) => chunk.length).length).toBeGreaterThan(0);
  const [storm] = simulation.truth().storms;
  if (storm === undefined) throw new Error("no storm");
  return storm;
}

function subjectsTo(log: Buffer, list: string): string[] {
  const lines = log.toString("latin1").split("\n");
  return lines.flatMap((line) =>
    line.includes(` to=<${list}> `) ? (/ info: header Subject: (.*) from \S+\[/.exec(line)?.[1] ?? []) : [],
  );
}

describe("nhs-2016", () => {
  test("begins at 08:29; its third reply-all comes between 08:30 and 08:34, whatever the seed", () => {
    for (let seed = 0; seed < 30; seed += 1) {
      const storm = stormOf({ ...SMALL, seed, until: 34 * 60 });
      expect(storm.firstAt.slice(11, 16)).toBe("08:29");
      expect(storm.replyAllTimes.length).toBeGreaterThanOrEqual(3);
      expect(storm.replyAllTimes[2]?.slice(11, 16)).toMatch(/^08:3[0-3]$/);
    }
  });

  test("is about 400 reply-alls by people of the list, none of whom is more than half of it", () => {
    for (let seed = 0; seed < 5; seed += 1) {
      const storm = stormOf({ ...SMALL, scale: 0.001, seed });
      expect(storm.audience).toBe(840);
      expect(storm.replyAlls).toBeGreaterThan(350);
      expect(storm.replyAlls).toBeLessThan(470);
      expect(storm.distinctRepliers).toBeLessThanOrEqual(380);
      expect(storm.lastAt < "2016-11-14T09:45").toBe(true);
    }
    expect(stormOf({ ...SMALL, scale: 0.00001, seed: 1 })).toMatchObject({ audience: 30, distinctRepliers: 15 });
  });

  test("is in the log as the truth has it", () => {
    const { log, truth } = collect({ ...SMALL, scale: 0.0003, seed: 3 });
    const [storm] = truth.storms;
    const text = log.toString("latin1");
    const ids = new Map(
      [...text.matchAll(/: (\S+): client=\S+, sasl_method=\S+, sasl_username=(\S+)/g)].map(
        (match) => [match[1], match[2]] as const,
      ),
    );
    const toList = [...text.matchAll(/qmgr\[\d+\]: (\S+): from=<(.*?)>, size=\d+, nrcpt=252 \(queue active\)/g)];
    const senders = new Map(
      toList.map((match) => [match[1], match[2]] as const).filter(([id, sender]) => ids.get(id) === sender),
    );
    const repliers = [...senders.values()].filter((sender) => sender !== storm?.starter);
    expect(repliers.length).toBe(storm?.replyAlls);
    expect(new Set(repliers).size).toBe(storm?.distinctRepliers);
    expect(text.match(/NOQUEUE: reject: .* to=<northmere/g)?.length ?? 0).toBe(storm?.refused);
    expect(text).toContain(`message-id=<${storm?.firstMessageId}>`);
    expect(text.match(/, orig_to=<northmere-it-users@nhs\.example>, .*status=sent/g)?.length).toBeGreaterThan(
      252 * (repliers.length * 0.99),
    );
  });

  test("subjects are kept or all changed when asked", () => {
    const kept = collect({ ...SMALL, seed: 4, subjects: "kept" });
    const list = kept.truth.storms[0]?.list ?? "";
    const subject = kept.truth.storms[0]?.subject ?? "";
    expect(subjectsTo(kept.log, list).filter((each) => !each.endsWith(subject))).toEqual([]);
    const changed = subjectsTo(collect({ ...SMALL, seed: 4, subjects: "changed" }).log, list).slice(1);
    expect(changed.filter((each) => each.endsWith(`: ${subject}`))).toEqual([]);
    expect(new Set(changed.slice(0, 10)).size).toBeGreaterThanOrEqual(9);
  });

  test("the first three answers are tied to the first mail, later ones not always", () => {
    const { log, truth } = collect({ ...SMALL, scale: 0.0003, seed: 6 });
    const [storm] = truth.storms;
    const root = storm?.firstMessageId ?? "";
    const text = log.toString("latin1");
    const queueIdOf = (messageId: string): string =>
      new RegExp(`: (\\S+): message-id=<${messageId}>`).exec(text)?.[1] ?? "-";
    const tied = (storm?.threadMessageIds ?? []).slice(1).map((messageId) => {
      return text.includes(`: ${queueIdOf(messageId)}: info: header References: <${root}>`);
    });
    expect(tied.slice(0, 3)).toEqual([true, true, true]);
    expect(tied.includes(false)).toBe(true);
  });
});
