import { describe, expect, test } from "vitest";
import { StreamTime } from "./stream-time.ts";

const MINUTE = 60_000;

function streamTime(...minutes: readonly number[]): StreamTime {
  const stream = new StreamTime(30_000);
  for (const minute of minutes) stream.observe(minute * MINUTE);
  return stream;
}

describe("stream time", () => {
  test.each<[string, readonly number[], number, number]>([
    ["is not known before the first line was borne out", [500], Number.NEGATIVE_INFINITY, 0],
    ["is the highest time seen", [500, 501, 502], 502, 0],
    ["does not go back", [500, 501, 499, 400], 501, 0],
    ["passes an hour at once", [500, 501, 561], 561, 0],
    ["refuses a leap that the next line contradicts", [500, 501, 5000, 502], 502, 1],
    ["waits for the next line at a leap", [500, 501, 5000], 501, 0],
    ["believes a leap that the next line bears out", [500, 501, 5000, 5000], 5000, 0],
    ["believes it within the allowed lateness", [500, 501, 5000, 4999.5], 5000, 0],
    ["refuses it beyond", [500, 501, 5000, 4999.4], 501, 1],
    ["refuses a first line that is years ahead", [90_000, 500, 501], 501, 1],
    ["is not held up by a first line that is years behind", [-90_000, 500, 501], 501, 0],
    ["believes a leap after a late line disturbed it", [500, 501, 5000, 502, 5001, 5002], 5002, 1],
    ["refuses every corrupt stamp", [500, 501, 5000, 502, 9000, 503, 7000, 504], 504, 3],
  ])("%s", (_name, minutes, now, refused) => {
    const stream = streamTime(...minutes);
    expect(stream.now).toBe(now * MINUTE);
    expect(stream.leapsRefused).toBe(refused);
  });

  test("at the end of the input nothing is left that the last line could make late", () => {
    const alone = streamTime(500);
    alone.end();
    expect(alone.now).toBe(500 * MINUTE);
    const leapt = streamTime(500, 501, 5000);
    leapt.end();
    expect(leapt.now).toBe(5000 * MINUTE);
    const behind = streamTime(500, 501);
    behind.end();
    expect(behind.now).toBe(501 * MINUTE);
  });
});
