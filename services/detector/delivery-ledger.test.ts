import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import {
  addToSeries,
  countMinutes,
  createCountedMinutes,
  createMinuteSeries,
  deliveriesEndedBy,
  type MinuteSeries,
  repeatMinutes,
} from "./delivery-ledger.ts";
import { mail } from "./testing/conversation.ts";

const MINUTE = 60_000;
type Counts = readonly (readonly [number, number])[];

function word(counts: Counts, earlier = 0): MailEvent {
  const minutes = counts.map(([minute, delivered]) => ({ start: minute * MINUTE, delivered, deferred: 0, bounced: 0 }));
  const event = mail({ seconds: 0, minutes });
  return earlier === 0 ? event : { ...event, earlier: { delivered: earlier, deferred: 0, bounced: 0 } };
}

function seriesOf(words: readonly MailEvent[]): MinuteSeries {
  const series = createMinuteSeries();
  const counted = createCountedMinutes();
  for (const event of words)
    countMinutes(counted, event, (minute, delivered) => addToSeries(series, minute, delivered));
  return series;
}

describe("the ledger", () => {
  test.each([
    { name: "one minute", words: [word([[1, 5]])], total: 5 },
    { name: "one minute that grows", words: [word([[1, 5]]), word([[1, 9]])], total: 9 },
    {
      name: "a second minute",
      words: [
        word([[1, 5]]),
        word([
          [1, 6],
          [2, 3],
        ]),
      ],
      total: 9,
    },
    { name: "another minute instead", words: [word([[1, 5]]), word([[2, 3]])], total: 8 },
    {
      name: "old minutes moved into earlier",
      words: [
        word([
          [1, 5],
          [2, 5],
        ]),
        word(
          [
            [2, 5],
            [3, 4],
          ],
          5,
        ),
      ],
      total: 14,
    },
    { name: "more in earlier than was known", words: [word([[9, 1]], 40)], total: 41 },
  ])("$name", ({ words, total }) => {
    expect(seriesOf(words).total).toBe(total);
    expect(seriesOf(words.flatMap((event) => [event, event])).total).toBe(total);
  });

  test("after any words the sum is what the last one says", () => {
    const counts = fc.uniqueArray(fc.tuple(fc.nat({ max: 9 }), fc.integer({ min: 1, max: 50 })), {
      selector: ([minute]) => minute,
      maxLength: 6,
    });
    fc.assert(
      fc.property(counts, counts, (first, second) => {
        const both = new Map([...first, ...second]);
        const last = [...both].sort(([one], [other]) => one - other);
        const series = seriesOf([word(first), word(last)]);
        expect(series.total).toBe(last.reduce((sum, [, delivered]) => sum + delivered, 0));
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test("counted minutes can be told again", () => {
    const counted = createCountedMinutes();
    countMinutes(
      counted,
      word(
        [
          [1, 5],
          [2, 3],
        ],
        7,
      ),
      () => undefined,
    );
    const told: [number, number][] = [];
    repeatMinutes(counted, (minute, delivered) => told.push([minute / MINUTE, delivered]));
    expect(told).toEqual([
      [1, 5],
      [2, 3],
      [0, 7],
    ]);
  });
});

describe("a series", () => {
  test("sums the minutes that ended by a time, not the running one", () => {
    const series = createMinuteSeries();
    for (const [minute, delivered] of [
      [3, 30],
      [1, 10],
      [2, 20],
      [1, 1],
    ] as const)
      addToSeries(series, minute * MINUTE, delivered);
    expect(deliveriesEndedBy(series, 2 * MINUTE)).toBe(11);
    expect(deliveriesEndedBy(series, 3 * MINUTE - 1)).toBe(11);
    expect(deliveriesEndedBy(series, 4 * MINUTE)).toBe(61);
    expect(deliveriesEndedBy(series, 4 * MINUTE, 2 * MINUTE)).toBe(50);
  });

  test("keeps a day and a half by minute and the rest as a sum", () => {
    const series = createMinuteSeries();
    for (let minute = 0; minute < 5000; minute += 1) addToSeries(series, minute * MINUTE, 1);
    expect(series.starts).toHaveLength(2160);
    expect(deliveriesEndedBy(series, 5000 * MINUTE)).toBe(5000);
  });
});
