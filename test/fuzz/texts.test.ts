// What stands within lines, put together at random: stamps, header values, subjects, addresses, ids. None throws, and what comes out is
// within its bounds, whatever comes in.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOfHeader, personOfSender } from "../../services/assembler/person.ts";
import { threadHints } from "../../services/assembler/thread-hints.ts";
import { QueueIdReader } from "../../services/ingest/parsers/postfix-queue-id.ts";
import { StampReader } from "../../services/ingest/syslog-stamp.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import { HEADER_NAMES } from "../../shared/domain/mail-fragment.ts";
import { subjectKey } from "../../shared/domain/subject-key.ts";

const RUNS = { seed: 7, numRuns: 1500 };

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      "Re: ",
      "AW:",
      "[list] ",
      "RE[2]:",
      "(fwd)",
      "*** x ***",
      "=?UTF-8?Q?",
      "=?utf-8?B?4pyJ?=",
      "?=",
      "=?a",
      "??",
      "=E2=9C",
      "_",
    ],
  ),
  fc.constantFrom(
    ...[
      "<",
      ">",
      '"',
      "\\",
      ",",
      ";",
      "(",
      ")",
      "@",
      "a@x.example.org",
      "SRS0=a=b=x=u@y",
      "prvs=1=",
      "-bounces+",
      "\0",
      "\u001b",
    ],
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom("\ud800", "\udc00", "\u202e", "\u00ff", "é", "ß", "İ", "答复", "\u{1f600}"),
);
const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));
const bytesAsText = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const value = fc.oneof(text, bytesAsText);

describe("header values", () => {
  test("encoded words are decoded to no more than their bytes hold", () => {
    fc.assert(
      fc.property(value, (said) => {
        expect(decodeHeaderValue(said).length).toBeLessThanOrEqual(said.length);
      }),
      RUNS,
    );
  });

  test("a subject's key is short, and its own key", () => {
    fc.assert(
      fc.property(value, (said) => {
        const { key, isReply } = subjectKey(said);
        expect(key.length).toBeLessThanOrEqual(60);
        expect(key).toBe(key.trim());
        // A reply to it has the same.
        const reply = subjectKey(`Re: ${said}`);
        expect(reply.isReply).toBe(true);
        if (!isReply && said.length < 40) expect(reply.key).toBe(key);
      }),
      RUNS,
    );
  });

  test("addresses are addresses or none", () => {
    fc.assert(
      fc.property(value, (said) => {
        const address = addressOfHeader(said);
        if (address !== undefined) expect(address).toMatch(/^[^\s,;<>]+@[^\s,;<>]+$/u);
        const person = personOfSender(said);
        if (person !== undefined) expect(person.length).toBeLessThanOrEqual(said.toLowerCase().length);
      }),
      RUNS,
    );
  });

  test("hints are few, and whole", () => {
    const headers = fc.dictionary(fc.constantFrom(...HEADER_NAMES), value);
    fc.assert(
      fc.property(headers, (said) => {
        const { hints } = threadHints(said);
        expect(hints.references.length).toBeLessThanOrEqual(20);
        for (const id of hints.references) expect(id).toMatch(/^[^<>]+$/u);
        if (hints.threadIndex !== undefined) expect(hints.threadIndex).toMatch(/^[0-9a-f]{32}$/);
      }),
      RUNS,
    );
  });
});

describe("stamps", () => {
  const reader = (): StampReader =>
    new StampReader({ year: 2026, streamTime: { latest: Number.NEGATIVE_INFINITY }, toUtc: zoneToUtc("UTC") });

  test("that exist are read as the engine reads them", () => {
    const zone = fc.constantFrom("Z", "+00:00", "+01:00", "-09:30", "+14:00");
    const at = fc.date({ min: new Date(0), max: new Date("2099-12-31T23:59:59.999Z"), noInvalidDate: true });
    fc.assert(
      fc.property(at, zone, (date, offset) => {
        const stamp = date.toISOString().replace("Z", offset);
        const stamps = reader();
        expect(stamps.read(Buffer.from(`${stamp} mx`), 0, stamp.length + 3)).toBe(true);
        expect(stamps.eventTimeMs).toBe(Date.parse(stamp));
        expect(stamps.next).toBe(stamp.length + 1);
      }),
      RUNS,
    );
  });

  test("that do not are refused, or are a time and end within the line", () => {
    const damaged = fc
      .tuple(
        fc.constantFrom("2026-11-24T08:29:00.123456+01:00 mx", "Nov 24 08:29:00 mx", "2026-02-29 23:59:60Z mx"),
        fc.nat(40),
        value,
      )
      .map(([stamp, at, said]) => stamp.slice(0, at) + said + stamp.slice(at + said.length));
    let read = 0;
    fc.assert(
      fc.property(damaged, (line) => {
        const bytes = Buffer.from(`${line}\n`, "latin1");
        const stamps = reader();
        if (!stamps.read(bytes, 0, bytes.length - 1)) return;
        read += 1;
        expect(stamps.next).toBeLessThanOrEqual(bytes.length);
        expect(Math.abs(stamps.eventTimeMs)).toBeLessThan(Date.UTC(10_000, 0));
      }),
      RUNS,
    );
    expect(read).toBeGreaterThan(100);
  });
});

test("queue ids are letters and digits between the ends of their line", () => {
  const id = new QueueIdReader(17);
  const host = { name: "mx", hash: 5, index: 0 };
  const line = fc
    .tuple(fc.constantFrom("97CA59841E6", "3tHqKz5Yz1z9Cx", "NOQUEUE", "warning", ""), value)
    .map(([before, said]) => `${before}${said}: removed`);
  fc.assert(
    fc.property(line, (said) => {
      const bytes = Buffer.from(said, "latin1");
      if (!id.read(host, bytes, 0, bytes.length)) return;
      expect(bytes.toString("latin1", id.start, id.end)).toMatch(/^[0-9A-Za-z]{6,24}$/);
      expect(id.next).toBeLessThanOrEqual(bytes.length);
    }),
    RUNS,
  );
});
