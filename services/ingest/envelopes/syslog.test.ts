import { describe, expect, test } from "vitest";
import { ingestLog } from "../../../test/support/read-log.ts";
import { ArrivalTime } from "../arrival-time.ts";
import { HostTable } from "../host-table.ts";
import { StampReader } from "../syslog-stamp.ts";
import { zoneToUtc } from "../time-zone.ts";
import { type MessageParser, SyslogEnvelope } from "./syslog.ts";

const ID = "97CA59841E6";
const AT = Date.UTC(2026, 10, 26, 17, 0, 0, 123);
const STAMP = "2026-11-26T17:00:00.123456+00:00";
const HEAD = `1 ${STAMP} mx postfix/qmgr 12 -`;
const REMOVED = `${ID}: removed`;

describe("a header of RFC 5424 before a Postfix message", () => {
  test.each<[string, string]>([
    ["as the port's frame has it", `<22>${HEAD} - ${REMOVED}`],
    ["without the priority", `${HEAD} - ${REMOVED}`],
    ["with a byte order mark", `<22>${HEAD} - \u{feff}${REMOVED}`],
    ["with the space that a tag leaves before its message", `<22>${HEAD} -  ${REMOVED}`],
    ["without process and message id", `<22>1 ${STAMP} mx postfix/qmgr - - - ${REMOVED}`],
    ["with structured data", `<22>${HEAD} [timeQuality tzKnown="1" isSynced="0"] ${REMOVED}`],
    ["with two of them", `<22>${HEAD} [a@1 b="c"][d@2] ${REMOVED}`],
    ["with what looks like their end in a value", `<22>${HEAD} [a@1 b="]" c="\\"] x" d="\\\\"] ${REMOVED}`],
    ["with a stamp of another zone", `<22>1 2026-11-26T18:00:00.123+01:00 mx postfix/qmgr 12 - - ${REMOVED}`],
    ["with a name before the slash that is not Postfix's", `1 ${STAMP} mx mta/qmgr 12 - - ${REMOVED}`],
    ["with a name that rsyslog cut at the slash", `<22>1 ${STAMP} mx postfix 12 - -  ${REMOVED}`],
    ["of an instance, cut at the slash", `<22>1 ${STAMP} mx postfix-out 12 - -  ${REMOVED}`],
  ])("%s", (_name, line) => {
    const { fragments, rejected } = ingestLog(`${line}\n`);
    expect(rejected).toEqual([]);
    expect(fragments).toEqual([expect.objectContaining({ host: "mx", queueId: ID, removedAt: AT })]);
  });

  test("that names no host is of the host -", () => {
    const { fragments } = ingestLog(`<22>1 ${STAMP} - postfix/qmgr 12 - - ${REMOVED}\n`);
    expect(fragments).toEqual([expect.objectContaining({ host: "-", removedAt: AT })]);
  });

  test.each<[string, string, string]>([
    ["no stamp", `<22>1 - mx postfix/qmgr 12 - - ${REMOVED}`, "bad-stamp"],
    ["a day that is none", `<22>1 2026-13-26T17:00:00Z mx postfix/qmgr 12 - - ${REMOVED}`, "bad-stamp"],
    ["a stamp of RFC 3164", `<22>1 Nov 26 17:00:00 mx postfix/qmgr[12]: ${REMOVED}`, "bad-stamp"],
    ["another version", `<22>2 ${STAMP} mx postfix/qmgr 12 - - ${REMOVED}`, "not-recognised"],
    ["no structured data", `<22>${HEAD} ${REMOVED}`, "not-recognised"],
    ["structured data without an end", `<22>${HEAD} [a b="c" ${REMOVED}`, "not-recognised"],
    ["a value without an end", `<22>${HEAD} [a b="c] ${REMOVED}`, "not-recognised"],
    ["no space behind them", `<22>${HEAD} [a b="c"]${REMOVED}`, "not-recognised"],
    ["too few fields", `<22>1 ${STAMP} mx postfix/qmgr`, "not-recognised"],
    ["two spaces between them", `<22>1 ${STAMP} mx  postfix/qmgr 12 - - ${REMOVED}`, "not-recognised"],
    ["a host of 300 letters", `<22>1 ${STAMP} ${"m".repeat(300)} postfix/qmgr 12 - - ${REMOVED}`, "not-recognised"],
    ["a host that cannot be shown", `<22>1 ${STAMP} m\u001b[2Jx postfix/qmgr 12 - - ${REMOVED}`, "not-recognised"],
  ])("is refused with %s", (_name, line, reason) => {
    const { fragments, rejected } = ingestLog(`${line}\n`);
    expect(fragments).toEqual([]);
    expect(rejected.map((one) => one.reason)).toEqual([reason]);
  });

  test.each<[string, string]>([
    ["no message", `<22>${HEAD} -`],
    ["an empty message", `<22>${HEAD} - `],
    ["another program", `<22>1 ${STAMP} mx sshd 12 - - ${REMOVED}`],
    ["a program whose tag is the message's", `<22>1 ${STAMP} mx app 12 - - postfix/qmgr[12]: ${REMOVED}`],
    ["a header within the message", `<22>${HEAD} - x <22>${HEAD} - ${REMOVED}`],
    ["a message within structured data", `<22>${HEAD} [a b=" ${REMOVED}"]`],
  ])("with %s is of no interest", (_name, line) => {
    const { fragments, counters, rejected } = ingestLog(`${line}\n`);
    expect(rejected).toEqual([]);
    expect(fragments).toEqual([]);
    expect(counters.other).toBe(1);
  });

  test("costs one place in the table of hosts, though lines of both kinds take turns", () => {
    const lines = [`<22>${HEAD} - ${REMOVED}`, `${STAMP} mx postfix/qmgr[12]: ${REMOVED}`];
    const { rejected } = ingestLog(`${[...lines, ...lines].join("\n")}\n`, { hostsMax: 1 });
    expect(rejected).toEqual([]);
  });
});

describe("a tag that rsyslog cut to 32 characters", () => {
  test("does not close with a bracket that a client wrote", () => {
    const tag = "postfix/submission/smtpd[1234567";
    const forged = `${STAMP} mx ${tag} ${ID}: info: header Subject: x]: ${REMOVED}`;
    const { fragments } = ingestLog(`${forged}\n${STAMP} mx ${tag} warning: x[192.0.2.66]: ${REMOVED}\n`);
    expect(fragments.map(({ removedAt }) => removedAt)).not.toContain(AT);
  });

  test.each([31, 33])("is none of %i", (length) => {
    const tag = `postfix/submission/smtpd[${"1".repeat(length - 25)}`;
    const { counters, fragments } = ingestLog(`${STAMP} mx ${tag} ${REMOVED}\n`);
    expect(fragments).toEqual([]);
    expect(counters.other).toBe(1);
  });
});

describe("a line without a host", () => {
  test.each<[string, string]>([
    ["with a stamp of RFC 3164", `<22>Nov 26 17:00:00 postfix/qmgr[12]: ${REMOVED}`],
    ["with one of RFC 3339", `2026-11-26T17:00:00Z postfix/qmgr[12]: ${REMOVED}`],
  ])("is of the host -, %s", (_name, line) => {
    expect(ingestLog(`${line}\n`).fragments).toEqual([expect.objectContaining({ host: "-", queueId: ID })]);
  });

  test("puts no tag into the table of hosts", () => {
    const lines = Array.from({ length: 5 }, (_, pid) => `Nov 26 17:00:00 cron[${pid}]: x\n`).join("");
    expect(ingestLog(lines, { hostsMax: 1 }).counters).toMatchObject({ other: 5, rejected: new Map() });
  });

  test("is not meant by an address of IPv6 that ends with colons", () => {
    const { fragments } = ingestLog(`${STAMP} 2001:db8:: postfix/qmgr[12]: ${REMOVED}\n`);
    expect(fragments).toEqual([expect.objectContaining({ host: "2001:db8::" })]);
  });
});

describe("a header of a shipper before the line's own", () => {
  const INNER = `${STAMP} mx postfix/qmgr[12]: ${REMOVED}`;
  const OUTER = "2026-11-26T21:17:58.494980+00:00 shipper";
  const OUTER_AT = Date.UTC(2026, 10, 26, 21, 17, 58, 494);

  test.each<[string, string]>([
    ["rsyslog's, of imfile", `${OUTER} mail: ${INNER}`],
    ["without a space behind its tag's colon but one", `${OUTER} mail:  ${INNER}`],
    ["of RFC 3164", `<13>Nov 26 21:17:58 shipper mail: ${INNER}`],
    ["of RFC 5424", `<13>1 2026-11-26T21:17:58Z shipper mail - - - ${INNER}`],
    ["of a relay that did not know the stamp", `Nov 26 21:17:58 relay ${INNER}`],
    ["without a host", `Nov 26 21:17:58 mail: ${INNER}`],
    ["without a program, as RFC 5424 is written to a file", `${OUTER} - ${INNER}`],
    ["twice", `${OUTER} files: Nov 26 21:17:57 other mail: ${INNER}`],
    ["with a priority before the inner one", `${OUTER} mail: <22>${INNER}`],
    ["with an inner one of RFC 5424", `${OUTER} mail: <22>${HEAD} - ${REMOVED}`],
  ])("is passed over: %s", (_name, line) => {
    const { fragments, rejected } = ingestLog(`${line}\n`);
    expect(rejected).toEqual([]);
    expect(fragments).toEqual([expect.objectContaining({ host: "mx", queueId: ID, removedAt: AT })]);
  });

  test.each<[string, string]>([
    ["behind a tag with a process id: a program's words", `${OUTER} web[1]: ${INNER}`],
    ["behind a program's process id in RFC 5424", `<13>1 2026-11-26T21:17:58Z shipper web 7 - - ${INNER}`],
    ["further on in the message", `${OUTER} web: GET ${INNER}`],
    ["with a stamp of no day", `${OUTER} mail: 2026-13-24T08:29:00Z mx postfix/qmgr[12]: ${REMOVED}`],
    ["more than four times", `${`${OUTER} mail: `.repeat(5)}${INNER}`],
    ["without a space before it", `${OUTER} mail:${INNER}`],
  ])("is none %s", (_name, line) => {
    const { fragments, counters, rejected } = ingestLog(`${line}\n`);
    expect(rejected).toEqual([]);
    expect(fragments).toEqual([]);
    expect(counters.other).toBe(1);
  });

  test.each<[string, string, number]>([
    ["that of the inner one", `${OUTER} mail: ${STAMP} mx sshd[1]: x`, AT],
    ["its own, where what follows is no header", `${OUTER} mail: x`, OUTER_AT],
    ["its own, where a program says a date", `${OUTER} backup: 2027-01-01T00:00:00Z is when it runs again`, OUTER_AT],
    ["its own, where a program says a date and no more", `${OUTER} backup: 2027-01-01T00:00:00Z `, OUTER_AT],
  ])("gives lines of no interest a time: %s", (_name, line, eventTimeMs) => {
    const toUtc = zoneToUtc("UTC");
    const stamps = new StampReader({ year: 2026, streamTime: { latest: Number.NEGATIVE_INFINITY }, toUtc });
    const hosts = new HostTable({ hostsMax: 9, hashSeed: 1 });
    const parser: MessageParser = { parse: () => "other", parseNamed: () => "other" };
    const envelope = new SyslogEnvelope({ stamps, hosts, arrival: new ArrivalTime() }, parser);
    expect(envelope.read(Buffer.from(`${line}\n`), 0, line.length)).toBe("other");
    expect(stamps.eventTimeMs).toBe(eventTimeMs);
  });

  test("takes no place among the hosts", () => {
    const lines = ["a", "b", "c"].map((shipper) => `Nov 26 21:17:58 ${shipper} mail: ${INNER}`);
    lines.push(`<13>1 2026-11-26T21:17:58Z d mail - - - ${INNER}`);
    expect(ingestLog(`${lines.join("\n")}\n`, { hostsMax: 1 }).counters).toMatchObject({
      used: 4,
      rejected: new Map(),
    });
  });

  test("however often it stands there, costs no more than the line is long", () => {
    const line = `${`${OUTER} mail: `.repeat(1000)}${INNER}`;
    expect(ingestLog(`${line}\n`).counters.other).toBe(1);
  });
});
