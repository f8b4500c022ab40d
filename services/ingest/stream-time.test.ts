import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StreamTime } from "./stream-time.ts";

const MINUTE = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
const NEVER = Number.NEGATIVE_INFINITY;

/** Stamps in minutes: `count` of them, a second apart. */
function lines(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => from + n / 60);
}

/** A log that has gone on for long enough to be believed, up to minute 500. */
const PROVED = lines(500 - 1_000 / 60, 1_001);

function streamOf(stamps: readonly number[]): StreamTime {
  const stream = new StreamTime(30_000);
  // From a pipe; our own clock is decades from these stamps and bears none out.
  stream.arrive(Date.UTC(2026, 10, 26));
  for (const minute of stamps) stream.observe(Math.round(minute * MINUTE));
  return stream;
}

const minutes = (ms: number): number => Math.round(ms / 6) / 10_000;

describe("stream time, of a log that has gone on for a while", () => {
  test.each<[string, readonly number[], number, number]>([
    ["is the highest time seen", [501, 502], 502, 502],
    ["does not go back", [501, 499, 400], 501, 501],
    ["passes an hour at once", [501, 561], 561, 561],
    ["refuses a stamp that the next line contradicts", [501, 5000, 502], 502, 502],
    ["refuses a clock that was wrong for two lines", [501, 5000, 5000.1, 502], 502, 502],
    ["or for a thousand", [501, ...lines(5 * DAY, 1_000), 502, 503], 503, 503],
    ["or for an hour", [501, 5000, 5030, 5060, 502], 502, 502],
    ["though the log ends soon after", [501, ...lines(5 * DAY, 1_000), 502], 502, 502],
    ["refuses every corrupt stamp", [501, 5000, 502, 9000, 503, 7000, 504], 504, 504],
    ["refuses a clock that leaps twice", [501, 5000, 5001, 9000, 9001, 502], 502, 502],
    ["keeps the nearer leap when the further is contradicted", [501, 700, 701, 9000, 702], 501, 702],
    ["a late line does not speak against a leap", [501, 5000, 490, 501, 5001], 501, 5001],
    ["nor does one that is late within it", [501, 5000, 5002, 5001.9, 9000, 5001.8], 501, 9000],
    ["believes a gap when the log ends in it", [501, 5000], 501, 5000],
    [
      "believes a gap that is borne out by its own time",
      [501, 5000, 5050, ...[1, 2, 3, 4, 5, 6].map((h) => 5000 + h * HOUR)],
      5360,
      5360,
    ],
    [
      "believes a gap that is borne out by lines",
      [501, ...lines(5000, 50_000)],
      5000 + 49_999 / 60,
      5000 + 49_999 / 60,
    ],
    [
      "goes through gap upon gap of a quiet log",
      [501, ...[1, 2, 3, 4, 5, 6, 7].map((n) => 501 + n * 90)],
      501 + 3 * 90,
      501 + 7 * 90,
    ],
    ["is not held up by lines years behind", [-90_000, -90_001, 501], 501, 501],
    [
      "goes on with months put in the wrong order, when it comes to them",
      [
        ...lines(5 * DAY, 300),
        ...lines(501, 60),
        ...Array.from({ length: 163 }, (_, n) => 502 + n * 50),
        ...lines(6 * DAY, 9),
      ],
      6 * DAY + 8 / 60,
      6 * DAY + 8 / 60,
    ],
  ])("%s", (_name, stamps, now, atEnd) => {
    const stream = streamOf([...PROVED, ...stamps]);
    expect(minutes(stream.now)).toBe(minutes(now * MINUTE));
    stream.end();
    expect(minutes(stream.now)).toBe(minutes(atEnd * MINUTE));
  });

  test("does not follow a host with a wrong clock among right ones, whichever writes more and last", () => {
    for (const [right, wrong] of [
      [1, 1],
      [5, 1],
      [1, 40],
    ] as const) {
      const stamps = [...PROVED];
      for (let second = 1; second < 3_000; second += 1) {
        for (let n = 0; n < right; n += 1) stamps.push(500 + second / 60);
        for (let n = 0; n < wrong; n += 1) stamps.push(90 * DAY + second / 60);
      }
      const stream = streamOf(stamps);
      stream.end();
      expect(minutes(stream.now)).toBe(minutes((500 + 2_999 / 60) * MINUTE));
    }
  });

  test("follows neither of two such hosts", () => {
    const stamps = [...PROVED];
    for (let second = 1; second < 2_000; second += 1) {
      stamps.push(500 + second / 60, 90 * DAY + second / 60, 90 * DAY + second / 60, 40 * DAY + second / 60);
    }
    const stream = streamOf(stamps);
    stream.end();
    expect(minutes(stream.now)).toBe(minutes((500 + 1_999 / 60) * MINUTE));
  });

  test("a gap after a clock that was wrong once is a gap", () => {
    const stream = streamOf([...PROVED, ...lines(90 * DAY, 500), ...lines(501, 60), ...lines(800, 5)]);
    stream.end();
    expect(minutes(stream.now)).toBe(minutes((800 + 4 / 60) * MINUTE));
  });

  test("one line from before does not take a gap from the log", () => {
    const stream = streamOf([...PROVED, ...lines(7 * DAY, 100), 501, ...lines(7 * DAY + 2, 100)]);
    stream.end();
    expect(minutes(stream.now)).toBe(minutes((7 * DAY + 2 + 99 / 60) * MINUTE));
  });
});

test("the beginning of a file is sure after fifty thousand lines, not after a thousand", () => {
  const stream = new StreamTime(30_000);
  for (let line = 0; line < 49_999; line += 1) stream.observe(500 * MINUTE + line);
  expect(stream.now).toBe(NEVER);
  expect(stream.lowest).toBe(500 * MINUTE);
  stream.observe(500 * MINUTE + 50_000);
  expect(stream.now).toBe(500 * MINUTE + 50_000);
});

test("the lowest stamp is known whatever is believed", () => {
  const stream = new StreamTime(30_000);
  expect(stream.lowest).toBe(Number.POSITIVE_INFINITY);
  for (const minute of [90_000, 90_001, 500, 501]) stream.observe(minute * MINUTE);
  expect(stream.lowest).toBe(500 * MINUTE);
});

describe("stream time, at the beginning", () => {
  test.each<[string, readonly number[], number, number, number]>([
    ["is not known yet", [500, 501], NEVER, 501, 500],
    ["is known after a thousand lines", lines(500, 1_000), 500 + 999 / 60, 500 + 999 / 60, 500],
    ["and after six hours", [500, 559, 618, 677, 736, 795, 854, 860], 860, 860, 500],
    [
      "is that of the lines that follow a clock that is ahead",
      [...lines(90_000, 40), ...lines(500, 3)],
      NEVER,
      500 + 2 / 60,
      500,
    ],
    [
      "is not held up by a clock that is behind",
      [-90_000, -89_999, ...lines(500, 1_000)],
      500 + 999 / 60,
      500 + 999 / 60,
      -90_000,
    ],
    ["may be of lines in disorder", [500, 499, 498.9, 501], NEVER, 501, 498.9],
    ["is that of the only line", [500], NEVER, 500, 500],
  ])("%s", (_name, stamps, now, atEnd, earliest) => {
    const stream = streamOf(stamps);
    expect(stream.now).toBe(Math.round(now * MINUTE));
    stream.end();
    expect(stream.now).toBe(Math.round(atEnd * MINUTE));
    expect(stream.earliest).toBe(Math.round(earliest * MINUTE));
  });
});

describe("stream time of a log that is followed: our own clock goes on with it", () => {
  /** Lines as they arrive: [stamp, our clock], minutes. */
  function followed(arrivals: readonly (readonly [number, number])[]): number {
    const stream = new StreamTime(30_000);
    for (const [stamp, clock] of arrivals) {
      stream.arrive(clock * MINUTE);
      stream.observe(stamp * MINUTE);
    }
    return stream.now / MINUTE;
  }

  test.each<[string, readonly (readonly [number, number])[], number]>([
    ["the first line is of now", [[500, 500]], 500],
    ["in whatever zone it is told", [[500, 1_280]], 500],
    ["not one of yesterday", [[500, 2_000]], NEVER],
    [
      "a pause that we have seen",
      [
        [500, 501],
        [700, 702],
      ],
      700,
    ],
    [
      "in whatever zone",
      [
        [500, 621],
        [700, 822],
      ],
      700,
    ],
    [
      "not one that we have not",
      [
        [500, 501],
        [700, 502],
        [701, 503],
      ],
      500,
    ],
    [
      "a leap within a pause that was shorter",
      [
        [500, 501],
        [5000, 702],
      ],
      500,
    ],
    [
      "late lines are no sign of life",
      [
        [500, 501],
        [400, 600],
        [700, 701],
      ],
      700,
    ],
  ])("%s", (_name, arrivals, now) => {
    expect(followed(arrivals)).toBe(now);
  });

  test("within one arrival no time has passed", () => {
    const stream = new StreamTime(30_000);
    stream.arrive(500 * MINUTE);
    stream.observe(500 * MINUTE);
    stream.arrive(700 * MINUTE);
    stream.observe(501 * MINUTE);
    stream.observe(700 * MINUTE);
    expect(stream.now).toBe(501 * MINUTE);
  });
});

test("any stamps: stream time never goes back, never passes the highest, and the end leaves nothing undecided", () => {
  const stamp = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 100_000 }));
  fc.assert(
    fc.property(fc.array(stamp, { maxLength: 60 }), (stamps) => {
      const stream = streamOf(PROVED);
      let before = stream.now;
      for (const minute of stamps) {
        stream.observe(minute * MINUTE);
        expect(stream.now).toBeGreaterThanOrEqual(before);
        expect(stream.latest).toBeGreaterThanOrEqual(stream.now);
        before = stream.now;
      }
      stream.end();
      expect(stream.now).toBe(stream.latest);
      expect(stream.now).toBeLessThanOrEqual(Math.max(500, ...stamps) * MINUTE);
    }),
    { seed: 11, numRuns: 500 },
  );
});

describe("stream time of a log that is followed, by our own clock", () => {
  const NOON = Date.UTC(2026, 10, 24, 12);
  const HOUR_MS = 3_600_000;

  /** Read to its end at noon, stamped `lagMs` before. */
  function followed(lagMs = 0): StreamTime {
    const stream = new StreamTime(30_000);
    stream.arrive(NOON);
    stream.observe(NOON - lagMs);
    return stream;
  }

  test.each([0, 7 * HOUR_MS])(
    "goes on while the log is silent, from where it stands, %i ms from our clock",
    (lagMs) => {
      const stream = followed(lagMs);
      stream.arrive(NOON + 1_000);
      stream.observe(NOON + 1_000 - lagMs);
      stream.wait(NOON + 2_000);
      expect(stream.reached(NOON + 61_000)).toBe(NOON + 61_000 - lagMs);
      expect(stream.now).toBe(NOON + 1_000 - lagMs);
      // Late lines do not hold it up.
      stream.arrive(NOON + 30_000);
      stream.observe(NOON - lagMs);
      expect(stream.reached(NOON + 61_000)).toBe(NOON + 61_000 - lagMs);
    },
  );

  test("is not known before the log's first line, or while its beginning is not proved", () => {
    const stream = new StreamTime(30_000);
    stream.wait(NOON);
    expect(stream.reached(NOON + HOUR_MS)).toBe(NEVER);
    stream.arrive(NOON);
    stream.observe(NOON - 90 * HOUR_MS);
    expect(stream.reached(NOON + 1_000)).toBe(NEVER);
  });

  test("believes where an old log stands once it has been silent for a minute", () => {
    const stream = new StreamTime(30_000);
    stream.arrive(NOON);
    stream.observe(NOON - 90 * HOUR_MS);
    stream.wait(NOON + 59_000);
    expect(stream.now).toBe(NEVER);
    stream.wait(NOON + 60_000);
    expect(stream.now).toBe(NOON - 90 * HOUR_MS);
  });

  test("believes a gap in a backlog in the same way, unless lines from before came back", () => {
    const stream = followed(90 * HOUR_MS);
    for (let second = 0; second < 1_000; second += 1) stream.observe(NOON - 90 * HOUR_MS + second);
    stream.observe(NOON - 2 * HOUR_MS);
    stream.wait(NOON + 60_000);
    expect(stream.now).toBe(NOON - 2 * HOUR_MS);
  });

  test("our clock is set back, and the log's with it: it is where the next line is", () => {
    const stream = followed();
    stream.arrive(NOON - 3 * HOUR_MS);
    expect(stream.setBacks).toBe(1);
    stream.observe(NOON - 3 * HOUR_MS + 1);
    expect(stream.now).toBe(NOON - 3 * HOUR_MS + 1);
  });

  test("the same while it is silent", () => {
    const stream = followed();
    stream.wait(NOON - 3 * HOUR_MS);
    expect(stream.reached(NOON - 3 * HOUR_MS)).toBe(NEVER);
    stream.wait(NOON - 3 * HOUR_MS + 1_000);
    expect(stream.setBacks).toBe(1);
  });

  test("our clock is set back, the log's was right: it goes on", () => {
    const stream = followed(3 * HOUR_MS);
    stream.arrive(NOON - 3 * HOUR_MS + 1_000);
    stream.observe(NOON - 3 * HOUR_MS + 1_000);
    expect(stream.now).toBe(NOON - 3 * HOUR_MS + 1_000);
  });

  test("a state of a wrong clock's future is given up", () => {
    const stream = new StreamTime(30_000);
    stream.restore({ ...followed().state(), now: Date.UTC(2036, 0, 1), arrivedAtMs: NOON - HOUR_MS });
    stream.arrive(NOON);
    stream.observe(NOON);
    expect(stream.now).toBe(NOON);
  });

  test("our clock steps back by less than an hour: nothing is given up", () => {
    const stream = followed();
    stream.arrive(NOON - HOUR_MS / 2);
    stream.observe(NOON - HOUR_MS / 2);
    expect(stream.now).toBe(NOON);
    expect(stream.reached(NOON - HOUR_MS / 2)).toBe(NOON);
    expect(stream.setBacks).toBe(0);
  });
});
