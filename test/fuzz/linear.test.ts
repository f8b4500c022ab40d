// Work by length: a line eight times as long costs no more than eight times as much, whatever stands in it. Looks at bytes are
// counted, so that no clock and no machine has a say. Where text is read by the engine's own searches, which nobody can count, lines
// are so long that anything worse than linear would not end before the runner gives up.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { automaticReason } from "../../services/assembler/automatic.ts";
import { listSightings } from "../../services/assembler/list-sightings.ts";
import { addressOfHeader, personOfSender } from "../../services/assembler/person.ts";
import { threadHints } from "../../services/assembler/thread-hints.ts";
import { FORMAT_NAMES, type FormatName, type LineFormat } from "../../services/ingest/formats.ts";
import { HeaderLineReader } from "../../services/ingest/parsers/postfix-header-line.ts";
import { QueueIdReader } from "../../services/ingest/parsers/postfix-queue-id.ts";
import { StampReader } from "../../services/ingest/syslog-stamp.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import { decodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { subjectKey } from "../../shared/domain/subject-key.ts";
import { decodeWireTime } from "../../shared/domain/wire-time.ts";
import { countedBytes } from "../support/counted-bytes.ts";
import { fragment } from "../support/fragment.ts";
import { GOLDEN_LOGS, isHead, linesOfGolden } from "../support/golden-logs.ts";
import { oneFormat } from "../support/one-format.ts";

const SEED = 6;
const SHORT_BYTES = 2_000;
const TIMES = 8;
/** Passes over a line that a parser may make for each byte, and what it may do besides. */
const SLACK = 1.5;

const LINES = GOLDEN_LOGS.flatMap((log) =>
  linesOfGolden(log)
    .filter((line) => !isHead(line))
    .slice(0, 40),
);
const HEADS = GOLDEN_LOGS.flatMap((log) => linesOfGolden(log).filter(isHead));

/** A format that has read the heads of all golden logs. */
function formatBehindHeads(name: FormatName): LineFormat {
  const format = oneFormat(name);
  for (const head of HEADS) {
    const bytes = Buffer.from(head, "latin1");
    format.parse(bytes, 0, bytes.length);
  }
  return format;
}

/** Lines that a format reads: what others begin with tells at once that they are none. */
function linesOf(name: FormatName): string[] {
  const format = formatBehindHeads(name);
  return LINES.filter((line) => {
    const bytes = Buffer.from(line, "latin1");
    return format.parse(bytes, 0, bytes.length) === "used";
  });
}

/** A line in which a piece of it, or of any other, is repeated: the same at any length. */
interface Stretched {
  readonly before: string;
  readonly piece: string;
  readonly after: string;
}

const place = fc.noBias(fc.nat());
const HOSTILE = [
  ...[
    " ",
    "a",
    "<",
    ">",
    '"',
    "\\",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    ":",
    "=",
    "?",
    "=?",
    "?=",
    "=?UTF-8?Q?",
    "=?a?B?",
    "{",
    '{"a":',
    "[0,",
  ],
  ...[
    "; from=<",
    "> to=<",
    " proto=",
    " proto=a helo=<",
    " from ",
    " from a[1]; from=<",
    ", status=",
    ", nrcpt=",
    ">, size=",
    ", orig_to=<",
  ],
  ...[
    ">: ",
    " from local; from=<",
    "Re: ",
    "[a] ",
    "re[1]: ",
    '""',
    '",',
    ",,",
    "MessageClass:",
    "\\u0041",
    "é",
    "\u202e",
    "1",
    "-",
    "+",
    "@",
    "a@b;",
  ],
];

function stretched(lines: readonly string[]): fc.Arbitrary<Stretched> {
  return fc
    .tuple(fc.constantFrom(...lines), place, place, fc.integer({ min: 1, max: 40 }), fc.boolean())
    .chain(([line, at, from, length, isHostile]) => {
      const cut = at % (line.length + 1);
      const own = line.substr(from % line.length, length) || " ";
      const pieces = isHostile ? fc.constantFrom(...HOSTILE) : fc.constant(own);
      return pieces.map((piece) => ({ before: line.slice(0, cut), piece, after: line.slice(cut) }));
    });
}

function lengthened({ before, piece, after }: Stretched, bytes: number): string {
  return before + piece.repeat(Math.ceil(bytes / piece.length)) + after;
}

/** Looks at the bytes of a text, which stands between newlines as a line of a log does. */
function looksOf(text: string, read: (bytes: Buffer, start: number, end: number) => void): number {
  const source = Buffer.from(`\n${text}\n`);
  const { bytes, looks } = countedBytes(source);
  read(bytes, 1, source.length - 1);
  return looks();
}

function expectLinear(line: Stretched, read: (bytes: Buffer, start: number, end: number) => void): number {
  const short = lengthened(line, SHORT_BYTES);
  const few = looksOf(short, read);
  const many = looksOf(lengthened(line, SHORT_BYTES * TIMES), read);
  expect(many).toBeLessThanOrEqual(TIMES * SLACK * (few + Buffer.byteLength(short)));
  return few;
}

describe("looks at the bytes of a line grow as the line does", () => {
  test.each(FORMAT_NAMES)("--format %s", (name) => {
    const own = linesOf(name);
    expect(own.length).toBeGreaterThan(3);
    let looks = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: stretched(own) }, stretched(LINES)), (line) => {
        // A parser of its own for each: what one line leaves behind must not spare the next a look.
        looks += expectLinear(line, (bytes, start, end) => {
          formatBehindHeads(name).parse(bytes, start, end);
        });
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(looks).toBeGreaterThan(100_000);
  });

  test("the columns of a tracking log", () => {
    const pieces = fc.constantFrom(",", "a,", "date-time,", '","', " ", "x".repeat(70), "event-id,source,");
    fc.assert(
      fc.property(pieces, (piece) => {
        const format = oneFormat("exchange");
        expectLinear({ before: "#Fields: ", piece, after: ",date-time" }, (bytes, start, end) => {
          format.parse(bytes, start, end);
        });
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  test("header lines", () => {
    const reader = new HeaderLineReader();
    const origin = " from mx[192.0.2.7]; from=<a@x> to=<b@x> proto=ESMTP helo=<mx>";
    const headers = ["Subject: ", "References: ", "a", ":", ""].flatMap((before) =>
      ["", origin, `${origin}: text`].map((after) => ({ before, after })),
    );
    let looks = 0;
    fc.assert(
      fc.property(fc.constantFrom(...headers), fc.constantFrom(...HOSTILE, origin), (around, piece) => {
        looks += expectLinear({ ...around, piece }, (bytes, start, end) => {
          if (!reader.read(bytes, start, end)) return;
          expect(reader.valueStart).toBeLessThanOrEqual(reader.valueEnd);
          expect(reader.valueEnd).toBeLessThanOrEqual(end);
          expect(reader.recipientEnd).toBeLessThanOrEqual(end);
        });
      }),
      { seed: SEED, numRuns: 600 },
    );
    expect(looks).toBeGreaterThan(100_000);
  });

  test("queue ids", () => {
    const reader = new QueueIdReader(17);
    const host = { name: "mx", hash: 5, index: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom("A", "0", "B1", "z", ":", " "),
        fc.constantFrom("", "97CA59841E6"),
        (piece, before) => {
          expect(
            looksOf(before + piece.repeat(9_000), (bytes, start, end) => void reader.read(host, bytes, start, end)),
          ).toBeLessThan(64);
        },
      ),
      { seed: SEED, numRuns: 12 },
    );
  });

  test("stamps", () => {
    const beginnings = ["2026-11-24T08:29:00", "2026-11-24T08:29:00.", "Nov 24 08:29:00", "2026-11-24 08:29:00,1", ""];
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.constantFrom(...HOSTILE), (before, piece) => {
        const stamps = new StampReader({
          year: 2026,
          streamTime: { latest: Number.NEGATIVE_INFINITY },
          toUtc: zoneToUtc("UTC"),
        });
        expectLinear({ before, piece, after: "Z mx" }, (bytes, start, end) => {
          stamps.read(bytes, start, end);
        });
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe("text of a quarter of a million characters is read, whatever is repeated in it", () => {
  const LONG_CHARS = 250_000;
  const readers: readonly (readonly [string, (text: string) => unknown])[] = [
    ["encoded words", decodeHeaderValue],
    ["subject keys", subjectKey],
    ["From and Reply-To", addressOfHeader],
    ["envelope senders", personOfSender],
    [
      "ids and subjects of threads",
      (text) => threadHints({ references: text, "in-reply-to": text, "thread-index": text, subject: text }),
    ],
    ["List-Ids and envelopes", (text) => listSightings(fragment({ headers: { "list-id": text }, headerTo: text }), 1)],
    [
      "marks of machines",
      (text) =>
        automaticReason({
          headers: { "auto-submitted": "", precedence: text, "x-autoreply": "no" },
          sender: text,
          subject: text,
        }),
    ],
    ["times of MailEvents", decodeWireTime],
    ["MailEvents", (text) => decodeMailEvent(text, { site: "test" })],
    [
      "subjects of MailEvents",
      (text) =>
        decodeMailEvent(JSON.stringify({ v: 1, at: "2026-11-24T08:29:00Z", recipients: 9, subject: text }), {
          site: "test",
        }),
    ],
  ];
  const pieces = [
    ...HOSTILE,
    ...'<a> |=?UTF-8?Q?=41?= |=?a?b?|?=?| \t|?? |Re:|RE[1] :|AW: |(ext)|*** |[x]|re\u200b:|\u{1f600}|\ud800|é|auto reply |out of office |a=b=c=|prvs=|srs0+=|-bounces|owner-|bounce|{"v":1,|\\"'.split(
      "|",
    ),
  ];

  test.each(readers)("%s", (_name, read) => {
    for (const piece of pieces) {
      const repeated = piece.repeat(Math.ceil(LONG_CHARS / piece.length));
      for (const text of [repeated, `Re: <${repeated}>`, `"${repeated}" <a@x>`, `=?UTF-8?Q?${repeated}`]) {
        expect(() => read(text)).not.toThrow();
      }
    }
  });
});
