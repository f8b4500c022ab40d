import { describe, expect, test } from "vitest";
import { expectedOutcome, type Course } from "./expected-outcome.ts";
import { MINUTE, SECOND } from "./mail.ts";

/** A reply-all by somebody new at each of the seconds. */
function course(audience: number, seconds: readonly number[], over: Partial<Course> = {}): Course {
  const replyAlls = seconds.map((second, n) => ({ at: second * SECOND, person: `p${n}`, tied: true }));
  return { audience, replyAlls, automatic: false, quickOpening: false, ...over };
}

const every = (seconds: number, count: number): number[] => Array.from({ length: count }, (_, n) => (n + 1) * seconds);

describe("expectedOutcome", () => {
  test.each([
    ["burst: 6 within 10 minutes", course(5000, every(100, 9)), { verdict: "opens", replyAll: 6 }],
    ["crowd: 9 within the hour", course(5000, every(360, 12)), { verdict: "opens", replyAll: 9 }],
    ["too slow for both: the score decides", course(5000, every(600, 12)), { verdict: "may-open", replyAll: 3 }],
    ["300 people: 17 replies half a minute apart", course(300, every(30, 20)), { verdict: "opens", replyAll: 17 }],
    ["300 people: 16 are not enough", course(300, every(30, 16)), { verdict: "silent" }],
    ["two people are nobody", course(50_000, every(30, 2)), { verdict: "silent" }],
    ["two are enough of 100,000", course(100_000, every(30, 2)), { verdict: "may-open", replyAll: 2 }],
    ["a quick opening", course(5000, every(100, 9), { quickOpening: true }), { verdict: "opens", replyAll: 5 }],
    ["of very many", course(840_000, every(60, 9), { quickOpening: true }), { verdict: "opens", replyAll: 3 }],
    ["20 machines", course(2500, every(10, 30), { automatic: true }), { verdict: "opens", replyAll: 20 }],
    ["machines that take their time", course(2500, every(60, 30), { automatic: true }), { verdict: "silent" }],
  ] as const)("%s", (_name, given, expected) => {
    expect(expectedOutcome(given, 10_000)).toEqual(expected);
  });

  test("one person counts once, however often they write; one machine every time", () => {
    const replyAlls = every(20, 30).map((second) => ({ at: second * SECOND, person: "one", tied: true }));
    expect(expectedOutcome({ ...course(5000, []), replyAlls }, 10_000)).toEqual({ verdict: "silent" });
    const machine = { ...course(5000, []), replyAlls, automatic: true };
    expect(expectedOutcome(machine, 10_000)).toEqual({ verdict: "opens", replyAll: 20 });
  });

  test("what nothing ties to the conversation does not count", () => {
    const replyAlls = every(60, 12).map((second, n) => ({ at: second * SECOND, person: `p${n}`, tied: n % 2 === 0 }));
    expect(expectedOutcome({ ...course(5000, []), replyAlls }, 10_000)).toMatchObject({ verdict: "may-open" });
  });

  test("a smaller gate opens earlier, and people of an hour ago count no more", () => {
    expect(expectedOutcome(course(300, every(60, 16)), 1000)).toEqual({ verdict: "opens", replyAll: 6 });
    const waves = [...every(60, 5), ...every(60, 5).map((second) => second + (70 * MINUTE) / SECOND)];
    expect(expectedOutcome(course(5000, waves), 10_000).verdict).toBe("may-open");
  });
});
