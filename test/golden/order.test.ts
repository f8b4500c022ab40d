// What the order of lines, and lines sent twice, must not change. Through ingest and assembler, as in a replay.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { GOLDEN_LOGS, isHead, linesOfGolden } from "../support/golden-logs.ts";
import { assembleLog, lastWords } from "../support/read-log.ts";

const AT = Date.UTC(2026, 10, 24, 8, 29);
const ID = "97CA59841E6";
const ORIGIN =
  "from mail.example.org[192.0.2.7]; from=<ann@example.org> to=<all@example.org> proto=ESMTP helo=<mail.example.org>";

/** All that Postfix says of one mail, and the ms at which it says it. */
const MAIL: readonly (readonly [number, string])[] = [
  [0, `smtpd[1]: ${ID}: client=mail.example.org[192.0.2.7], sasl_method=PLAIN, sasl_username=ann`],
  [10, `cleanup[2]: ${ID}: info: header From: Ann <ann@example.org> ${ORIGIN}`],
  [11, `cleanup[2]: ${ID}: info: header Subject: Re: Lunch ${ORIGIN}`],
  [12, `cleanup[2]: ${ID}: info: header References: <a@x>??<b@x> ${ORIGIN}`],
  [15, `cleanup[2]: ${ID}: message-id=<c@x>`],
  [40, `qmgr[3]: ${ID}: from=<ann@example.org>, size=999, nrcpt=3 (queue active)`],
  [
    900,
    `smtp[4]: ${ID}: to=<a@example.net>, orig_to=<all@example.org>, relay=m[198.51.100.9]:25, delay=1, dsn=2.0.0, status=sent (ok)`,
  ],
  [
    1800,
    `smtp[4]: ${ID}: to=<b@example.net>, orig_to=<all@example.org>, relay=m[198.51.100.9]:25, delay=1, dsn=4.0.0, status=deferred (no)`,
  ],
  [
    2500,
    `lmtp[5]: ${ID}: to=<c@example.net>, orig_to=<all@example.org>, relay=l[127.0.0.1]:24, delay=1, dsn=2.0.0, status=sent (ok)`,
  ],
  [4000, `qmgr[3]: ${ID}: from=<ann@example.org>, size=999, nrcpt=1 (queue active)`],
  [
    4500,
    `smtp[4]: ${ID}: to=<b@example.net>, orig_to=<all@example.org>, relay=m[198.51.100.9]:25, delay=4, dsn=2.0.0, status=sent (ok)`,
  ],
  [4999, `qmgr[3]: ${ID}: removed`],
];

function stamped(offsetMs: number, [ms, message]: readonly [number, string]): string {
  return `${new Date(AT + offsetMs + ms).toISOString()} mx postfix/${message}\n`;
}

describe("one mail within its five seconds", () => {
  const offset = fc.integer({ min: 0, max: 120_000 });
  const order = fc.shuffledSubarray([...MAIL], { minLength: MAIL.length });

  test("ends in the same events, whatever the order of its lines", () => {
    fc.assert(
      fc.property(offset, order, (offsetMs, lines) => {
        const expected = assembleLog(MAIL.map((line) => stamped(offsetMs, line)).join(""));
        const { events, counters } = assembleLog(lines.map((line) => stamped(offsetMs, line)).join(""));
        expect(events).toEqual(expected.events);
        expect(counters).toEqual(expected.counters);
        expect(counters.accepted).toBe(1);
        expect(events.at(-1)).toMatchObject({
          recipients: 3,
          login: "ann",
          hop: "192.0.2.7",
          hints: { references: ["a@x", "b@x"] },
        });
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("never delivers to more than its recipients, whatever lines come twice", () => {
    fc.assert(
      fc.property(offset, order, fc.array(fc.constantFrom(...MAIL), { maxLength: 40 }), (offsetMs, lines, again) => {
        const { events, counters } = assembleLog([...lines, ...again].map((line) => stamped(offsetMs, line)).join(""));
        expect(counters.accepted).toBe(1);
        for (const event of events) expectSound(event);
        expect(new Set(events.map(({ recipients }) => recipients))).toEqual(new Set([3]));
        const [once] = lastWords(assembleLog(lines.map((line) => stamped(offsetMs, line)).join("")).events);
        const [twice] = lastWords(events);
        const timeless = { revision: 0, minutes: [] };
        expect({ ...twice, ...timeless }).toEqual({ ...once, ...timeless });
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

function expectSound({ minutes, earlier, recipients }: MailEvent): void {
  const delivered = minutes.reduce((sum, minute) => sum + minute.delivered, earlier?.delivered ?? 0);
  expect(delivered).toBeLessThanOrEqual(recipients);
  for (const { deferred, bounced } of minutes) expect(Math.min(deferred, bounced)).toBeGreaterThanOrEqual(0);
}

/** Lives of one queue id within five seconds are told apart by the order of lines; so are days of a log without years. */
const ORDERED = new Set(["postfix/reused-ids.log", "postfix/rfc3164-short-ids.log"]);

describe.each(GOLDEN_LOGS.filter(({ name }) => !ORDERED.has(name)))("$name", (log) => {
  const whole = linesOfGolden(log);
  // Whatever says how lines are to be read stays in front of them.
  const head = whole.filter(isHead);
  const lines = whole.filter((line) => !isHead(line));
  const assemble = (rows: readonly string[]): readonly MailEvent[] =>
    assembleLog(Buffer.from([...head, ...rows].join("\n"), "latin1")).events;
  const events = assemble(lines);

  test("gives the same events in every order of its lines", () => {
    const shuffled = fc.shuffledSubarray(lines, { minLength: lines.length });
    fc.assert(
      fc.property(shuffled, (others) => {
        expect(assemble(others)).toEqual(events);
      }),
      { seed: 4, numRuns: 5 },
    );
  });

  test("read twice, tells of the same mails and recipients", () => {
    const twice = assemble([...lines, ...lines]);
    for (const event of twice) expectSound(event);
    const told = (all: readonly MailEvent[]): readonly unknown[] =>
      lastWords(all).map(({ eventId, at, recipients, lists, hints, automatic }) => ({
        eventId,
        at,
        recipients,
        lists,
        hints,
        automatic,
      }));
    expect(told(twice)).toEqual(told(events));
  });
});
