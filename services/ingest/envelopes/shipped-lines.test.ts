import { describe, expect, test } from "vitest";
import { ingestLog } from "../../../test/support/read-log.ts";
import { SHIPPERS } from "../../../test/support/shippers.ts";

const ID = "97CA59841E6";
const AT = Date.UTC(2026, 10, 24, 8, 29, 0, 123);
const STAMP = "2026-11-24T08:29:00.123456+00:00";
const LINE = `${STAMP} mx postfix/qmgr[12]: ${ID}: removed`;
const REMOVED: unknown = expect.objectContaining({ host: "mx", queueId: ID, removedAt: AT });
const EVENT = '{"v":1,"at":"2026-11-24T08:29:00Z","messageId":"1@x","from":"a@x","recipients":2500}';
const JOURNAL = `{"__REALTIME_TIMESTAMP":"${AT}000","_HOSTNAME":"mx","SYSLOG_IDENTIFIER":"postfix/qmgr","MESSAGE":"${ID}: removed"}`;

const jsonf = { timereported: STAMP, hostname: "mx", syslogtag: "postfix/qmgr[12]:", msg: ` ${ID}: removed` };
const syslogNg = { PROGRAM: "postfix/qmgr", PID: "12", MESSAGE: `${ID}: removed`, ISODATE: STAMP, HOST: "mx" };
const filebeat = { "@timestamp": "2026-11-26T21:17:58.494Z", message: LINE, host: { name: "shipper" } };

function read(value: object | string): ReturnType<typeof ingestLog> {
  return ingestLog(`${typeof value === "string" ? value : JSON.stringify(value)}\n`);
}

function reasons(value: object | string): string[] {
  return read(value).rejected.map(({ reason }) => reason);
}

describe("a line as a shipper wrote it", () => {
  test.each<[string, object | string]>([
    ["jsonf", jsonf],
    ["jsonf, no space before the message", { ...jsonf, msg: `${ID}: removed` }],
    ["jsonf, a tag without its colon, of a message that came as RFC 5424", { ...jsonf, syslogtag: "postfix/qmgr[12]" }],
    ["jsonf, a newline behind the message", { ...jsonf, msg: `${jsonf.msg}\n` }],
    [
      "jsonf, the whole message beside its parts",
      { ...jsonf, rawmsg: `<22>${LINE}`, msg: jsonf.msg, programname: "postfix" },
    ],
    ["jsonf, its members the other way round", Object.fromEntries(Object.entries(jsonf).toReversed())],
    ["jsonf, of imfile with a tag of two words", { ...jsonf, hostname: "shipper", syslogtag: "mail log:", msg: LINE }],
    ["jsonf, of imfile without a tag", { ...jsonf, hostname: "shipper", syslogtag: "", msg: LINE }],
    [
      "jsonf, of imfile, of a file with priorities",
      { ...jsonf, hostname: "shipper", syslogtag: "mail:", msg: `<22>${LINE}` },
    ],
    ["syslog-ng", syslogNg],
    ["syslog-ng, a process id that is a number", { ...syslogNg, PID: 12 }],
    ["syslog-ng, no process id", { ...syslogNg, PID: undefined }],
    ["syslog-ng, DATE beside ISODATE", { DATE: "Nov 24 08:29:00", ...syslogNg }],
    ["syslog-ng, flags(no-parse)", { MESSAGE: LINE, ISODATE: STAMP, HOST: "shipper" }],
    ["Filebeat", filebeat],
    ["Filebeat, a line that ends with CR LF", { ...filebeat, message: `${LINE}\r\n` }],
    ["Filebeat, read from what rsyslog's imfile wrote", { ...filebeat, message: `${STAMP} vm mail: ${LINE}` }],
    ["Logstash", { "@timestamp": STAMP, "@version": "1", host: "shipper", message: LINE }],
    ["Fluent Bit", { "@timestamp": 1.5, log: LINE }],
    ["what Docker keeps", { log: `${LINE}\n`, stream: "stdout", time: STAMP }],
    ["Vector", { host: "shipper", message: LINE, timestamp: STAMP }],
    [
      "Vector, of its syslog source",
      {
        appname: "postfix/qmgr",
        host: "192.0.2.9",
        hostname: "mx",
        message: `${ID}: removed`,
        procid: 12,
        timestamp: STAMP,
      },
    ],
  ])("%s", (_name, value) => {
    const { fragments, rejected, counters } = read(value);
    expect(rejected).toEqual([]);
    expect(fragments).toEqual([REMOVED]);
    expect(counters).toMatchObject({ lines: 1, used: 1 });
  });

  test("names no host: it is of the host -", () => {
    for (const value of [
      { ...jsonf, hostname: undefined },
      { ...syslogNg, HOST: "" },
    ])
      expect(read(value).fragments).toEqual([expect.objectContaining({ host: "-", removedAt: AT })]);
  });

  test("with a stamp of RFC 3164 has its year from the log around it", () => {
    const { fragments } = read({ ...jsonf, timereported: "Nov 24 08:29:00" });
    expect(fragments).toEqual([expect.objectContaining({ host: "mx", removedAt: AT - 123 })]);
  });

  test("is read in every cut, and the bytes it came in are as they were", () => {
    const log = Buffer.from(`${JSON.stringify(filebeat)}\n${JSON.stringify(jsonf)}\n`);
    for (const chunkBytes of [1, 7, 64, 1000]) {
      const copy = Buffer.from(log);
      expect(ingestLog(copy, { chunkBytes }).counters).toMatchObject({ lines: 2, used: 2 });
      expect(copy.equals(log)).toBe(true);
    }
  });

  test("of another program is of no interest", () => {
    for (const value of [
      { ...jsonf, syslogtag: "sshd[1]:" },
      { ...syslogNg, PROGRAM: "Web Content" },
    ])
      expect(read(value).counters).toMatchObject({ used: 0, other: 1, rejected: new Map() });
  });

  test("may be a record of journald or a MailEvent that was read from a file", () => {
    expect(read({ ...filebeat, message: JOURNAL }).fragments).toEqual([REMOVED]);
    expect(read({ ...filebeat, message: EVENT }).events).toEqual([expect.objectContaining({ messageId: "1@x" })]);
  });

  test("is told line by line, whatever stood before", () => {
    const values = [
      LINE,
      JSON.stringify(jsonf),
      JOURNAL,
      EVENT,
      JSON.stringify(filebeat),
      `<22>${LINE}`,
      JSON.stringify(syslogNg),
    ];
    const mixed = [...values, ...values.toReversed()].join("\n");
    const { counters, rejected } = ingestLog(mixed);
    expect(rejected).toEqual([]);
    expect(counters).toMatchObject({ lines: 14, used: 14 });
  });

  test("of a format that was not asked for is not recognised", () => {
    const { rejected } = ingestLog(`${JSON.stringify(filebeat)}\n`, { format: "exchange" });
    expect(rejected).toEqual([{ reason: "not-recognised", line: 1, text: JSON.stringify(filebeat) }]);
  });

  test("longer than any before is read", () => {
    const long = {
      ...filebeat,
      message: `${STAMP} mx postfix/cleanup[12]: ${ID}: message-id=<"${"x".repeat(50_000)}"@x>`,
    };
    expect(ingestLog(`${JSON.stringify(jsonf)}\n${JSON.stringify(long)}\n`).fragments[0]?.messageId).toHaveLength(998);
  });

  test("with escaped letters means the same as one with letters", () => {
    const message = `${STAMP} mx postfix/cleanup[12]: ${ID}: message-id=<łódź\u{1f600}@x>`;
    const escaped = JSON.stringify({ log: message }).replaceAll(
      /[^ -~]|[<>]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    expect(escaped).toContain(String.raw`\u003c\u0142`);
    expect(read(escaped).fragments).toEqual(ingestLog(`${message}\n`).fragments);
    expect(read(escaped).fragments[0]?.messageId).toBe("łódź\u{1f600}@x");
  });
});

describe("a record that is not taken is kept as it came, with a reason", () => {
  test.each<[string, object | string, string]>([
    ["no JSON", `{"msg":" ${ID}: removed","syslogtag":"postfix/qmgr[12]:"`, "bad-json"],
    ["JSON and more", `${JSON.stringify(jsonf)} x`, "bad-json"],
    ["two on one line", JSON.stringify(jsonf) + JSON.stringify(jsonf), "bad-json"],
    ["an escape that is none, in what is read", `{"log":"${LINE} \\q"}`, "bad-json"],
    [
      "an escape that is none, in a tag",
      String.raw`{"timereported":"2026-11-24T08:29:00Z","hostname":"mx","syslogtag":"\u00","msg":"x"}`,
      "bad-json",
    ],
    ["an array of records", JSON.stringify([jsonf, jsonf]), "not-recognised"],
    ["an object of no known shape", { line: LINE }, "bad-mail-event"],
    ["a line that is an object", { ...filebeat, message: { text: LINE } }, "bad-envelope"],
    ["a line that is null", { ...jsonf, msg: null }, "bad-envelope"],
    ["a host that cannot be shown", { ...jsonf, hostname: "m\u001b[2Jx" }, "bad-envelope"],
    ["a host with a space", { ...syslogNg, HOST: "mx postfix/qmgr[1]: X" }, "bad-envelope"],
    ["a host of 300 letters", { ...syslogNg, HOST: "m".repeat(300) }, "bad-envelope"],
    ["no stamp", { ...jsonf, timereported: undefined }, "bad-stamp"],
    ["a stamp that is a number", { ...syslogNg, ISODATE: 1_764_000_000 }, "bad-stamp"],
    [
      "a stamp with a line behind it",
      { ...jsonf, timereported: `${STAMP.slice(0, 10)} 08:29:00Z m postfix/qmgr: ${ID}` },
      "bad-stamp",
    ],
    ["a day that is none", { ...syslogNg, ISODATE: "2026-13-24T08:29:00Z" }, "bad-stamp"],
    ["a line of no known format", { ...filebeat, message: "java.lang.NullPointerException" }, "not-recognised"],
    ["an empty line", { ...filebeat, message: "" }, "not-recognised"],
    ["a shipper's record within a shipper's record", { ...filebeat, message: JSON.stringify(jsonf) }, "bad-mail-event"],
  ])("%s", (_name, value, reason) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const { rejected, fragments } = ingestLog(`${text}\n${LINE}\n`);
    expect(rejected).toEqual([{ reason, line: 1, text: Buffer.from(text).toString("latin1") }]);
    expect(fragments).toEqual([REMOVED]);
  });

  test("wrong UTF-8, however the bytes are cut", () => {
    const bad = Buffer.concat([Buffer.from('{"log":"'), Buffer.of(0xc3), Buffer.from(`","x":"${"y".repeat(100)}"}`)]);
    const log = Buffer.concat([bad, Buffer.from(`\n${JSON.stringify(filebeat)}\n`), bad]);
    for (const chunkBytes of [1, 20, 100, 1000]) {
      const { rejected, counters } = ingestLog(log, { chunkBytes });
      expect(rejected).toEqual([1, 3].map((line) => ({ reason: "invalid-utf8", line, text: bad.toString("latin1") })));
      expect(counters.used).toBe(1);
    }
  });

  test("nested without end", () => {
    expect(reasons(`{"x":${"[".repeat(60_000)}`)).toEqual(["bad-json"]);
    expect(reasons(`{"x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`)).toEqual(["bad-mail-event"]);
  });
});

describe("what a sender wrote into a mail forges nothing", () => {
  const FORGED = "BADC0FFEE01";
  const inner = `Nov 24 08:29:00 mx postfix/qmgr[1]: ${FORGED}: removed`;
  const texts = [
    `","message":"${LINE.replace(ID, FORGED)}`,
    `\\","msg":" ${FORGED}: removed`,
    `"}\n{"log":"${LINE.replace(ID, FORGED)}"}`,
    `\n${LINE.replace(ID, FORGED)}\n`,
    `\u0000${LINE.replace(ID, FORGED)}`,
    inner,
    `: ${inner}`,
    `x]: ${inner}`,
    `mail: ${LINE.replace(ID, FORGED)}`,
    `<22>1 ${STAMP} mx postfix/qmgr 1 - - ${FORGED}: removed`,
    `${FORGED}: removed`,
  ];
  const origin = "from m[192.0.2.7]; from=<a@x> to=<b@x> proto=ESMTP helo=<m>";

  test.each(Object.keys(SHIPPERS))("by %s", (name) => {
    const shipped = texts.flatMap((text) => [
      SHIPPERS[name]?.(`${STAMP} mx postfix/cleanup[2]: ${ID}: info: header Subject: ${text} ${origin}`),
      SHIPPERS[name]?.(`${STAMP} mx postfix/smtpd[2]: warning: ${text}`),
      SHIPPERS[name]?.(`${STAMP} mx web[2]: ${text}`),
    ]);
    expect(shipped).not.toContain(undefined);
    const { fragments, counters, rejected } = ingestLog(`${shipped.join("\n")}\n`);
    expect(fragments.map(({ queueId, removedAt }) => [queueId, removedAt])).toEqual([[ID, undefined]]);
    expect(rejected).toEqual([]);
    expect(counters).toMatchObject({ lines: texts.length * 3, used: texts.length });
  });

  test("nor does a program's name or a tag", () => {
    const program = `x: Nov 24 08:29:00 mx postfix/qmgr[1]: ${FORGED}: removed`;
    for (const value of [
      { ...syslogNg, PROGRAM: program },
      { ...jsonf, syslogtag: program },
      { ...jsonf, syslogtag: `postfix/qmgr[1]: ${FORGED}: removed` },
    ])
      expect(read(value).fragments).toEqual([]);
  });
});
