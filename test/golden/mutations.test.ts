// Lines of the golden logs, damaged at random: every one has an outcome, none throws, and length costs no more than length.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMailEvent, encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { GOLDEN_LOGS, linesOfGolden } from "../support/golden-logs.ts";
import { assembleLog } from "../support/read-log.ts";

const LOGS = GOLDEN_LOGS.map((log) => linesOfGolden(log).slice(0, 60));
const LINES = [...new Set(LOGS.flat())];

/** A place in a line; without bias, which would damage most stamps. */
const place = fc.noBias(fc.nat());

/** One damage: what it does to a line. */
const damage = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(
    ([at, byte]) =>
      (line: string) =>
        splice(line, at, 1, String.fromCharCode(byte)),
  ),
  fc.tuple(place, fc.nat(30)).map(
    ([at, length]) =>
      (line: string) =>
        splice(line, at, length, ""),
  ),
  fc.tuple(place, fc.nat(60), place).map(
    ([from, length, to]) =>
      (line: string) =>
        splice(line, to, 0, line.substr(from % line.length, length)),
  ),
  place.map((at) => (line: string) => line.slice(0, at % line.length)),
  fc
    .tuple(
      place,
      fc.constantFrom(
        "\0",
        "\u001b[2J",
        "<",
        ">",
        '"',
        "\\",
        "{",
        "}",
        "[]",
        ": ",
        ", ",
        "=?UTF-8?Q?",
        "?=",
        "__proto__",
        "\u00ff",
        "\u00e2\u0080\u00ae",
      ),
    )
    .map(
      ([at, text]) =>
        (line: string) =>
          splice(line, at, 0, text),
    ),
);

function splice(line: string, at: number, length: number, text: string): string {
  const from = at % (line.length + 1);
  return line.slice(0, from) + text + line.slice(from + length);
}

/** A log with some of its lines damaged. */
const damaged = fc
  .tuple(fc.constantFrom(...LOGS), fc.array(fc.tuple(place, damage), { minLength: 1, maxLength: 30 }))
  .map(([lines, damages]) => {
    const log = [...lines];
    for (const [at, change] of damages) {
      const line = log[at % log.length];
      if (line !== undefined && line !== "") log[at % log.length] = change(line);
    }
    return log.join("\n");
  });

describe("damaged lines", () => {
  test("have an outcome each, and the mails they speak of can be told", () => {
    let rejections = 0;
    let told = 0;
    fc.assert(
      fc.property(damaged, (log) => {
        const { events, ingested } = assembleLog(Buffer.from(log, "latin1"));
        const { counters, rejected } = ingested;
        expect(counters.used + counters.other + rejected.length).toBe(counters.lines);
        rejections += rejected.length;
        told += events.length;
        for (const event of events) {
          const decoded = decodeMailEvent(encodeMailEvent(event), { site: "test" });
          expect(decoded.ok ? "sound" : decoded).toBe("sound");
        }
      }),
      { seed: 4, numRuns: 1000 },
    );
    // The property speaks of something: much was refused, and much told.
    expect(Math.min(rejections, told)).toBeGreaterThan(1500);
  });

  test("of 64 KB, a piece of them repeated, are read in one pass", () => {
    const piece = fc.tuple(fc.constantFrom(...LINES), place, fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(piece, ([line, at, length]) => {
        const from = at % line.length;
        const repeated = line
          .slice(from, from + length)
          .repeat(Math.ceil(60_000 / Math.min(length, line.length - from)));
        const long = line.slice(0, from) + repeated.slice(0, 60_000) + line.slice(from);
        const { ingested } = assembleLog(Buffer.from(long, "latin1"));
        expect(ingested.counters.lines).toBe(1);
      }),
      { seed: 4, numRuns: 400 },
    );
  });
});
