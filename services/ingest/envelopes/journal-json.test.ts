import { describe, expect, test } from "vitest";
import { ingestLog } from "../../../test/support/read-log.ts";

const MICROS = String(Date.UTC(2026, 10, 24, 8, 29) * 1000 + 123_456);
const ID = "97CA59841E6";

const record = {
  __REALTIME_TIMESTAMP: MICROS,
  _HOSTNAME: "mx",
  SYSLOG_IDENTIFIER: "postfix/qmgr",
  _PID: "12",
  MESSAGE: `${ID}: removed`,
};

function read(fields: object | string): ReturnType<typeof ingestLog> {
  return ingestLog(`${typeof fields === "string" ? fields : JSON.stringify(fields)}\n`, { format: "journal" });
}

describe("a record of journald", () => {
  test("is a Postfix line", () => {
    const { fragments } = read(record);
    expect(fragments).toEqual([
      expect.objectContaining({ host: "mx", queueId: ID, removedAt: Date.UTC(2026, 10, 24, 8, 29, 0, 123) }),
    ]);
  });

  test("may hold its message as bytes, where it is not UTF-8", () => {
    const message = Buffer.concat([Buffer.from(`${ID}: message-id=<`), Buffer.of(0xff, 0xfe), Buffer.from("@x>")]);
    const { fragments } = read({ ...record, SYSLOG_IDENTIFIER: "postfix/cleanup", MESSAGE: [...message] });
    expect(fragments[0]?.messageId).toBe("\u00ff\u00fe@x");
  });

  test("gives the same as a file where it is UTF-8", () => {
    const message = `${ID}: message-id=<łódź@x>`;
    const fromJournal = read({ ...record, SYSLOG_IDENTIFIER: "postfix/cleanup", MESSAGE: message }).fragments;
    const fromFile = ingestLog(`2026-11-24T08:29:00.123Z mx postfix/cleanup[12]: ${message}\n`).fragments;
    expect(fromJournal).toEqual(fromFile);
    expect(fromFile[0]?.messageId).toBe("łódź@x");
  });

  test("of several lines is read to its first newline", () => {
    const { fragments } = read({ ...record, MESSAGE: `${ID}: removed\n97CA59841E7: removed` });
    expect(fragments.map(({ queueId }) => queueId)).toEqual([ID]);
  });

  test("longer than is read is cut, and nothing of it is read by the next", () => {
    const long = JSON.stringify({ ...record, SYSLOG_IDENTIFIER: "x", MESSAGE: "y".repeat(70_000) });
    const tail = JSON.stringify({
      ...record,
      SYSLOG_IDENTIFIER: "postfix/smtp",
      MESSAGE: `${ID}: to=<a@x>, relay=m, dsn=2.0.0, status=`,
    });
    const whole = JSON.stringify({
      ...record,
      SYSLOG_IDENTIFIER: "postfix/smtp",
      MESSAGE: `${ID}: to=<a@x>, relay=m, dsn=2.0.0, status=sent (ok)`,
    });
    const { fragments } = ingestLog(`${long}\n${whole}\n${tail}\n`, { format: "journal", lineBytesMax: 100_000 });
    expect(fragments[0]?.minutes?.[0]?.delivered).toBe(1);
  });

  test.each<[string, object, object]>([
    ["no identifier: the kernel's, or a service's", { SYSLOG_IDENTIFIER: undefined }, { other: 1 }],
    ["two identifiers", { SYSLOG_IDENTIFIER: ["postfix/qmgr", "x"] }, { other: 1 }],
    ["another program", { SYSLOG_IDENTIFIER: "sshd" }, { other: 1 }],
    ["no host", { _HOSTNAME: undefined }, { reason: "bad-journal-record" }],
    ["a host without a name", { _HOSTNAME: "" }, { reason: "bad-journal-record" }],
    ["a host whose name cannot be shown", { _HOSTNAME: "m\u001b[2Jx" }, { reason: "bad-journal-record" }],
    ["a host whose name is no ASCII", { _HOSTNAME: "m\u00e9" }, { reason: "bad-journal-record" }],
    ["no message", { MESSAGE: undefined }, { reason: "bad-journal-record" }],
    ["a message too long for the export, which is null", { MESSAGE: null }, { reason: "bad-journal-record" }],
    ["bytes that are none", { MESSAGE: [1, 2, 256] }, { reason: "bad-journal-record" }],
    ["bytes that are text", { MESSAGE: ["a"] }, { reason: "bad-journal-record" }],
    ["a message that is an object", { MESSAGE: { length: 3 } }, { reason: "bad-journal-record" }],
    ["a stamp that is a number", { __REALTIME_TIMESTAMP: 5 }, { reason: "bad-journal-record" }],
    ["a stamp that is none", { __REALTIME_TIMESTAMP: "soon" }, { reason: "bad-journal-record" }],
    ["a stamp of nothing", { __REALTIME_TIMESTAMP: "" }, { reason: "bad-journal-record" }],
    ["a stamp before 1970", { __REALTIME_TIMESTAMP: "-5" }, { reason: "bad-journal-record" }],
    ["a stamp beyond reason", { __REALTIME_TIMESTAMP: "99999999999999999999" }, { reason: "bad-journal-record" }],
    ["no stamp", { __REALTIME_TIMESTAMP: undefined }, { reason: "not-recognised" }],
  ])("with %s", (_name, fields, { other = 0, reason }: { other?: number; reason?: string }) => {
    const { fragments, counters, rejected } = read({ ...record, ...fields });
    expect(fragments).toEqual([]);
    expect(counters.other).toBe(other);
    expect(rejected.map((one) => one.reason)).toEqual(reason === undefined ? [] : [reason]);
  });

  test("with a __proto__ key is what its own fields say", () => {
    const inherited = `{"__REALTIME_TIMESTAMP":"${MICROS}","__proto__":{"_HOSTNAME":"mx","SYSLOG_IDENTIFIER":"postfix/qmgr","MESSAGE":"${ID}: removed"}}`;
    expect(read(inherited).fragments).toEqual([]);
    const besides = JSON.stringify(record).replace("{", `{"__proto__":{"MESSAGE":"x"},"constructor":1,`);
    expect(read(besides).fragments).toHaveLength(1);
    expect(Object.hasOwn(Object.prototype, "MESSAGE")).toBe(false);
  });
});
