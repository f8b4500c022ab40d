// Records of shippers, put together at random, cut and damaged: each line has an outcome, none throws, what is told of them every
// reader takes, and the bytes they came in are as they were.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShippedLines } from "../../services/ingest/envelopes/shipped-lines.ts";
import { decodeMailFragment, encodeMailFragment } from "../../shared/domain/mail-fragment-codec.ts";
import { countedBytes } from "../support/counted-bytes.ts";
import { parts } from "../support/parts.ts";
import { ingestLog } from "../support/read-log.ts";
import { SHIPPERS } from "../support/shippers.ts";

const SEED = 9;
const STAMP = "2026-11-24T08:29:00.123456+00:00";
const ID = "97CA59841E6";

const TOKENS = [
  ...parts(`{¦}¦[¦]¦:¦,¦"¦\\¦\\"¦\\\\¦\\n¦\\u0000¦\\ud800¦null¦-1e9¦{"a":[¦":"¦","¦ ¦/¦\\/`),
  ...parts(`"msg":¦"syslogtag":"postfix\\/qmgr[1]:"¦"timereported":"${STAMP}"¦"hostname":"mx"¦" ${ID}: removed"`),
  ...parts(
    `"MESSAGE":¦"PROGRAM":"postfix/qmgr"¦"PID":¦"HOST":"mx"¦"ISODATE":"${STAMP}"¦"message":¦"@timestamp":1¦"log":`,
  ),
  ...parts(
    `"timestamp":"${STAMP}"¦"appname":"postfix/qmgr"¦"${STAMP} mx postfix/qmgr[1]: ${ID}: removed"¦"__REALTIME_TIMESTAMP":`,
  ),
];

const LINES = [
  `${STAMP} mx postfix/smtpd[1]: ${ID}: client=mx[192.0.2.7], sasl_username=ann`,
  `${STAMP} mx postfix/cleanup[2]: ${ID}: info: header Subject: "a" \\ /é/ from mx[192.0.2.7]; from=<a@x> to=<b@x> proto=ESMTP helo=<mx>`,
  `${STAMP} mx postfix/cleanup[2]: ${ID}: message-id=<1@x>`,
  `${STAMP} mx postfix/qmgr[3]: ${ID}: from=<a@x>, size=9, nrcpt=30 (queue active)`,
  `${STAMP} mx postfix/smtp[4]: ${ID}: to=<b@x>, relay=mx[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (ok)`,
  `${STAMP} mx postfix/qmgr[3]: ${ID}: removed`,
];

const place = fc.noBias(fc.nat());
const record = fc
  .tuple(fc.constantFrom(...Object.values(SHIPPERS)), fc.constantFrom(...LINES))
  .map(([shipper, line]) => shipper(line) ?? line);
const damaged = fc
  .tuple(record, fc.array(fc.tuple(place, fc.nat(3), fc.constantFrom("", ...TOKENS)), { maxLength: 3 }))
  .map(([line, damages]) =>
    damages.reduce((text, [at, length, put]) => splice(text, at % (text.length + 1), length, put), line),
  );
const made = fc.array(fc.constantFrom(...TOKENS), { maxLength: 30 }).map((tokens) => `{${tokens.join("")}`);

function splice(text: string, at: number, length: number, put: string): string {
  return text.slice(0, at) + put + text.slice(at + length);
}

describe("records of shippers", () => {
  test("have an outcome each, in every cut; what is told of them is sound", () => {
    const reasons = new Set<string>();
    let used = 0;
    const log = fc.array(fc.oneof({ weight: 3, arbitrary: damaged }, made), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(log, fc.integer({ min: 1, max: 400 }), (lines, chunkBytes) => {
        const bytes = Buffer.from(lines.join("\n"));
        const before = Buffer.from(bytes);
        const whole = ingestLog(bytes);
        const { fragments, counters, rejected } = whole;
        expect(bytes.equals(before)).toBe(true);
        expect(counters.used + counters.other + rejected.length).toBe(counters.lines);
        expect(rejected.every(({ text, line }) => text === Buffer.from(lines[line - 1] ?? "").toString("latin1"))).toBe(
          true,
        );
        expect(ingestLog(before, { chunkBytes })).toEqual(whole);
        for (const fragment of fragments) {
          const decoded = decodeMailFragment(encodeMailFragment(fragment));
          expect(decoded.ok ? decoded.fragment : decoded).toEqual(fragment);
        }
        used += counters.used;
        for (const { reason } of rejected) reasons.add(reason);
      }),
      { seed: SEED, numRuns: 1500 },
    );
    expect(used).toBeGreaterThan(1000);
    expect([...reasons]).toEqual(expect.arrayContaining(["bad-json", "bad-envelope", "bad-stamp", "not-recognised"]));
  });

  test("cost no more than they are long, whatever is repeated in them", () => {
    let looks = 0;
    const stretched = fc.tuple(record, place, fc.constantFrom(...TOKENS, '\\\\"', '"a":1,', '"a":"b",'));
    fc.assert(
      fc.property(stretched, ([line, at, piece]) => {
        const cost = (bytes: number): number => {
          const text = splice(line, at % (line.length + 1), 0, piece.repeat(Math.ceil(bytes / piece.length)));
          const source = Buffer.from(`${text}\n`);
          const counted = countedBytes(source);
          const lines = new ShippedLines({ readLine: () => "other" });
          lines.read(counted.bytes, 0, source.length - 1);
          return counted.looks();
        };
        const few = cost(2000);
        looks += few;
        expect(cost(16_000)).toBeLessThanOrEqual(8 * 1.5 * (few + 2000 + line.length));
      }),
      { seed: SEED, numRuns: 400 },
    );
    expect(looks).toBeGreaterThan(100_000);
  });
});
